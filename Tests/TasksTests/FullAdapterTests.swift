import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import TestSupport
import Testing
import Tokenization

@testable import Tasks

/// Adapters with deep prompts, shapes, a mix of layers, biases, transitions and a temperature.
@Suite struct FullAdapterTests {
  static func full(intermediate: Int = 64, layers: Int = 2) -> Adapter {
    var adapter = randomAdapter(template: "{soft:2} {text}")
    var random = RandomStream(seed: 9, purpose: "full adapter")
    func normal(_ rows: Int, _ columns: Int) -> Matrix {
      .normal(rows: rows, columns: columns, deviation: 0.4, using: &random)
    }
    adapter.configuration.prompt = PromptConfiguration(
      reparameterization: .none,
      deep: DeepPromptConfiguration(
        rows: 3, firstLayer: layers - 1, initialisation: .text("caf\u{e9} e\u{301}"),
        positions: .shifted),
      usesShapes: true, usesBiases: true)
    adapter.configuration.headLayers = .mix
    adapter.configuration.decoding = .crf
    adapter.configuration.temperature = 1.7
    adapter.configuration.maximumRows = 61
    adapter.configuration.encoder.layerCount = layers
    adapter.configuration.encoder.intermediateSize = intermediate
    adapter.model.prompts.deep =
      Array(repeating: Attention.Prefix(), count: layers - 1)
      + [Attention.Prefix(keys: normal(3, 32), values: normal(3, 32))]
    for layer in 0..<layers - 1 {
      adapter.model.prompts.deep[layer].keys = Matrix(rows: 0, columns: 32)
      adapter.model.prompts.deep[layer].values = Matrix(rows: 0, columns: 32)
    }
    adapter.model.prompts.shapes = normal(WordShape.allCases.count, 32)
    adapter.model.prompts.biases = (0..<layers).map { _ in
      var biases = LayerBiases(hidden: 32, intermediate: intermediate)
      biases.forEachPart { $0 = normal(1, $0.columns) }
      return biases
    }
    adapter.model.mix = LayerMix(weights: normal(1, layers + 1), scale: normal(1, 1))
    adapter.model.transitions = TagTransitions(
      values: normal(5, 5).values, start: normal(1, 5).values, end: normal(1, 5).values)
    return adapter
  }

  static func write(_ adapter: Adapter, to folder: URL) throws {
    try AtomicFolder(folder).save(adapter.files())
  }

  /// What an adapter says of some sentences, one of them of several windows.
  static func predictions(_ adapter: Adapter) throws -> [TokenPrediction] {
    let tiny = try TinyEncoder()
    try adapter.check(encoder: tiny.encoder, sha256: "tiny", path: "here")
    var classifier = try TokenClassifier(
      adapter: adapter, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
    var random = RandomStream(seed: 3, purpose: "sentences")
    return try classifier.predict(
      [1, 5, 60].map { randomWords($0, using: &random) } + [["Abc", "DEF", "3rd", "xYz"]])
  }

  @Test func roundTrip() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let adapter = Self.full()
    try Self.write(adapter, to: folder)
    let read = try Adapter(folder: folder)
    #expect(read.configuration == adapter.configuration)
    #expect(read.configuration.temperature == 1.7)
    guard case .text(let text)? = read.configuration.prompt.deep?.initialisation else {
      Issue.record("no text")
      return
    }
    #expect(text.utf8.elementsEqual("caf\u{e9} e\u{301}".utf8))
    #expect(read.model.prompts == adapter.model.prompts)
    #expect(read.model.mix?.weights.value == adapter.model.mix?.weights.value)
    #expect(read.model.mix?.scale.value == adapter.model.mix?.scale.value)
    #expect(read.model.transitions == adapter.model.transitions)
    #expect(read.model.head.linear.weight.value == adapter.model.head.linear.weight.value)
    #expect(try read.files().map(\.contents) == adapter.files().map(\.contents))
    #expect(try Self.predictions(read) == Self.predictions(adapter))
  }

