import Foundation
import Testing

@testable import Encoders

@Suite struct EncoderFolderWeightsTests {
  let folder: TemporaryFolder
  let configuration = EncoderConfiguration(
    vocabularySize: 11, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 12,
    maximumPositions: 16, segmentCount: 2)

  init() throws { folder = try TemporaryFolder() }

  /// The tensors of a small BERT; each is filled with its own number.
  func tensors(prefix: String = "", old: Bool = false) -> [SafetensorsWriter.Tensor] {
    let c = configuration
    let (gain, shift) = old ? ("gamma", "beta") : ("weight", "bias")
    var shapes: [(String, [Int])] = [
      ("embeddings.word_embeddings.weight", [c.vocabularySize, c.hiddenSize]),
      ("embeddings.position_embeddings.weight", [c.maximumPositions, c.hiddenSize]),
      ("embeddings.token_type_embeddings.weight", [c.segmentCount, c.hiddenSize]),
      ("embeddings.LayerNorm.\(gain)", [c.hiddenSize]),
      ("embeddings.LayerNorm.\(shift)", [c.hiddenSize]),
    ]
    for index in 0..<c.layerCount {
      let layer = "encoder.layer.\(index)."
      for name in ["self.query", "self.key", "self.value", "output.dense"] {
        shapes.append((layer + "attention.\(name).weight", [c.hiddenSize, c.hiddenSize]))
        shapes.append((layer + "attention.\(name).bias", [c.hiddenSize]))
      }
      for name in ["attention.output", "output"] {
        shapes.append((layer + name + ".LayerNorm.\(gain)", [c.hiddenSize]))
        shapes.append((layer + name + ".LayerNorm.\(shift)", [c.hiddenSize]))
      }
      shapes.append((layer + "intermediate.dense.weight", [c.intermediateSize, c.hiddenSize]))
      shapes.append((layer + "intermediate.dense.bias", [c.intermediateSize]))
      shapes.append((layer + "output.dense.weight", [c.hiddenSize, c.intermediateSize]))
      shapes.append((layer + "output.dense.bias", [c.hiddenSize]))
    }
    var tensors: [SafetensorsWriter.Tensor] = shapes.enumerated().map { number, tensor in
      let values = [Float](repeating: Float(number), count: tensor.1.reduce(1, *))
      return (prefix + tensor.0, tensor.1, values)
    }
    // What task checkpoints hold besides.
    tensors.append((prefix + "pooler.dense.weight", [1], [0]))
    tensors.append(("cls.predictions.bias", [2], [0, 0]))
    return tensors
  }

  func load(_ tensors: [SafetensorsWriter.Tensor]) throws -> EncoderWeights {
    try folder.write(SafetensorsWriter.encode(tensors), "model.safetensors")
    return try EncoderWeights(folder: folder.url, configuration: configuration)
  }

  /// Every tensor has to be in its own place: the numbers are those of the list above.
  func check(_ weights: EncoderWeights) {
    #expect(weights.wordEmbeddings.shape == [11, 8])
    #expect(weights.positionEmbeddings.shape == [16, 8])
    #expect(weights.segmentEmbeddings.shape == [2, 8])
    let embeddings = [
      weights.wordEmbeddings, weights.positionEmbeddings, weights.segmentEmbeddings,
      weights.embeddingNorm.gain, weights.embeddingNorm.bias,
    ]
    var inOrder = embeddings
    for layer in weights.layers {
      for linear in [layer.query, layer.key, layer.value, layer.attentionOutput] {
        #expect(linear.weight.shape == [8, 8])
        inOrder += [linear.weight, linear.bias]
      }
      for norm in [layer.attentionNorm, layer.outputNorm] { inOrder += [norm.gain, norm.bias] }
      #expect(layer.intermediate.weight.shape == [12, 8])
      #expect(layer.intermediate.bias.shape == [12])
      #expect(layer.output.weight.shape == [8, 12])
      for linear in [layer.intermediate, layer.output] { inOrder += [linear.weight, linear.bias] }
    }
    #expect(inOrder.map { $0.values[0] } == (0..<inOrder.count).map(Float.init))
    #expect(inOrder.count == 5 + 2 * 16)
    #expect(!inOrder.contains { !$0.isMapped })
  }

  @Test(arguments: ["", "bert."], [false, true]) func names(prefix: String, old: Bool) throws {
    check(try load(tensors(prefix: prefix, old: old)))
  }

