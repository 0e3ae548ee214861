public import Corpora
import Encoders
import Kernels
import PTuning
import Tasks

/// What to train on, and what to select the best epoch by; the task follows from it.
public enum TrainingCorpora: Sendable {
  /// Named-entity recognition. The labels of the training sentences are the tagger's; dev may be empty.
  case sentences(training: [Sentence], dev: [Sentence])
  /// Question answering; dev may be empty.
  case questions(training: [Passage], dev: [Passage])

  /// Whether there is anything to select by.
  var hasDev: Bool {
    switch self {
    case .sentences(_, let dev): dev.contains { !$0.words.isEmpty }
    case .questions(_, let dev): dev.contains { !$0.questions.isEmpty }
    }
  }

  func task(_ setup: Trainer.Setup) throws -> any TrainingTask {
    switch self {
    case .sentences(let training, let dev):
      try TaggingTask(setup, training: training, dev: dev)
    case .questions(let training, let dev):
      try AnsweringTask(setup, training: training, dev: dev)
    }
  }
}

extension Trainer.Setup {
  /// What an adapter remembers of its encoder.
  var encoderReference: AdapterConfiguration.EncoderReference {
    .init(
      name: encoderName, path: encoderPath, sha256: encoderSHA256,
      hiddenSize: encoder.configuration.hiddenSize,
      layerCount: encoder.configuration.layerCount,
      intermediateSize: encoder.configuration.intermediateSize)
  }

  /// The most rows of one input.
  var maximumRows: Int {
    encoder.configuration.maximumPositions - configuration.prompt.firstPosition
  }

  func template(fields: [String]) throws -> ResolvedTemplate {
    try ResolvedTemplate(
      Template(parsing: configuration.template, fields: fields), tokenizer: tokenizer)
  }

  /// The step of a task's examples.
  func step<Example: TrainingExample>(of: Example.Type) -> GradientStep<Example> {
    GradientStep(
      encoder: encoder, dropout: configuration.dropout,
      encoderDropout: configuration.encoderDropout,
      firstPosition: configuration.prompt.firstPosition, threads: threads)
  }
}