  /// Each part of what was saved has a say in what is predicted.
  @Test func everyPartIsRead() throws {
    let expected = try Self.predictions(Self.full())
    #expect(expected.contains { !$0.spans.isEmpty })
    func expectOther(_ what: String, _ change: (inout Adapter) -> Void) throws {
      var adapter = Self.full()
      change(&adapter)
      #expect(try Self.predictions(adapter) != expected, "\(what)")
    }
    try expectOther("keys") { $0.model.prompts.deep[1].keys.scale(by: -3) }
    try expectOther("values") { $0.model.prompts.deep[1].values.scale(by: -1) }
    try expectOther("shapes") { $0.model.prompts.shapes.scale(by: -1) }
    try expectOther("biases") { $0.model.prompts.biases[0].output.scale(by: -1) }
    try expectOther("mix") { $0.model.mix?.scale.value.scale(by: -1) }
    try expectOther("transitions") {
      $0.model.transitions = TagTransitions(
        values: [Float](repeating: 0, count: 25), start: [0, 9, 0, 0, 0],
        end: [Float](repeating: 0, count: 5))
    }
    try expectOther("temperature") { $0.configuration.temperature = nil }
    try expectOther("positions") { $0.configuration.prompt.deep?.positions = .unmoved }
  }

  @Test func versionOneIsReadAndSaysTheSame() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let adapter = randomAdapter()
    try Self.write(adapter, to: folder)
    let json = folder.appendingPathComponent("adapter.json")
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
    object["formatVersion"] = 1
    for key in ["headLayers", "temperature"] { object[key] = nil }
    var prompt = try #require(object["prompt"] as? [String: Any])
    for key in ["deep", "usesShapes", "usesBiases"] { prompt[key] = nil }
    object["prompt"] = prompt
    var encoder = try #require(object["encoder"] as? [String: Any])
    for key in ["layerCount", "intermediateSize"] { encoder[key] = nil }
    object["encoder"] = encoder
    try JSONSerialization.data(withJSONObject: object).write(to: json)
    let read = try Adapter(folder: folder)
    #expect(read.configuration.formatVersion == 1)
    #expect(read.configuration.prompt.deep == nil && !read.configuration.prompt.usesShapes)
    #expect(!read.configuration.prompt.usesBiases && read.model.mix == nil)
    #expect(read.model.prompts == adapter.model.prompts && read.model.transitions == nil)
    #expect(try Self.predictions(read) == Self.predictions(adapter))
  }

  // MARK: Damage

  /// Reads a folder whose weights or configuration are not right.
  private func expectError(_ what: String, at path: String, folder: URL) {
    do {
      _ = try Adapter(folder: folder)
      Issue.record("\(what) was accepted")
    } catch let error as AdapterError {
      #expect(error.path == path, "\(what): \(error)")
      #expect(error.kind == .malformed, "\(what): \(error)")
    } catch let error as EncoderError {
      #expect(error.path == path, "\(what): \(error)")
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  @Test func damagedWeightsAreErrors() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let weights = folder.appendingPathComponent("adapter.safetensors").path
    func expectDamaged(_ what: String, _ change: (inout Adapter) -> Void) throws {
      var adapter = Self.full()
      change(&adapter)
      try Self.write(adapter, to: folder)
      expectError(what, at: weights, folder: folder)
    }
    let other = Matrix(rows: 2, columns: 32)
    try expectDamaged("no deep tensors") { $0.model.prompts.deep = [] }
    try expectDamaged("no keys") { $0.model.prompts.deep[1].keys = Matrix() }
    try expectDamaged("no values") { $0.model.prompts.deep[1].values = Matrix() }
    try expectDamaged("other rows of keys") { $0.model.prompts.deep[1].keys = other }
    try expectDamaged("other rows of values") { $0.model.prompts.deep[1].values = other }
    try expectDamaged("none in a lower layer") { $0.configuration.prompt.deep?.firstLayer = 0 }
    try expectDamaged("rows without end") { $0.configuration.prompt.deep?.rows = 4096 }
    try expectDamaged("few shapes") { $0.model.prompts.shapes = other }
    try expectDamaged("no shapes") { $0.model.prompts.shapes = Matrix() }
    try expectDamaged("biases of one layer") { $0.model.prompts.biases.removeLast() }
    try expectDamaged("a wide bias") {
      $0.model.prompts.biases[1].intermediate = Matrix(rows: 1, columns: 65)
    }
    try expectDamaged("no mix") { $0.model.mix = nil }
    try expectDamaged("a mix of fewer") { $0.model.mix = LayerMix(layers: 2) }
    try expectDamaged("no transitions") { $0.model.transitions = nil }
    try expectDamaged("layers without end") { $0.configuration.encoder.layerCount = 1024 }
    for value in [Float.nan, .infinity] {
      try expectDamaged("\(value) in keys") { $0.model.prompts.deep[1].keys[2, 31] = value }
      try expectDamaged("\(value) in values") { $0.model.prompts.deep[1].values[0, 0] = value }
      try expectDamaged("\(value) in shapes") { $0.model.prompts.shapes[9, 31] = value }
      try expectDamaged("\(value) in a bias") { $0.model.prompts.biases[1].key[0, 3] = value }
      try expectDamaged("\(value) in the mix") { $0.model.mix?.weights.value[0, 2] = value }
      try expectDamaged("\(value) in the scale") { $0.model.mix?.scale.value[0, 0] = value }
      try expectDamaged("\(value) in transitions") {
        $0.model.transitions = TagTransitions(
          values: [Float](repeating: value, count: 25), start: [0, 0, 0, 0, 0],
          end: [0, 0, 0, 0, 0])
      }
    }
  }

  @Test func numbersOutOfRangeAreErrors() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let json = folder.appendingPathComponent("adapter.json")
    try Self.write(Self.full(), to: folder)
    let good = String(decoding: try Data(contentsOf: json), as: UTF8.self)
    func expectRefused(_ key: String, _ old: String, _ values: [String]) throws {
      let text = "\"\(key)\" : \(old)"
      try #require(good.contains(text), "\(text)")
      for value in values {
        try Data(good.replacingOccurrences(of: text, with: "\"\(key)\" : \(value)").utf8)
          .write(to: json)
        expectError("\(key) \(value)", at: json.path, folder: folder)
      }
    }
    let extremes = ["-1", "9223372036854775807", "-9223372036854775808", "1e99", "\"3\""]
    try expectRefused("firstLayer", "1", extremes + ["2", "1024"])
    try expectRefused("rows", "3", extremes + ["0", "4097"])
    try expectRefused("layerCount", "2", extremes + ["0", "1025", "null"])
    try expectRefused("intermediateSize", "64", extremes + ["0", "262145", "null"])
    try expectRefused("temperature", "1.7", ["0", "-1", "-1e-300", "1e999", "\"hot\""])
    try expectRefused("headLayers", "\"mix\"", ["\"all\"", "2"])
    try expectRefused("positions", "\"shifted\"", ["\"moved\"", "1"])
  }

  @Test func encodersOfOtherSizesAreErrors() throws {
    let tiny = try TinyEncoder()
    func expectMismatch(_ what: String, _ adapter: Adapter) {
      #expect {
        try adapter.check(encoder: tiny.encoder, sha256: "tiny", path: "here")
      } throws: { error in
        print("\(what): \(error)")
        return (error as? AdapterError)?.kind == .mismatch
      }
    }
    try Self.full().check(encoder: tiny.encoder, sha256: "tiny", path: "here")
    expectMismatch("one layer", Self.full(layers: 1))
    expectMismatch("three layers", Self.full(layers: 3))
    // Biases that are shorter or longer than the encoder's would be read past their end.
    expectMismatch("narrow blocks", Self.full(intermediate: 1))
    expectMismatch("wide blocks", Self.full(intermediate: 65))
    var adapter = Self.full()
    adapter.configuration.maximumRows = 62
    expectMismatch("positions past the end", adapter)
  }
}
