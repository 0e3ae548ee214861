public import Foundation
public import Kernels

/// What `config.json` of a Hugging Face BERT says about the encoder's shape.
public struct EncoderConfiguration: Sendable, Equatable {
  /// Wordpieces in the vocabulary (`vocab_size`).
  public var vocabularySize: Int
  /// Columns of a hidden row (`hidden_size`).
  public var hiddenSize: Int
  /// Layers (`num_hidden_layers`).
  public var layerCount: Int
  /// Attention heads of a layer (`num_attention_heads`); divides `hiddenSize`.
  public var headCount: Int
  /// Columns inside the feed-forward part (`intermediate_size`).
  public var intermediateSize: Int
  /// Rows of the encoder's window (`max_position_embeddings`).
  public var maximumPositions: Int
  /// Segments (`type_vocab_size`).
  public var segmentCount: Int
  /// Added to the variance in every LayerNorm (`layer_norm_eps`).
  public var layerNormEpsilon: Float
  /// `hidden_act`.
  public var activation: Activation

  /// Columns of one attention head.
  public var headSize: Int { hiddenSize / headCount }

  /// A configuration that meets what `init(contentsOf:)` checks, for tests and tools.
  package init(
    vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int,
    maximumPositions: Int = 512, segmentCount: Int = 2, layerNormEpsilon: Float = 1e-12,
    activation: Activation = .gelu
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.maximumPositions = maximumPositions
    self.segmentCount = segmentCount
    self.layerNormEpsilon = layerNormEpsilon
    self.activation = activation
  }

  /// Reads and checks `config.json`.
  ///
  /// - Parameter url: the file itself, not its folder.
  /// - Throws: `EncoderError`: a missing or unreadable file, no JSON object, a model that is not BERT, a key
  ///   missing or out of range, an activation or kind of position embedding that is not supported.
  public init(contentsOf url: URL) throws(EncoderError) {
    let reader = try ConfigurationReader(url)
    let modelType = reader.raw.modelType
    guard modelType == "bert" else {
      throw reader.failure("model_type", "\"bert\"", modelType.map(EncoderError.quoted) ?? "none")
    }
    if let kind = reader.raw.positionEmbeddingType, kind != "absolute" {
      throw reader.failure(
        "position_embedding_type", "\"absolute\" or none", EncoderError.quoted(kind))
    }
    if reader.raw.isDecoder == true {
      throw reader.failure("is_decoder", "false or none (an encoder)", "true")
    }
    hiddenSize = try reader.size("hidden_size", reader.raw.hiddenSize, through: 1 << 16)
    headCount = try reader.size("num_attention_heads", reader.raw.heads, through: hiddenSize)
    guard hiddenSize % headCount == 0 else {
      throw reader.failure(
        "num_attention_heads", "a divisor of hidden_size \(hiddenSize)", "\(headCount)")
    }
    layerCount = try reader.size("num_hidden_layers", reader.raw.layers, through: 1 << 10)
    intermediateSize = try reader.size(
      "intermediate_size", reader.raw.intermediateSize, through: 1 << 20)
    maximumPositions = try reader.size(
      "max_position_embeddings", reader.raw.positions, through: 1 << 20)
    // The defaults here and below are those of transformers' BertConfig.
    segmentCount = try reader.size("type_vocab_size", reader.raw.segments ?? 2, through: 1 << 10)
    vocabularySize = try reader.size("vocab_size", reader.raw.vocabularySize, through: 1 << 24)
    let epsilon = reader.raw.layerNormEpsilon ?? 1e-12
    guard epsilon > 0, epsilon < 1, Float(epsilon) > 0 else {
      throw reader.failure("layer_norm_eps", "a number between 0 and 1", "\(epsilon)")
    }
    layerNormEpsilon = Float(epsilon)
    switch reader.raw.activation ?? "gelu" {
    case "gelu": activation = .gelu
    case "gelu_new", "gelu_pytorch_tanh": activation = .geluTanh
    case "relu": activation = .relu
    case let other:
      throw reader.failure(
        "hidden_act", "gelu, gelu_new, gelu_pytorch_tanh or relu", EncoderError.quoted(other))
    }
  }
}

/// `config.json` as it stands, with the errors that name its keys.
private struct ConfigurationReader {
  struct Raw: Decodable {
    var modelType: String?
    var hiddenSize: Int?
    var layers: Int?
    var heads: Int?
    var intermediateSize: Int?
    var positions: Int?
    var segments: Int?
    var vocabularySize: Int?
    var layerNormEpsilon: Double?
    var activation: String?
    var positionEmbeddingType: String?
    var isDecoder: Bool?

    enum CodingKeys: String, CodingKey {
      case modelType = "model_type"
      case hiddenSize = "hidden_size"
      case layers = "num_hidden_layers"
      case heads = "num_attention_heads"
      case intermediateSize = "intermediate_size"
      case positions = "max_position_embeddings"
      case segments = "type_vocab_size"
      case vocabularySize = "vocab_size"
      case layerNormEpsilon = "layer_norm_eps"
      case activation = "hidden_act"
      case positionEmbeddingType = "position_embedding_type"
      case isDecoder = "is_decoder"
    }
  }

  let path: String
  let raw: Raw

  init(_ url: URL) throws(EncoderError) {
    path = url.path
    raw = try JSONFile.decode(
      Raw.self, from: url, expected: "the JSON object of a BERT's config.json")
  }

  func failure(_ key: String, _ expected: String, _ found: String) -> EncoderError {
    EncoderError(.malformed, path: path, place: key, expected: expected, found: found)
  }

  func size(_ key: String, _ value: Int?, through maximum: Int) throws(EncoderError) -> Int {
    guard let value else { throw failure(key, "a number", "no such key") }
    guard (1...maximum).contains(value) else {
      throw failure(key, "a number from 1 to \(maximum)", "\(value)")
    }
    return value
  }
}
