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
    /// So many questions (windows, where a passage needs several).
    case questions(Int)
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
  /// Of the encoder's hidden rows while training, where BERT has it: behind the embedding, and of what
  /// attention and the feed-forward block add.
  public var encoderDropout: Float
  /// Training ends after so many epochs without a better dev F1; nil: never.
  public var patience: Int?
  /// Which layers the head reads.
  public var headLayers: HeadLayers
  /// What the head reads of a word.
  public var headPooling: HeadPooling
  public var decoding: DecodingMethod
  /// How answers are looked for; nil for other tasks.
  public var answering: AnsweringConfiguration?
  public var seed: UInt64

  /// What is looked for before training begins; the rates above are then where it starts from.
  public var search: LearningRateSearch
  /// How often a run that diverges or collapses may begin again at lower rates.
  public var restarts: Int

  /// - Parameters:
  ///   - corpus: what epochs and batch size are chosen for, where they are not given.
  public init(
    for corpus: CorpusSize = .middling, template: Template = .namedEntities,
    prompt: PromptConfiguration = PromptConfiguration(), epochs: Int? = nil,
    batchSize: BatchSize? = nil, learningRate: Float? = nil, headLearningRate: Float? = nil,
    search: LearningRateSearch = .none, warmup: Double = TrainingDefaults.warmup,
    weightDecay: Float = 0, maximumGradientNorm: Float = 1, dropout: Float = 0.1,
    encoderDropout: Float = 0, patience: Int? = nil, restarts: Int = 1,
    headLayers: HeadLayers = .last, headPooling: HeadPooling = .first,
    decoding: DecodingMethod = .viterbi, answering: AnsweringConfiguration? = nil,
    seed: UInt64 = 1
  ) {
    let defaults = TrainingDefaults(
      corpus: corpus, template: template, prompt: prompt, batchSize: batchSize)
    self.template = template.description
    self.prompt = prompt
    self.epochs = epochs ?? defaults.epochs
    self.batchSize = defaults.batchSize
    self.learningRate = learningRate ?? defaults.rates.prompt
    self.headLearningRate = headLearningRate ?? defaults.rates.head
    self.search = search
    self.warmup = warmup
    self.weightDecay = weightDecay
    self.maximumGradientNorm = maximumGradientNorm
    self.dropout = dropout
    self.encoderDropout = encoderDropout
    self.patience = patience
    self.headLayers = headLayers
    self.headPooling = headPooling
    self.restarts = restarts
    self.decoding = decoding
    self.answering = answering
    self.seed = seed
  }

  /// The rates that a run begins with, unless it looks for others.
  public var rates: LearningRates {
    LearningRates(prompt: learningRate, head: headLearningRate)
  }
}
