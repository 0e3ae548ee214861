public import Kernels
public import PTuning

/// What `adapter.json` says: all that is not a number of the model.
public struct AdapterConfiguration: Codable, Hashable, Sendable {
  /// The version of the format that this code writes; it reads those from 1 on.
  public static let currentVersion = 2

  /// What an adapter does.
  public enum Task: String, Codable, Hashable, Sendable {
    /// Named-entity recognition by token classification.
    case ner
    /// Extractive question answering.
    case qa

    /// The fields of its templates.
    public var fields: [String] {
      switch self {
      case .ner: ["text"]
      case .qa: [QuestionLayouts.question, QuestionLayouts.context]
      }
    }
  }

  /// The encoder that an adapter was trained on, and works with.
  public struct EncoderReference: Codable, Hashable, Sendable {
    /// The name of its folder, by which it is found again.
    public var name: String
    /// Where it was when the adapter was trained, for when the name leads nowhere.
    public var path: String
    /// Of `model.safetensors`, in hexadecimal.
    public var sha256: String
    public var hiddenSize: Int
    /// nil in version 1, whose adapters add nothing to layers.
    public var layerCount: Int?
    /// The width of the feed-forward blocks; nil as `layerCount`.
    public var intermediateSize: Int?

    public init(
      name: String, path: String, sha256: String, hiddenSize: Int, layerCount: Int,
      intermediateSize: Int
    ) {
      self.name = name
      self.path = path
      self.sha256 = sha256
      self.hiddenSize = hiddenSize
      self.layerCount = layerCount
      self.intermediateSize = intermediateSize
    }
  }

  /// What training reached.
  public struct Outcome: Codable, Hashable, Sendable {
    /// The epoch that this adapter is of, from 1.
    public var epoch: Int
    /// F1 on the dev corpus, a fraction: micro F1 of entities, mean F1 of answers; nil where there was none.
    public var devF1: Double?
    /// The share of exact answers; nil for other tasks.
    public var devExact: Double?

    public init(epoch: Int, devF1: Double?, devExact: Double? = nil) {
      self.epoch = epoch
      self.devF1 = devF1
      self.devExact = devExact
    }
  }

  public var formatVersion: Int
  public var task: Task
  /// Without BIO prefix, in the order of the head's outputs; empty for `qa`, as what follows on tags means nothing to it.
  public var labels: [String]
  /// The scheme of a tagger's outputs; always `bio`.
  public var tagScheme: String
  public var template: String
  public var prompt: PromptConfiguration
  /// How many soft rows there are.
  public var softRowCount: Int
  /// Which layers the head reads; nil, in version 1, stands for the last.
  public var headLayers: HeadLayers?
  /// What the head reads of a word; nil, in version 1, stands for the first wordpiece.
  public var headPooling: HeadPooling?
  public var decoding: DecodingMethod
  /// How answers are looked for; nil for `ner`.
  public var answering: AnsweringConfiguration?
  /// Logits are divided by it before they become confidences (Guo et al. 2017); nil stands for 1.
  public var temperature: Double?
  /// The most rows of one encoder input.
  public var maximumRows: Int
  /// The arithmetic that the adapter was trained on.
  public var precision: Precision
  public var encoder: EncoderReference
  public var outcome: Outcome?

  public init(
    labels: [String], template: String, prompt: PromptConfiguration, softRowCount: Int,
    headLayers: HeadLayers = .last, headPooling: HeadPooling = .first, decoding: DecodingMethod,
    maximumRows: Int, precision: Precision = .float32, encoder: EncoderReference,
    outcome: Outcome? = nil
  ) {
    formatVersion = Self.currentVersion
    task = .ner
    self.labels = labels
    tagScheme = "bio"
    self.template = template
    self.prompt = prompt
    self.softRowCount = softRowCount
    self.headLayers = headLayers
    self.headPooling = headPooling
    self.decoding = decoding
    self.maximumRows = maximumRows
    self.precision = precision
    self.encoder = encoder
    self.outcome = outcome
  }

  /// Of a question answerer.
  public init(
    answering: AnsweringConfiguration, template: String, prompt: PromptConfiguration,
    softRowCount: Int, headLayers: HeadLayers = .last, maximumRows: Int,
    precision: Precision = .float32, encoder: EncoderReference, outcome: Outcome? = nil
  ) {
    self.init(
      labels: [], template: template, prompt: prompt, softRowCount: softRowCount,
      headLayers: headLayers, decoding: .argmax, maximumRows: maximumRows, precision: precision,
      encoder: encoder, outcome: outcome)
    task = .qa
    self.answering = answering
  }

  /// How many outputs the head has: one for each tag, or two, for where an answer begins and ends.
  package var headOutputs: Int {
    switch task {
    case .ner: TagSet(labels: labels).count
    case .qa: 2
    }
  }

  /// Which rows the head reads.
  package var headReading: RowReading {
    switch task {
    case .ner: .words(headPooling ?? .first)
    case .qa: .field
    }
  }

  /// How many layers the encoder has; 0 where nothing depends on it.
  var layerCount: Int { encoder.layerCount ?? 0 }
  var intermediateSize: Int { encoder.intermediateSize ?? 0 }
}
