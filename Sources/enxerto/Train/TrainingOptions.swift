public import ArgumentParser
import PTuning
import Tasks
import Training

/// How to train.
struct TrainingOptions: ParsableArguments {
  @Option(help: "What produces the soft rows while training: lstm, mlp or none.")
  var reparameterization: Reparameterization = .lstm

  @Option(help: "The LSTM's states a direction, or the MLP's width; the encoder's hidden size.")
  var reparameterizationSize: Int?

  @Option(help: "Dropout between the LSTM's layers.")
  var reparameterizationDropout: Float = 0

  @Option(help: "Passes over the corpus. (default: 6 to 60, by the size of the corpus)")
  var epochs: Int?

  @Option(help: "Words of one step, instead of sentences or questions.")
  var batchWords: Int?

  @Option(
    help: ArgumentHelp(
      """
      The learning rate of the prompts, or auto: a test of rising rates finds it, and that of the \
      head unless given. (default: 3e-3 for deep prompts by an MLP, 1e-3 beside soft rows by \
      an LSTM or MLP, 1e-2 for others)
      """, valueName: "rate"))
  var learningRate: LearningRateOption?

  @Option(
    help: """
      The learning rate of the head. (default: 3e-3; 1e-3 beside LSTM or MLP soft rows; 5e-3 \
      without prompts)
      """)
  var headLearningRate: Float?

  @Option(help: "The share of all steps in which the rates rise.")
  var warmup = TrainingDefaults.warmup

  @Option(help: "Decoupled weight decay.")
  var weightDecay: Float = 0

  @Option(help: "The greatest norm of a gradient.")
  var clip: Float = 1

  @Option(help: "Dropout before the head.")
  var dropout: Float = 0.1

  @Option(help: "Dropout of the encoder's hidden rows while training.")
  var encoderDropout: Float = 0.1

  @Option(help: "Stop after so many epochs without a better F1 on dev; never unless said.")
  var patience: Int?

  @Option(
    help: """
      How often a run that diverges, or comes to find nothing, begins again at lower rates: 0 or 1.
      """)
  var restarts = 1

  @Option(help: "The same seed gives the same adapter.")
  var seed: UInt64 = 1

  /// The size of a batch: so many of what a task counts, or so many words.
  ///
  /// - Parameters:
  ///   - count: the task's own option.
  ///   - option: its name.
  func batchSize(
    _ count: Int?, _ option: String, _ make: (Int) -> TrainingConfiguration.BatchSize
  ) throws -> TrainingConfiguration.BatchSize? {
    if batchWords != nil && count != nil {
      throw ValidationError("--batch-words and \(option): expected one of them, found both")
    }
    return count.map(make) ?? batchWords.map { .words($0) }
  }

  /// How to train on a corpus, and what of that was chosen for it.
  ///
  /// - Parameters:
  ///   - isUncased: whether the encoder's vocabulary knows no capitals.
  ///   - positions: how many the encoder has.
  func configuration(
    for corpus: CorpusSize, task: TrainingRun.Task, prompt options: PromptOptions, isUncased: Bool,
    positions: Int
  ) throws -> (configuration: TrainingConfiguration, choices: String?) {
    let template = task.template
    let deep = try options.deep(rows: TrainingDefaults.deepRows(for: corpus))
    let prompt = PromptConfiguration(
      reparameterization: reparameterization,
      reparameterizationSize: reparameterizationSize,
      reparameterizationDropout: reparameterizationDropout,
      deep: deep,
      usesShapes: options.usesShapes(isUncased: isUncased), usesBiases: options.biases == .on)
    let batchSize = task.batchSize
    let isAuto = learningRate?.isAuto ?? false
    let configuration = TrainingConfiguration(
      for: corpus, template: template, prompt: prompt, epochs: epochs, batchSize: batchSize,
      learningRate: learningRate?.rate, headLearningRate: headLearningRate,
      search: isAuto ? (headLearningRate == nil ? .both : .prompt) : .none, warmup: warmup,
      weightDecay: weightDecay, maximumGradientNorm: clip, dropout: dropout,
      encoderDropout: encoderDropout, patience: patience, restarts: restarts,
      headLayers: options.layers, headPooling: task.pooling, decoding: task.decoding,
      answering: task.answering?(positions - prompt.firstPosition), seed: seed)
    try configuration.check()
    let defaults = TrainingDefaults(
      corpus: corpus, template: template, prompt: prompt, batchSize: batchSize)
    var choices: TrainingDefaults.Choices = []
    if options.deepPrompt == nil { choices.insert(.deepRows) }
    if epochs == nil { choices.insert(.epochs) }
    if batchSize == nil { choices.insert(.batchSize) }
    return (configuration, defaults.text(choices))
  }
}

extension Reparameterization: ExpressibleByArgument {}
