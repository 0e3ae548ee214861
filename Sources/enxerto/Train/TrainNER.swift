import ArgumentParser
import Corpora
import Encoders
import Foundation
import PTuning
import Tasks
import Tokenization
import Training

struct TrainNER: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ner",
    abstract: "Train a tagger of named entities.",
    discussion: """
      Example:
        enxerto train ner --corpus corpora/train.xml --dev corpora/dev.xml \\
          --output adapters/mine

      The best epoch on the dev corpus is kept. An interrupted run is continued by the same \
      command with --resume, in place of --overwrite if that was given.
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Annotated sentences.", valueName: "file"))
  var corpus: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Annotated sentences that select the best epoch; a seeded tenth of the corpus unless said.",
      valueName: "file"))
  var dev: [String] = []

  @OptionGroup var encoder: EncoderOptions

  @Option(help: "The folder that the adapter is saved to.")
  var output: String

  @Flag(help: "Replace the adapter that is there.")
  var overwrite = false

  @Flag(help: "Go on with an interrupted run; every other option as when it began.")
  var resume = false

  @OptionGroup(title: "Prompts") var prompt: PromptOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    // Checked before the encoder is read, which alone says whether it is uncased.
    _ = try training.configuration(prompt: prompt, isUncased: true)
    let target = URL(fileURLWithPath: output).standardizedFileURL
    try checkOutput(target)
    let loaded = try encoder.load()
    let configuration = try training.configuration(
      prompt: prompt, isUncased: loaded.tokenizer.lowercases)
    let (trainingSentences, devSentences) = try readCorpora(seed: configuration.seed)
    var trainer = try Trainer(
      Trainer.Setup(
        configuration: configuration, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
        encoderFolder: loaded.folder, encoderSHA256: loaded.sha256, output: target,
        threads: common.threadCount, resumes: resume),
      training: trainingSentences, dev: devSentences)

    let interruption = Interruption()
    var display = ProgressDisplay(common)
    let outcome: Trainer.Outcome
    do {
      outcome = try trainer.run(shouldStop: { interruption.isRequested }) { display.show($0) }
    } catch {
      display.clear()
      throw error
    }
    guard outcome.isFinished else {
      StandardError.write(
        "enxerto: interrupted; the same command with --resume instead of --overwrite goes on")
      throw ExitCode(130)
    }
    try display.finish(outcome, output: output)
  }

  private func checkOutput(_ target: URL) throws {
    if overwrite && resume {
      throw ValidationError("--overwrite and --resume: expected one of them, found both")
    }
    let manager = FileManager.default
    guard manager.fileExists(atPath: target.path) else {
      if resume {
        throw Failure(
          .missingInput, "\(output): expected an adapter to resume, found no such folder")
      }
      return
    }
    // Only adapters are replaced: a mistyped --output must not cost somebody's files.
    let isAdapter = manager.fileExists(
      atPath: target.appendingPathComponent(Adapter.configurationFile).path)
    let isEmpty = (try? manager.contentsOfDirectory(atPath: target.path))?.isEmpty ?? false
    if isEmpty { return }
    guard isAdapter else {
      throw Failure(
        .usage, "\(output): expected a new folder or an adapter's, found something else")
    }
    guard overwrite || resume else {
      throw Failure(
        .usage,
        "\(output): expected a new folder, found an adapter; --overwrite replaces it, "
          + "--resume goes on with it")
    }
  }

  private func readCorpora(seed: UInt64) throws -> (training: [Sentence], dev: [Sentence]) {
    let corpus = try reading.read(corpus, requiresAnnotations: true, common: common).sentences
    guard dev.isEmpty else {
      let dev = try reading.read(dev, requiresAnnotations: true, common: common)
      let known = TagSet(labels: corpus.flatMap { $0.spans.map(\.label) })
      for (label, count) in dev.flatLabelCounts where known.index(ofLabel: label) == nil {
        common.warn(
          "--dev: the training corpus does not have the label \(label): its \(count) spans count "
            + "as missed")
      }
      return (corpus, dev.sentences)
    }
    let split = HeldOut(corpus, seed: seed)
    common.say(
      split.dev.isEmpty
        ? "no --dev, and too few sentences to hold a tenth out: the last epoch is kept"
        : "no --dev: \(split.dev.count) of \(corpus.count) sentences are held out to select the "
          + "best epoch (seed \(seed))")
    return (split.training, split.dev)
  }
}
