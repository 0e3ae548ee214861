import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization
import Training

/// What every training command has: where to, from what, and how.
struct TrainingRun: ParsableArguments {
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
  @OptionGroup var arithmetic: ArithmeticOptions
  @OptionGroup var common: CommonOptions

  /// What a task adds to the options that all have.
  struct Task {
    var template: Template
    var batchSize: TrainingConfiguration.BatchSize?
    var pooling = HeadPooling.first
    var decoding = DecodingMethod.viterbi
    /// For an encoder with so many rows for an input.
    var answering: ((_ rows: Int) -> AnsweringConfiguration)?
    /// What is supposed before the corpus is read.
    var middling: CorpusSize
  }

  /// Trains on what `read` gives.
  func run(_ task: Task, read: () throws -> (corpora: TrainingCorpora, size: CorpusSize)) throws {
    // What is wrong with the options is said before anything is read.
    _ = try training.configuration(
      for: task.middling, task: task, prompt: prompt, isUncased: true, positions: 512)
    guard (1...1000).contains(trials) else {
      throw ValidationError("--trials: expected 1 to 1000, found \(trials)")
    }
    let target = URL(fileURLWithPath: output).standardizedFileURL
    try TrainingOutput(
      name: output, target: target, overwrite: overwrite, resume: resume, isOfTrials: trials > 1
    ).check()
    let loaded = try encoder.load(
      arithmetic: arithmetic.arithmetic(usual: .float32, common: common), trains: true)
    let (corpora, size) = try read()
    let (configuration, choices) = try training.configuration(
      for: size, task: task, prompt: prompt, isUncased: loaded.tokenizer.lowercases,
      positions: loaded.encoder.configuration.maximumPositions)
    var setup = Trainer.Setup(
      configuration: configuration, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      encoderFolder: loaded.folder, encoderSHA256: loaded.sha256, output: target,
      threads: common.threadCount, resumes: resume)
    setup.choices = choices
    guard try train(setup, corpora) else {
      StandardError.write(
        "enxerto: interrupted; the same command with --resume instead of --overwrite goes on")
      throw ExitCode(130)
    }
  }

  /// False where it was interrupted.
  private func train(_ setup: Trainer.Setup, _ corpora: TrainingCorpora) throws -> Bool {
    let interruption = Interruption()
    var display = ProgressDisplay(common)
    defer { display.clear() }
    if trials > 1 {
      let outcome = try Trials(setup, count: trials).run(
        corpora, shouldStop: { interruption.isRequested }
      ) { display.show($0) }
      if outcome.isFinished { try display.finish(outcome.summary, output: output) }
      return outcome.isFinished
    }
    var trainer = try Trainer(setup, corpora)
    let outcome = try trainer.run(shouldStop: { interruption.isRequested }) { display.show($0) }
    if outcome.isFinished { try display.finish(outcome, output: output) }
    return outcome.isFinished
  }

  /// Says what becomes of a corpus without `--dev`.
  func sayHeldOut(_ unit: String, held: Int, of count: Int) {
    common.say(
      held == 0
        ? "no --dev, and too few \(unit) to hold a tenth out: the last epoch is kept"
        : "no --dev: \(held) of \(count) \(unit) are held out to select the best epoch "
          + "(seed \(training.seed))")
  }
}