  @Test func shards() throws {
    let all = tensors(prefix: "bert.")
    let map = all.enumerated().map { "\"\($1.name)\": \"model-\($0 % 3).safetensors\"" }
    for shard in 0..<3 {
      let part = all.enumerated().filter { $0.offset % 3 == shard }.map(\.element)
      try folder.write(SafetensorsWriter.encode(part), "model-\(shard).safetensors")
    }
    let index = "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {"
    try folder.write(
      index + map.joined(separator: ",") + "}}", "model.safetensors.index.json")
    check(try EncoderWeights(folder: folder.url, configuration: configuration))

    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("model-1.safetensors"))
    let error = encoderError {
      _ = try EncoderWeights(folder: folder.url, configuration: configuration)
    }
    #expect(error?.kind == .missing)
    #expect(error?.path.hasSuffix("model-1.safetensors") == true)
  }

  @Test(arguments: [
    "{}", "{\"weight_map\": {}}", "{\"weight_map\": {\"a\": \"../model.safetensors\"}}",
    "{\"weight_map\": {\"a\": \"/etc/x.safetensors\"}}", "{\"weight_map\": {\"a\": \"model.bin\"}}",
    "{\"weight_map\": {\"a\": 1}}", "",
  ]) func indexThatLies(_ text: String) throws {
    try folder.write(text, "model.safetensors.index.json")
    let error = try #require(
      encoderError { _ = try EncoderWeights(folder: folder.url, configuration: configuration) })
    #expect(error.kind == .malformed)
    #expect(error.path.hasSuffix("model.safetensors.index.json"))
  }

  @Test func tensorThatTheIndexPromisesAndTheShardLacks() throws {
    try folder.write(SafetensorsWriter.encode([("x", [1], [1])]), "m.safetensors")
    try folder.write(
      "{\"weight_map\": {\"embeddings.word_embeddings.weight\": \"m.safetensors\"}}",
      "model.safetensors.index.json")
    let error = try #require(
      encoderError { _ = try EncoderWeights(folder: folder.url, configuration: configuration) })
    #expect(error.path.hasSuffix("m.safetensors"))
    #expect(error.place == #"tensor "embeddings.word_embeddings.weight""#)
  }

  /// Every tensor that is left out is missed by name, with all names tried.
  @Test func missingTensors() throws {
    let all = tensors()
    for index in 0..<(all.count - 2) {
      var some = all
      let name = some.remove(at: index).name
      let error = try #require(encoderError { _ = try load(some) })
      #expect(error.kind == .malformed)
      #expect(error.place == "tensor \"\(name)\"")
      #expect(error.expected.contains("bert." + name))
      #expect(error.expected.contains("gamma") == name.hasSuffix("LayerNorm.weight"))
      #expect(error.path.hasSuffix("model.safetensors"))
    }
  }

  @Test func shapesThatDisagree() throws {
    var all = tensors()
    all[0].shape = [8, 11]
    let error = try #require(encoderError { _ = try load(all) })
    #expect(error.place == #"tensor "embeddings.word_embeddings.weight""#)
    #expect(error.expected.contains("[11, 8] ([vocab_size, hidden_size] in "))
    #expect(error.expected.contains("config.json"))
    #expect(error.found == "shape [8, 11]")
  }

  @Test func moreLayersThanTheConfiguration() throws {
    var all = tensors(prefix: "bert.")
    all.append(("bert.encoder.layer.2.output.dense.bias", [8], [Float](repeating: 0, count: 8)))
    let error = try #require(encoderError { _ = try load(all) })
    #expect(error.found == "layer 2")
    #expect(error.expected.contains("num_hidden_layers"))
  }

  @Test func wrongType() throws {
    let header =
      #"{"embeddings.word_embeddings.weight":"#
      + #"{"dtype":"F64","shape":[11,8],"data_offsets":[0,704]}}"#
    try folder.write(
      rawSafetensors(header, data: Array(repeating: 0, count: 704)), "model.safetensors")
    let error = try #require(
      encoderError { _ = try EncoderWeights(folder: folder.url, configuration: configuration) })
    #expect(error.place == #"tensor "embeddings.word_embeddings.weight""#)
    #expect(error.found == "F64")
  }

  @Test func missingAndTruncatedWeights() throws {
    func failure() throws -> EncoderError {
      try #require(
        encoderError { _ = try EncoderWeights(folder: folder.url, configuration: configuration) })
    }
    let path = folder.url.appendingPathComponent("model.safetensors").path
    #expect(try failure().kind == .missing)
    #expect(try failure().path == path)
    try folder.write("", "pytorch_model.bin")
    #expect(try failure().kind == .missing)
    #expect(try failure().description.contains("pytorch_model.bin; convert"))
    let whole = SafetensorsWriter.encode(tensors())
    for count in [0, 7, 8, 100, whole.count / 2, whole.count - 1] {
      try folder.write(whole.prefix(count), "model.safetensors")
      #expect(try failure().kind == .malformed)
      #expect(try failure().path == path)
    }
  }
}
