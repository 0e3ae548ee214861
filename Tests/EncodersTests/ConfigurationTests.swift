import Foundation
import Kernels
import Testing

@testable import Encoders

@Suite struct ConfigurationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// JSON of the keys of a small BERT, with `changes`; an empty text takes a key out.
  static func json(_ changes: [String: String] = [:]) -> String {
    var fields = [
      "model_type": "\"bert\"", "hidden_size": "8", "num_hidden_layers": "2",
      "num_attention_heads": "2", "intermediate_size": "12", "max_position_embeddings": "16",
      "type_vocab_size": "2", "vocab_size": "11", "layer_norm_eps": "1e-05",
      "hidden_act": "\"gelu\"", "position_embedding_type": "\"absolute\"",
      "architectures": "[\"BertModel\"]", "pad_token_id": "0",
    ]
    fields.merge(changes) { $1 }
    let members = fields.filter { !$0.value.isEmpty }.map { "\"\($0.key)\": \($0.value)" }
    return "{" + members.sorted().joined(separator: ", ") + "}"
  }

  func read(_ text: String) throws -> EncoderConfiguration {
    try EncoderConfiguration(contentsOf: folder.write(text, "config.json"))
  }

  @Test func everyField() throws {
    let expected = EncoderConfiguration(
      vocabularySize: 11, hiddenSize: 8, layerCount: 2, headCount: 2, intermediateSize: 12,
      maximumPositions: 16, segmentCount: 2, layerNormEpsilon: 1e-5, activation: .gelu)
    #expect(try read(Self.json()) == expected)
    #expect(expected.headSize == 4)
  }

  @Test func defaults() throws {
    let text = Self.json([
      "layer_norm_eps": "", "hidden_act": "", "type_vocab_size": "", "position_embedding_type": "",
    ])
    let configuration = try read(text)
    #expect(configuration.layerNormEpsilon == 1e-12)
    #expect(configuration.activation == .gelu)
    #expect(configuration.segmentCount == 2)
    #expect(try read(Self.json(["is_decoder": "false"])).layerCount == 2)
  }

  @Test(arguments: [
    ("gelu", Activation.gelu), ("gelu_new", .geluTanh),
    ("gelu_pytorch_tanh", .geluTanh), ("relu", .relu),
  ]) func activations(_ name: String, _ activation: Activation) throws {
    #expect(try read(Self.json(["hidden_act": "\"\(name)\""])).activation == activation)
  }

  @Test(arguments: [
    ("model_type", "\"roberta\"", "\"roberta\""), ("model_type", "", "none"),
    ("position_embedding_type", "\"relative_key\"", "\"relative_key\""),
    ("is_decoder", "true", "true"), ("hidden_act", "\"silu\"", "\"silu\""),
    ("hidden_size", "0", "0"), ("hidden_size", "-8", "-8"), ("hidden_size", "", "no such key"),
    ("hidden_size", "65537", "65537"), ("num_attention_heads", "3", "3"),
    ("num_attention_heads", "16", "16"), ("num_hidden_layers", "0", "0"),
    ("intermediate_size", "9223372036854775807", "9223372036854775807"),
    ("max_position_embeddings", "", "no such key"), ("vocab_size", "0", "0"),
    ("type_vocab_size", "0", "0"), ("layer_norm_eps", "0", "0.0"), ("layer_norm_eps", "-1", "-1.0"),
    ("layer_norm_eps", "1", "1.0"), ("layer_norm_eps", "1e-60", "1e-60"),
  ]) func outOfRange(_ key: String, _ value: String, _ found: String) throws {
    let error = try #require(encoderError { _ = try read(Self.json([key: value])) })
    #expect(error.kind == .malformed)
    #expect(error.place == key)
    #expect(error.found == found)
    #expect(error.path.hasSuffix("config.json"))
  }

  @Test(arguments: [
    "", "[]", "{", "nonsense", "{\"model_type\": 3}", json(["hidden_size": "\"8\""]),
    json(["vocab_size": "1.5"]), json(["is_decoder": "\"no\""]),
    String(repeating: "[", count: 100_000),
  ]) func malformed(_ text: String) throws {
    let error = try #require(encoderError { _ = try read(text) })
    #expect(error.kind == .malformed)
    #expect(error.description.contains("config.json"))
  }

  @Test func syntaxErrorsSayWhere() throws {
    let error = try #require(encoderError { _ = try read("{\n  \"a\": 1,\n  oops\n}") })
    #expect(error.found.contains("line 3"), "\(error)")
  }

  @Test func wrongTypesNameTheKey() throws {
    let error = try #require(encoderError { _ = try read(Self.json(["vocab_size": "\"x\""])) })
    #expect(error.found.contains("vocab_size"), "\(error)")
  }

  @Test func missing() {
    let none = folder.url.appendingPathComponent("config.json")
    #expect(encoderError { _ = try EncoderConfiguration(contentsOf: none) }?.kind == .missing)
  }
}
