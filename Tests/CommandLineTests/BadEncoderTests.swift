import Foundation
import Testing

/// Encoders and adapters that are damaged or do not belong together.
struct BadEncoderTests {
  private static let weights = "models/\(Workspace.encoder)/model.safetensors"
  private static let configuration = "models/\(Workspace.encoder)/config.json"
  private static let word = "embeddings.word_embeddings.weight"

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    return workspace
  }

  /// Training and `inspect` say the same of a damaged encoder.
  private func expectBoth(
    in workspace: Workspace, code: Int32, _ parts: String...,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let trained = try workspace.train()
    #expect(!workspace.exists("adapter"), sourceLocation: location)
    let inspected = try workspace.run("inspect", "models/\(Workspace.encoder)")
    for result in [trained, inspected] {
      expectFailure(result, code: code, location: location)
      for part in parts {
        #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location)
      }
    }
  }

  /// Rewrites the weights' header.
  private func edit(
    _ workspace: Workspace, _ change: (inout SafetensorsParts) throws -> Void
  ) throws {
    var parts = try SafetensorsParts(workspace.bytes(of: Self.weights))
    try change(&parts)
    try workspace.write(try parts.bytes(), to: Self.weights)
  }

  private func edit(
    _ workspace: Workspace, configuration change: (inout [String: Any]) -> Void
  ) throws {
    let data = Data(try workspace.bytes(of: Self.configuration))
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    change(&object)
    try workspace.write(
      Array(try JSONSerialization.data(withJSONObject: object)), to: Self.configuration)
  }

  @Test func noSuchEncoder() throws {
    let workspace = try Workspace()
    let result = try workspace.train()
    expectFailure(result, code: 66, Workspace.encoder, "models/")
    // Nor a default one.
    let byDefault = try workspace.run(
      "train", "ner", "--corpus", "corpus.xml", "--output", "adapter")
    expectFailure(byDefault, code: 66, "all-MiniLM-L6-v2", "tools/fetch-encoder")
  }

  @Test func missingFiles() throws {
    for file in ["model.safetensors", "config.json", "vocab.txt"] {
      let workspace = try workspace()
      try FileManager.default.removeItem(at: workspace.url("models/\(Workspace.encoder)/\(file)"))
      let result = try workspace.train()
      #expect([65, 66].contains(result.exitCode), "\(file): \(result.errors)")
      #expect(result.errorLines.count == 1)
      #expect(result.errors.contains(file))
    }
  }

  @Test(arguments: [0, 4, 8, 1000, 4048, 50_000, 93_519])
  func truncatedWeights(size: Int) throws {
    let workspace = try workspace()
    let whole = try workspace.bytes(of: Self.weights)
    try workspace.write(Array(whole.prefix(size)), to: Self.weights)
    try expectBoth(in: workspace, code: 65, "model.safetensors")
  }

  @Test func headerThatIsNoHeader() throws {
    let workspace = try workspace()
    let whole = try workspace.bytes(of: Self.weights)
    // A length that would overflow, and one that reaches past the end.
    for length in [[UInt8](repeating: 0xFF, count: 8), [0, 0, 0, 0, 0, 0, 0, 1]] {
      try workspace.write(length + whole.dropFirst(8), to: Self.weights)
      try expectBoth(in: workspace, code: 65, "model.safetensors")
    }
    try workspace.write(
      Array(whole.prefix(8)) + whole.dropFirst(8).map { _ in 0x7B },
      to: Self.weights)
    try expectBoth(in: workspace, code: 65, "model.safetensors")
  }

  @Test(arguments: [[0, 1 << 40], [-128, 7552], [512, 640], [7680, 0], [1, 7681]])
  func headerThatLies(offsets: [Int]) throws {
    let workspace = try workspace()
    try edit(workspace) { try $0.set("data_offsets", of: Self.word, to: offsets) }
    try expectBoth(in: workspace, code: 65, "model.safetensors", Self.word)
  }

  @Test func shapesThatOverflow() throws {
    let workspace = try workspace()
    try edit(workspace) { try $0.set("shape", of: Self.word, to: [1 << 62, 1 << 62]) }
    try expectBoth(in: workspace, code: 65, "model.safetensors", Self.word)
  }

  @Test(arguments: ["I64", "F64", "F13", "BOOL"])
  func wrongType(type: String) throws {
    let workspace = try workspace()
    try edit(workspace) { try $0.set("dtype", of: Self.word, to: type) }
    try expectBoth(in: workspace, code: 65, "model.safetensors", Self.word)
  }

  @Test func missingTensor() throws {
    let workspace = try workspace()
    let name = "encoder.layer.1.attention.self.key.weight"
    try edit(workspace) { $0.header[name] = nil }
    let result = try workspace.train()
    #expect(result.exitCode == 65)
    #expect(result.errors.contains("model.safetensors"))
  }

  @Test(arguments: [
    ("hidden_size", 64), ("vocab_size", 61), ("num_hidden_layers", 3), ("num_hidden_layers", 1),
    ("intermediate_size", 32), ("max_position_embeddings", 512), ("type_vocab_size", 1),
  ])
  func configurationThatDisagrees(key: String, value: Int) throws {
    let workspace = try workspace()
    try edit(workspace) { (object: inout [String: Any]) in object[key] = value }
    try expectBoth(in: workspace, code: 65, "model.safetensors")
  }

  @Test func configurationThatCannotBe() throws {
    for (key, value) in [
      ("num_attention_heads", 5 as Any), ("model_type", "gpt2"), ("hidden_act", "swish"),
      ("hidden_size", -1), ("vocab_size", "many"), ("position_embedding_type", "relative_key"),
    ] {
      let workspace = try workspace()
      try edit(workspace) { (object: inout [String: Any]) in object[key] = value }
      try expectBoth(in: workspace, code: 65, "config.json")
    }
    let workspace = try workspace()
    try workspace.write("{\"hidden_size\": 32,", to: Self.configuration)
    try expectBoth(in: workspace, code: 65, "config.json")
  }

  // MARK: Adapters

  @Test func adapterOfAnotherEncoder() throws {
    let workspace = try Workspace.withAdapter()
    try workspace.addEncoder(Workspace.otherEncoder)
    expectFailure(
      try workspace.run(
        "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--encoder",
        Workspace.otherEncoder),
      code: 65, Workspace.otherEncoder, "trained on, \(Workspace.encoder)", "SHA-256")
    // The same name, but other weights.
    try edit(workspace) { parts in parts.data[parts.data.count - 1] ^= 1 }
    expectFailure(
      try workspace.run("evaluate", "--adapter", "adapter", "--corpus", "corpus.xml"), code: 65,
      Workspace.encoder, "SHA-256")
  }

  @Test func encoderThatIsGone() throws {
    let workspace = try Workspace.withAdapter()
    try FileManager.default.moveItem(at: workspace.url("models"), to: workspace.url("elsewhere"))
    expectFailure(
      try workspace.run("evaluate", "--adapter", "adapter", "--corpus", "corpus.xml"), code: 66,
      "adapter.json", Workspace.encoder)
    expectSuccess(
      try workspace.run(
        "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--encoder",
        "elsewhere/\(Workspace.encoder)"))
  }

  /// Where the name leads nowhere, the path does at which the encoder was.
  @Test func encoderFoundByItsPath() throws {
    let workspace = try Workspace.withAdapter()
    let elsewhere = workspace.url("elsewhere")
    try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
    let result = try Binary.run(
      ["evaluate", "--adapter", "../adapter", "--corpus", "../corpus.xml"], in: elsewhere)
    expectSuccess(result)
  }

  @Test func adapterThatIsNone() throws {
    let workspace = try workspace()
    try workspace.write(Workspace.corpus, to: "corpus.xml")
    for (adapter, code) in [("none", 66), ("models", 66)] as [(String, Int32)] {
      expectFailure(
        try workspace.run("evaluate", "--adapter", adapter, "--corpus", "corpus.xml"), code: code,
        adapter, "adapter.json")
    }
  }

  @Test func damagedAdapter() throws {
    let workspace = try Workspace.withAdapter()
    let json = try workspace.text(of: "adapter/adapter.json")
    let weights = try workspace.bytes(of: "adapter/adapter.safetensors")
    func expectRefusal(_ file: String, _ part: String) throws {
      for arguments in [
        ["evaluate", "--adapter", "adapter", "--corpus", "corpus.xml"], ["inspect", "adapter"],
      ] {
        let result = try Binary.run(arguments, in: workspace.folder)
        expectFailure(result, code: 65, file, part)
      }
    }
    for (old, new) in [
      (#""formatVersion" : 2"#, #""formatVersion" : 99"#),
      (#""softRowCount" : 2"#, #""softRowCount" : 3"#),
      (#""softRowCount" : 2"#, #""softRowCount" : -1"#),
      (#""PER""#, #""PER", "TIME""#), (#""bio""#, #""iobes""#), ("{soft:2}", "{soft:2"),
    ] {
      #expect(json.contains(old), "\(json)")
      try workspace.write(json.replacingOccurrences(of: old, with: new), to: "adapter/adapter.json")
      let result = try workspace.run("evaluate", "--adapter", "adapter", "--corpus", "corpus.xml")
      #expect([64, 65].contains(result.exitCode), "\(new): \(result.errors)")
      #expect(result.errors.hasPrefix("enxerto: "), "\(result.errors)")
      #expect(result.errors.contains("expected "))
    }
    try workspace.write(String(json.utf8.dropLast(20)) ?? "", to: "adapter/adapter.json")
    try expectRefusal("adapter.json", "JSON")
    try workspace.write(json, to: "adapter/adapter.json")
    try workspace.write(Array(weights.dropLast(5)), to: "adapter/adapter.safetensors")
    try expectRefusal("adapter.safetensors", "")
    var parts = try SafetensorsParts(weights)
    parts.data.replaceSubrange(0..<4, with: [0, 0, 0xC0, 0x7F])
    try workspace.write(try parts.bytes(), to: "adapter/adapter.safetensors")
    try expectRefusal("adapter.safetensors", "finite")
    try FileManager.default.removeItem(at: workspace.url("adapter/adapter.safetensors"))
    let result = try workspace.run("inspect", "adapter")
    expectFailure(result, code: 66, "adapter.safetensors")
  }
}
