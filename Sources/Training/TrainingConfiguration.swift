public import PTuning
public import Tasks

/// Everything that decides what training makes of a corpus.
public struct TrainingConfiguration: Codable, Hashable, Sendable {
  /// How many examples go into one step.
  public enum BatchSize: Codable, Hashable, Sendable {
    /// Sentences until they hold this many words.
    case words(Int)
    /// So many sentences (windows, where a sentence needs several).
    case sentences(Int)
  }

  /// As `Template` prints it.
  public var template: String
  public var prompt: PromptConfiguration
  public var epochs: Int
  public var batchSize: BatchSize
  /// Of the prompts and their reparameterization.
  public var learningRate: Float
  /// Of the head.
  public var headLearningRate: Float
  /// The share of all steps in which the rates rise from 0.
  public var warmup: Double
  public var weightDecay: Float
  /// The gradients' norm is kept at or below this.
  public var maximumGradientNorm: Float
  /// Of the hidden rows before the head.
  public var dropout: Float
  /// Training ends after so many epochs without a better dev F1; nil: never.
  public var patience: Int?
  /// Which layers the head reads.
  public var headLayers: HeadLayers
  public var decoding: DecodingMethod
  public var seed: UInt64

  public init(
    template: Template = .namedEntities, prompt: PromptConfiguration = PromptConfiguration(),
    epochs: Int = 12, batchSize: BatchSize = .words(200), learningRate: Float? = nil,
    headLearningRate: Float? = nil, warmup: Double = 0.06, weightDecay: Float = 0,
    maximumGradientNorm: Float = 1, dropout: Float = 0.1, patience: Int? = nil,
    headLayers: HeadLayers = .last, decoding: DecodingMethod = .viterbi, seed: UInt64 = 1
  ) {
    self.template = template.description
    self.prompt = prompt
    self.epochs = epochs
    self.batchSize = batchSize
    let rates = Self.defaultRates(template: template, prompt: prompt)
    self.learningRate = learningRate ?? rates.prompt
    self.headLearningRate = headLearningRate ?? rates.head
    self.warmup = warmup
    self.weightDecay = weightDecay
    self.maximumGradientNorm = maximumGradientNorm
    self.dropout = dropout
    self.patience = patience
    self.headLayers = headLayers
    self.decoding = decoding
    self.seed = seed
  }

  /// Learning rates that work, by what is trained; `docs/results.md` has the measurements.
  public static func defaultRates(
    template: Template, prompt: PromptConfiguration
  ) -> (prompt: Float, head: Float) {
    if prompt.deep != nil { return (1e-2, 3e-3) }
    guard template.elements.contains(where: \.isSoft) else {
      return prompt.usesShapes ? (1e-2, 5e-3) : (0, 5e-3)
    }
    return switch prompt.reparameterization {
    case .lstm: (1e-3, 1e-3)
    case .mlp: (1e-3, 1e-3)
    case .none: (1e-2, 3e-3)
    }
  }
}

extension Template.Element {
  fileprivate var isSoft: Bool {
    switch self {
    case .soft, .softText: true
    case .words, .field, .special: false
    }
  }
}
