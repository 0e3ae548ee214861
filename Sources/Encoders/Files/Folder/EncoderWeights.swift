public import Foundation

/// The weights of a BERT encoder, every shape checked against its configuration.
///
/// Matrices are as PyTorch stores them: `[out, in]`, row-major, y = x · weightᵀ + bias.
public struct EncoderWeights: Sendable {
  /// An affine map.
  public struct LinearWeights: Sendable {
    /// `[out, in]`.
    public let weight: FrozenTensor
    /// `[out]`.
    public let bias: FrozenTensor
  }

  /// Scale and shift of a LayerNorm, both `[hidden]`.
  public struct NormWeights: Sendable {
    public let gain: FrozenTensor
    public let bias: FrozenTensor
  }

  /// One transformer layer.
  public struct LayerWeights: Sendable {
    /// `[hidden, hidden]`; so are `key`, `value` and `attentionOutput`.
    public let query: LinearWeights
    public let key: LinearWeights
    public let value: LinearWeights
    public let attentionOutput: LinearWeights
    /// After the attention's residual sum.
    public let attentionNorm: NormWeights
    /// `[intermediate, hidden]`.
    public let intermediate: LinearWeights
    /// `[hidden, intermediate]`.
    public let output: LinearWeights
    /// After the feed-forward part's residual sum.
    public let outputNorm: NormWeights
  }

  /// `[vocabulary, hidden]`.
  public let wordEmbeddings: FrozenTensor
  /// `[positions, hidden]`.
  public let positionEmbeddings: FrozenTensor
  /// `[segments, hidden]`.
  public let segmentEmbeddings: FrozenTensor
  /// Over the sum of the three embeddings.
  public let embeddingNorm: NormWeights
  public let layers: [LayerWeights]

  /// Maps the weights in `folder`: `model.safetensors`, or the shards of `model.safetensors.index.json`.
  ///
  /// Names are taken with and without the prefix `bert.`, and LayerNorms with `weight`/`bias` or, as in old
  /// checkpoints, `gamma`/`beta`. Poolers, task heads and `embeddings.position_ids` are ignored.
  ///
  /// - Throws: `EncoderError` if a file is missing, unreadable or malformed, a tensor is missing or not of a
  ///   floating type, or shapes or the number of layers disagree with `configuration`.
  public init(folder: URL, configuration: EncoderConfiguration) throws(EncoderError) {
    let reader = WeightReader(
      files: try WeightFiles(folder: folder),
      configurationPath: folder.appendingPathComponent("config.json").path)
    let hidden = configuration.hiddenSize
    let intermediate = configuration.intermediateSize
    try reader.checkLayerCount(configuration.layerCount)
    wordEmbeddings = try reader.tensor(
      "embeddings.word_embeddings.weight",
      [(configuration.vocabularySize, "vocab_size"), (hidden, "hidden_size")])
    positionEmbeddings = try reader.tensor(
      "embeddings.position_embeddings.weight",
      [(configuration.maximumPositions, "max_position_embeddings"), (hidden, "hidden_size")])
    segmentEmbeddings = try reader.tensor(
      "embeddings.token_type_embeddings.weight",
      [(configuration.segmentCount, "type_vocab_size"), (hidden, "hidden_size")])
    embeddingNorm = try reader.norm("embeddings.LayerNorm", hidden)
    let hiddenAxis = (hidden, "hidden_size")
    let intermediateAxis = (intermediate, "intermediate_size")
    var layers: [LayerWeights] = []
    layers.reserveCapacity(configuration.layerCount)
    for index in 0..<configuration.layerCount {
      let name = "encoder.layer.\(index)."
      layers.append(
        LayerWeights(
          query: try reader.linear(name + "attention.self.query", hiddenAxis, hiddenAxis),
          key: try reader.linear(name + "attention.self.key", hiddenAxis, hiddenAxis),
          value: try reader.linear(name + "attention.self.value", hiddenAxis, hiddenAxis),
          attentionOutput: try reader.linear(
            name + "attention.output.dense", hiddenAxis, hiddenAxis),
          attentionNorm: try reader.norm(name + "attention.output.LayerNorm", hidden),
          intermediate: try reader.linear(
            name + "intermediate.dense", intermediateAxis, hiddenAxis),
          output: try reader.linear(name + "output.dense", hiddenAxis, intermediateAxis),
          outputNorm: try reader.norm(name + "output.LayerNorm", hidden)))
    }
    self.layers = layers
  }
}

/// Finds tensors under any of the names that checkpoints give them.
private struct WeightReader {
  /// A size and the key of `config.json` that it comes from.
  typealias Axis = (size: Int, key: String)

  static let prefixes = ["", "bert."]

  let files: WeightFiles
  let configurationPath: String

  func linear(
    _ name: String, _ out: Axis, _ input: Axis
  ) throws(EncoderError) -> EncoderWeights.LinearWeights {
    EncoderWeights.LinearWeights(
      weight: try tensor(name + ".weight", [out, input]), bias: try tensor(name + ".bias", [out]))
  }

  func norm(_ name: String, _ hidden: Int) throws(EncoderError) -> EncoderWeights.NormWeights {
    let axis = (hidden, "hidden_size")
    return EncoderWeights.NormWeights(
      gain: try tensor(name + ".weight", old: name + ".gamma", [axis]),
      bias: try tensor(name + ".bias", old: name + ".beta", [axis]))
  }

  func tensor(
    _ name: String, old: String? = nil, _ axes: [Axis]
  ) throws(EncoderError) -> FrozenTensor {
    let names = [name, old].compactMap { $0 }.flatMap { name in Self.prefixes.map { $0 + name } }
    for name in names {
      guard let file = files.file(of: name) else { continue }
      let shape = axes.map(\.size)
      if let found = file.shape(of: name), found != shape {
        let keys = axes.map(\.key).joined(separator: ", ")
        throw EncoderError(
          .malformed, path: file.path, place: "tensor " + EncoderError.quoted(name),
          expected: "shape \(shape) ([\(keys)] in \(configurationPath))",
          found: "shape \(found)")
      }
      return try file.tensor(name)
    }
    throw EncoderError(
      .malformed, path: files.path, place: "tensor " + EncoderError.quoted(name),
      expected: "it under one of the names " + names.joined(separator: ", "), found: "none of them")
  }

  /// More layers in the file than in `config.json` would otherwise be left out without a word. (Fewer are noticed
  /// when the first missing tensor is.)
  func checkLayerCount(_ count: Int) throws(EncoderError) {
    for name in files.names {
      for prefix in Self.prefixes.map({ $0 + "encoder.layer." }) where name.hasPrefix(prefix) {
        let digits = name.utf8.dropFirst(prefix.utf8.count).prefix { (48...57).contains($0) }
        guard let index = Int(Substring(digits)), index >= count else { continue }
        throw EncoderError(
          .malformed, path: files.path, place: "tensor " + EncoderError.quoted(name),
          expected: "layers 0 to \(count - 1) (num_hidden_layers in \(configurationPath))",
          found: "layer \(index)")
      }
    }
  }
}
