import Encoders
import Foundation
import Kernels
import PTuning
import TestSupport
import Testing
import Tokenization

@testable import Tasks

@Suite struct AdapterTests {
  private func write(_ adapter: Adapter, to folder: URL) throws {
    try AtomicFolder(folder).save(adapter.files())
  }

  @Test(arguments: [0, 2])
  func roundTrip(rows: Int) throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let adapter = randomAdapter(
      template: rows == 0 ? "{text}" : "{soft:2} caf\u{e9} {text}", rows: rows,
      labels: ["LOC", "e\u{301}", "\u{e9}"])
    try write(adapter, to: folder)
    let read = try Adapter(folder: folder)
    #expect(read.configuration == adapter.configuration)
    #expect(read.model.prompts == adapter.model.prompts)
    #expect(read.model.head.linear.weight.value == adapter.model.head.linear.weight.value)
    #expect(read.model.head.linear.bias.value == adapter.model.head.linear.bias.value)
    let (first, second) = (try adapter.files(), try read.files())
    #expect(first.map(\.name) == second.map(\.name))
    #expect(first.map(\.contents) == second.map(\.contents))
  }

  /// Reads a folder that is not right.
  private func expectError(
    _ what: String, _ kind: AdapterError.Kind, at path: String, folder: URL
  ) {
    do {
      _ = try Adapter(folder: folder)
      Issue.record("\(what) was accepted")
    } catch let error as AdapterError {
      #expect(error.kind == kind, "\(what): \(error)")
      #expect(error.path == path, "\(what): \(error)")
      #expect(!error.expected.isEmpty && !error.found.isEmpty)
    } catch let error as EncoderError {
      #expect(error.path == path, "\(what): \(error)")
      #expect((error.kind == .missing) == (kind == .missing), "\(what): \(error)")
      #expect(!error.expected.isEmpty && !error.found.isEmpty)
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  @Test func missingFilesAreErrors() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    expectError("no folder", .missing, at: folder.path, folder: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    expectError("an empty folder", .missing, at: folder.path, folder: folder)
    try write(randomAdapter(), to: folder)
    let weights = folder.appendingPathComponent("adapter.safetensors")
    try FileManager.default.removeItem(at: weights)
    expectError("no weights", .missing, at: weights.path, folder: folder)
    let json = folder.appendingPathComponent("adapter.json")
    try FileManager.default.removeItem(at: json)
    try FileManager.default.createDirectory(at: json, withIntermediateDirectories: false)
    expectError("a folder for a file", .inputOutput, at: json.path, folder: folder)
  }

  @Test func configurationsThatAreNotRightAreErrors() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let json = folder.appendingPathComponent("adapter.json")
    try write(randomAdapter(), to: folder)
    let good = String(decoding: try Data(contentsOf: json), as: UTF8.self)

    func expectMalformed(_ old: String, _ new: String) throws {
      #expect(good.contains(old), "\(old)")
      try Data(good.replacingOccurrences(of: old, with: new).utf8).write(to: json)
      expectError("\(old) → \(new)", .malformed, at: json.path, folder: folder)
    }
    for text in ["", "{", "[]", "null", "{}", "\u{0}", "{\"formatVersion\": \"1\"}"] {
      try Data(text.utf8).write(to: json)
      expectError("\(text)", .malformed, at: json.path, folder: folder)
    }
    try Data([0xFF, 0xFE, 0x7B]).write(to: json)
    expectError("no UTF-8", .malformed, at: json.path, folder: folder)
    try expectMalformed("\"formatVersion\" : 2", "\"formatVersion\" : 3")
    try expectMalformed("\"formatVersion\" : 2", "\"formatVersion\" : 1e300")
    try expectMalformed("\"ner\"", "\"qa\"")
    try expectMalformed("\"bio\"", "\"bioes\"")
    try expectMalformed("\"float32\"", "\"int4\"")
    try expectMalformed("\"LOC\"", "\"Z\"")
    try expectMalformed("\"LOC\"", "\"PER\"")
    try expectMalformed("\"LOC\"", "1")
    for count in ["-1", "65537", "9223372036854775808", "2.5", "null"] {
      try expectMalformed("\"softRowCount\" : 2", "\"softRowCount\" : \(count)")
      try expectMalformed("\"maximumRows\" : 64", "\"maximumRows\" : -\(count)")
      try expectMalformed("\"hiddenSize\" : 32", "\"hiddenSize\" : \(count)")
    }
    try expectMalformed("\"maximumRows\" : 64", "\"maximumRows\" : 0")
    try expectMalformed("{soft:2} {text}", "{soft:2} {txt}")
    try expectMalformed("{soft:2} {text}", "{soft:2}")
    // Of the same normal form, in the wrong order of bytes.
    try write(randomAdapter(labels: ["\u{e9}", "e\u{301}"]), to: folder)
    expectError("labels out of order", .malformed, at: json.path, folder: folder)
  }

  @Test func weightsThatAreNotRightAreErrors() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let weights = folder.appendingPathComponent("adapter.safetensors")
    func expectMalformed(_ what: String, _ change: (inout Adapter) -> Void) throws {
      var adapter = randomAdapter()
      change(&adapter)
      try write(adapter, to: folder)
      expectError(what, .malformed, at: weights.path, folder: folder)
    }
    let other = randomAdapter(rows: 3, labels: ["A", "B", "C"])
    try expectMalformed("a head of other labels") { $0.model.head = other.model.head }
    try expectMalformed("more soft rows") { $0.model.prompts.soft = other.model.prompts.soft }
    try expectMalformed("another count of soft rows") { $0.configuration.softRowCount = 1 }
    try expectMalformed("no soft rows") { $0.model.prompts.soft = Matrix(rows: 0, columns: 32) }
    try expectMalformed("another hidden size") { $0.configuration.encoder.hiddenSize = 16 }
    try expectMalformed("the greatest count") {
      $0.configuration.softRowCount = 1 << 16
      $0.configuration.encoder.hiddenSize = 1 << 16
    }
    for value in [Float.nan, .infinity, -.infinity] {
      try expectMalformed("\(value) in a soft row") { $0.model.prompts.soft[1, 31] = value }
      try expectMalformed("\(value) in the head") {
        $0.model.head.linear.weight.value[4, 31] = value
      }
      try expectMalformed("\(value) in the bias") { $0.model.head.linear.bias.value[0, 0] = value }
    }
    try write(randomAdapter(), to: folder)
    let good = try Data(contentsOf: weights)
    for length in [0, 7, 8, 20, good.count - 1] {
      try good.prefix(length).write(to: weights)
      expectError("\(length) bytes", .malformed, at: weights.path, folder: folder)
    }
  }

  @Test func anotherEncoderIsAnError() throws {
    let tiny = try TinyEncoder()
    let adapter = randomAdapter()
    try adapter.check(encoder: tiny.encoder, sha256: "tiny", path: "here")
    func expectMismatch(_ found: String, sha256: String, _ change: (inout Adapter) -> Void) {
      var adapter = adapter
      change(&adapter)
      #expect {
        try adapter.check(encoder: tiny.encoder, sha256: sha256, path: "here")
      } throws: { error in
        guard let error = error as? AdapterError else { return false }
        return error.kind == .mismatch && error.path == "here" && error.found.contains(found)
      }
    }
    expectMismatch("other", sha256: "other") { _ in }
    expectMismatch("32", sha256: "tiny") { $0.configuration.encoder.hiddenSize = 16 }
    expectMismatch("64", sha256: "tiny") { $0.configuration.maximumRows = 65 }
  }

  @Test func aTemplateOfOtherSoftRowsIsAnError() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let tiny = try TinyEncoder()
    for template in ["{soft:3} {text}", "{text}", "{soft:\"abc\"} {text}"] {
      try write(randomAdapter(template: template), to: folder)
      let adapter = try Adapter(folder: folder)
      #expect {
        try TokenClassifier(
          adapter: adapter, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
      } throws: { error in
        guard let error = error as? AdapterError else { return false }
        return error.kind == .mismatch
          && error.path == folder.appendingPathComponent("adapter.json").path
      }
    }
  }

  @Test func mutatedConfigurationsAreReadOrRefused() throws {
    let place = try Workplace()
    let folder = place.url.appendingPathComponent("a")
    let tiny = try TinyEncoder()
    try write(randomAdapter(), to: folder)
    let json = folder.appendingPathComponent("adapter.json")
    let good = Array(try Data(contentsOf: json))
    let seed = UInt64.random(in: 0...UInt64.max)
    print("mutations of adapter.json by seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "mutations")
    let pieces = [
      "\"", "{", "}", "[", "]", ",", ":", "-", "0", "9", "1e9", "null", "true", "\\u0000",
      "\\ud800", "99999999999999999999", "{soft:1}", "{text}", " ", "\n",
    ].map { Array($0.utf8) }
    var (read, refused) = (0, 0)
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0...random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        let end = min(bytes.count, place + Int(random.next() % 6))
        switch random.next() % 4 {
        case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: pieces[Int(random.next() % 20)], at: place)
        default: bytes.insert(contentsOf: bytes[place..<end], at: end)
        }
      }
      try Data(bytes).write(to: json)
      do {
        let adapter = try Adapter(folder: folder)
        read += 1
        try adapter.check(
          encoder: tiny.encoder, sha256: adapter.configuration.encoder.sha256, path: "here")
        var classifier = try TokenClassifier(
          adapter: adapter, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
        var words = RandomStream(seed: seed, purpose: "words")
        let sentence = randomWords(3, using: &words)
        #expect(try classifier.predict([sentence])[0].tags.count == 3)
      } catch is AdapterError {
        refused += 1
      } catch is EncoderError {
        refused += 1
      } catch is LayoutError {
        refused += 1
      } catch {
        Issue.record("seed \(seed): \(error) of \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    print("\(read) read, \(refused) refused")
    #expect(read > 20 && refused > 200)
  }
}
