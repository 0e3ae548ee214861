import Foundation
import Testing

@testable import Tokenization

/// What tools/golden/tokenizer.py wrote, and where it is.
enum Golden {
  /// The four tokenizers that the golden output was made with.
  enum Kind: String, CaseIterable, Codable {
    case uncased
    case cased
    case stripping
    case lowering
  }

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let encoder = root.appendingPathComponent("models/all-MiniLM-L6-v2")

  static let corpora =
    ProcessInfo.processInfo.environment["ENXERTO_CORPORA"].map { URL(fileURLWithPath: $0) }
    ?? root.deletingLastPathComponent().appendingPathComponent("shared/corpora")

  static var hasEncoder: Bool {
    FileManager.default.fileExists(atPath: encoder.appendingPathComponent("tokenizer.json").path)
  }

  static var hasCorpora: Bool {
    FileManager.default.fileExists(atPath: corpora.appendingPathComponent("wnut17").path)
  }

  /// The kinds that can be tested here.
  static var kinds: [Kind] { Kind.allCases.filter { $0 != .uncased || hasEncoder } }

  static func fixture(_ name: String) throws -> URL {
    let folder = try #require(
      Bundle.module.url(forResource: "Fixtures", withExtension: nil), "Fixtures not copied")
    return folder.appendingPathComponent(name)
  }

  static func decode<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: fixture(name)))
  }

  static func tokenizer(_ kind: Kind) throws -> WordpieceTokenizer {
    try WordpieceTokenizer(folder: kind == .uncased ? encoder : fixture(kind.rawValue))
  }
}

/// FNV-1a, 64 bits, over 32-bit numbers; as in tools/golden/tokenizer.py.
struct Checksum: CustomStringConvertible {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ number: UInt32) {
    value = (value ^ UInt64(number)) &* 0x100_0000_01B3
  }

  mutating func add(_ wordpieces: [Wordpiece]) {
    for piece in wordpieces {
      add(UInt32(bitPattern: piece.id))
      add(UInt32(piece.range.lowerBound))
      add(UInt32(piece.range.upperBound))
    }
  }

  /// Takes in the normalised text and the wordpieces.
  mutating func add(_ text: String, _ tokenizer: WordpieceTokenizer) {
    for scalar in normalized(text, tokenizer.normalizer) { add(scalar) }
    add(tokenizer.wordpieces(of: text))
    add(0xFFFF_FFFF)
  }

  var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The scalars of the normalised text.
func normalized(_ text: String, _ normalizer: Normalizer) -> [UInt32] {
  struct Collector: NormalizedScalarSink {
    var scalars: [UInt32] = []
    mutating func append(_ scalar: UInt32, source: Int) { scalars.append(scalar) }
  }
  var text = text
  return text.withUTF8 { utf8 in
    var collector = Collector()
    normalizer.normalize(utf8, into: &collector)
    return collector.scalars
  }
}

/// splitmix64, as in tools/golden/tokenizer.py.
struct Mixer {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(_ bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return (z ^ z >> 31) % bound
  }

  /// Ranges of scalars that are likely to meet each other badly.
  private static let pools: [(low: UInt64, high: UInt64)] = [
    (0x20, 0x7F), (0x61, 0x7B), (0xA0, 0x250), (0x300, 0x370), (0x591, 0x5C8), (0x900, 0xE00),
    (0xF00, 0xFC0), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x1E00, 0x2000), (0x2000, 0x2070),
    (0x3000, 0x30A0), (0xAC00, 0xD7A4), (0xF900, 0xFB50), (0xFE00, 0xFE30), (0x10A00, 0x11A00),
    (0x1D150, 0x1D1C0), (0x1F300, 0x1F700), (0, 0x110000),
  ]

  mutating func text() -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<next(16) {
      let pool = Self.pools[Int(next(UInt64(Self.pools.count)))]
      let value = pool.low + next(pool.high - pool.low)
      text.append(Unicode.Scalar(UInt32(value)) ?? " ")
    }
    return String(text)
  }
}
