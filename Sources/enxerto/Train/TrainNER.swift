import ArgumentParser
import Corpora
import Encoders
import Foundation
import Kernels
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

  @Option(
    help: """
      Train from so many seeds, report the mean and spread of dev F1, and keep the best on dev.
      """)
  var trials = 1

  @OptionGroup(title: "Prompts") var prompt: PromptOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var arithmetic: ArithmeticOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    // What is wrong with the options is said before anything is read.
    _ = try training.configuration(for: .middling, prompt: prompt, isUncased: true)
    guard (1...1000).contains(trials) else {
      throw ValidationError("--trials: expected 1 to 1000, found \(trials)")
    }
    let target = URL(fileURLWithPath: output).standardizedFileURL
    try TrainingOutput(
      name: output, target: target, overwrite: overwrite, resume: resume, isOfTrials: trials > 1
    ).check()
    let loaded = try encoder.load(
      arithmetic: arithmetic.arithmetic(usual: .float32, common: common), trains: true)
    let corpora = try readCorpora(seed: training.seed)
    let (configuration, choices) = try training.configuration(
      for: CorpusSize(corpora.training), prompt: prompt, isUncased: loaded.tokenizer.lowercases)
    var setup = Trainer.Setup(
      configuration: configuration, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      encoderFolder: loaded.folder, encoderSHA256: loaded.sha256, output: target,
      threads: common.threadCount, resumes: resume)
    setup.choices = choices

    let interruption = Interruption()
    var display = ProgressDisplay(common)
    let isFinished: Bool
    do {
      if trials > 1 {
        let outcome = try Trials(setup, count: trials).run(
          training: corpora.training, dev: corpora.dev,
          shouldStop: { interruption.isRequested }
        ) { display.show($0) }
        isFinished = outcome.isFinished
        if isFinished { try display.finish(outcome.summary, output: output) }
      } else {
        var trainer = try Trainer(setup, training: corpora.training, dev: corpora.dev)
        let outcome = try trainer.run(shouldStop: { interruption.isRequested }) {
          display.show($0)
        }
        isFinished = outcome.isFinished
        if isFinished { try display.finish(outcome, output: output) }
      }
    } catch {
      display.clear()
      throw error
    }
    guard isFinished else {
      display.clear()
      StandardError.write(
        "enxerto: interrupted; the same command with --resume instead of --overwrite goes on")
      throw ExitCode(130)
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
