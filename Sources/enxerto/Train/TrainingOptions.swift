public import ArgumentParser
import PTuning
import Tasks
import Training

/// How to train.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Where soft rows, plain words and {text} stand in the encoder's input.")
  var template = Template.namedEntities.description

  @Option(help: "What produces the soft rows while training: lstm, mlp or none.")
  var reparameterization: Reparameterization = .lstm

  @Option(help: "The LSTM's states a direction, or the MLP's width; the encoder's hidden size.")
  var reparameterizationSize: Int?

  @Option(help: "Dropout between the LSTM's layers.")
  var reparameterizationDropout: Float = 0

  @Option(help: "Passes over the corpus.")
  var epochs = 12

  @Option(help: "Words of one step. (default: 200)")
  var batchWords: Int?

  @Option(help: "Sentences of one step, instead of words.")
  var batchSentences: Int?

  @Option(
    help: "The learning rate of the prompts. (default: 1e-3; 1e-2 with reparameterization none)")
  var learningRate: Float?

  @Option(
    help: """
      The learning rate of the head. (default: 1e-3; 3e-3 with reparameterization none; 5e-3 \
      without soft rows)
      """)
  var headLearningRate: Float?

  @Option(help: "The share of all steps in which the rates rise.")
  var warmup = 0.06

  @Option(help: "Decoupled weight decay.")
  var weightDecay: Float = 0

  @Option(help: "The greatest norm of a gradient.")
  var clip: Float = 1

  @Option(help: "Dropout before the head.")
  var dropout: Float = 0.1

  @Option(help: "Stop after so many epochs without a better F1 on dev; never unless said.")
  var patience: Int?

  @Option(help: "How tags are chosen: viterbi (legal sequences alone) or argmax.")
  var decoding: DecodingMethod = .viterbi

  @Option(help: "The same seed gives the same adapter.")
  var seed: UInt64 = 1

  /// - Parameter isUncased: whether the encoder's vocabulary knows no capitals.
  func configuration(
    prompt: PromptOptions, isUncased: Bool
  ) throws -> TrainingConfiguration {
    if batchWords != nil && batchSentences != nil {
      throw ValidationError(
        "--batch-words and --batch-sentences: expected one of them, found both")
    }
    let configuration = TrainingConfiguration(
      template: try Template(parsing: template, fields: ["text"]),
      prompt: PromptConfiguration(
        reparameterization: reparameterization, reparameterizationSize: reparameterizationSize,
        reparameterizationDropout: reparameterizationDropout, deep: try prompt.deep(),
        usesShapes: prompt.usesShapes(isUncased: isUncased)),
      epochs: epochs,
      batchSize: batchSentences.map { .sentences($0) } ?? .words(batchWords ?? 200),
      learningRate: learningRate, headLearningRate: headLearningRate, warmup: warmup,
      weightDecay: weightDecay, maximumGradientNorm: clip, dropout: dropout, patience: patience,
      headLayers: prompt.layers, decoding: decoding, seed: seed)
    try configuration.check()
    return configuration
  }
}

extension Reparameterization: ExpressibleByArgument {}
extension DecodingMethod: ExpressibleByArgument {}
