import Foundation
import Testing

@testable import Tokenization

/// Ids and offsets held equal to those of the `tokenizers` library.
struct GoldenTests {
  struct Hostile: Decodable {
    struct Line: Decodable {
      var text: String
      var times: Int
      var uncased, cased, stripping, lowering: [Int]?
      var uncasedChecksum, casedChecksum, strippingChecksum, loweringChecksum: String?

      func expected(_ kind: Golden.Kind) -> (numbers: [Int]?, checksum: String?) {
        switch kind {
        case .uncased: (uncased, uncasedChecksum)
        case .cased: (cased, casedChecksum)
        case .stripping: (stripping, strippingChecksum)
        case .lowering: (lowering, loweringChecksum)
        }
      }
    }
    var lines: [Line]
  }

  @Test(arguments: Golden.kinds)
  func hostileLines(kind: Golden.Kind) throws {
    let tokenizer = try Golden.tokenizer(kind)
    let hostile: Hostile = try Golden.decode("tokenizer-hostile.json")
    #expect(hostile.lines.count > 60)
    for line in hostile.lines {
      let text = String(repeating: line.text, count: line.times)
      let found = tokenizer.wordpieces(of: text)
      let (numbers, checksum) = line.expected(kind)
      if let checksum {
        var sum = Checksum()
        sum.add(found)
        #expect(sum.description == checksum, "\(line.times) times \(line.text.debugDescription)")
      } else {
        let flat = found.flatMap { [Int($0.id), $0.range.lowerBound, $0.range.upperBound] }
        #expect(flat == numbers, "\(line.text.debugDescription)")
      }
    }
  }

  struct Sweep: Decodable {
    var blockSize: UInt32
    var seed: UInt64
    var randomBlockSize: Int
    var scalars: [String: [String]]
    var random: [String: [String]]
  }

  @Test(arguments: Golden.kinds)
  func everyScalar(kind: Golden.Kind) throws {
    let tokenizer = try Golden.tokenizer(kind)
    let sweep: Sweep = try Golden.decode("tokenizer-sweep.json")
    let blocks = try #require(sweep.scalars[kind.rawValue])
    #expect(blocks.count >= 32)
    for block in blocks {
      let parts = block.split(separator: ":")
      let start = try #require(UInt32(parts[0], radix: 16))
      var sum = Checksum()
      for value in start..<start + sweep.blockSize {
        guard let scalar = Unicode.Scalar(value) else { continue }
        sum.add("\(scalar) a\(scalar)b e\u{301}\(scalar)\u{323}x", tokenizer)
      }
      #expect(sum.description == parts[1], "scalars from \(String(start, radix: 16))")
    }
  }

  @Test(arguments: Golden.kinds)
  func randomText(kind: Golden.Kind) throws {
    let tokenizer = try Golden.tokenizer(kind)
    let sweep: Sweep = try Golden.decode("tokenizer-sweep.json")
    var mixer = Mixer(seed: sweep.seed)
    for (index, expected) in try #require(sweep.random[kind.rawValue]).enumerated() {
      var sum = Checksum()
      for _ in 0..<sweep.randomBlockSize { sum.add(mixer.text(), tokenizer) }
      #expect(sum.description == expected, "seed \(sweep.seed), block \(index)")
    }
  }

  struct Corpora: Decodable {
    struct File: Decodable {
      var file: String
      var tokenizer: Golden.Kind
      var blocks: [String]
    }
    var blockSize: Int
    var maximumLines: Int
    var files: [File]
  }

  @Test(
    .enabled(
      if: Golden.hasCorpora, "needs the corpora in ../shared/corpora or ENXERTO_CORPORA"),
    arguments: Golden.kinds.filter { $0 == .uncased || $0 == .cased })
  func realText(kind: Golden.Kind) throws {
    let tokenizer = try Golden.tokenizer(kind)
    let corpora: Corpora = try Golden.decode("tokenizer-corpora.json")
    var lineCount = 0
    for file in corpora.files where file.tokenizer == kind {
      let bytes = try Data(contentsOf: Golden.corpora.appendingPathComponent(file.file))
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .prefix(corpora.maximumLines).map { String(decoding: $0, as: UTF8.self) }
      lineCount += lines.count
      for (index, expected) in file.blocks.enumerated() {
        let start = index * corpora.blockSize
        let block = lines[start..<min(start + corpora.blockSize, lines.count)]
        var sum = Checksum()
        for line in block { sum.add(line, tokenizer) }
        sum.add(block.joined(separator: "\n"), tokenizer)
        #expect(sum.description == expected, "\(file.file), lines from \(start + 1)")
      }
    }
    #expect(lineCount > 100_000)
  }

  /// So that a run without the encoder says what it left out.
  @Test(.enabled(if: Golden.hasEncoder, "needs models/all-MiniLM-L6-v2 (tools/fetch-encoder)"))
  func defaultEncoder() throws {
    let tokenizer = try Golden.tokenizer(.uncased)
    #expect(tokenizer.vocabulary.count == 30522)
    #expect(tokenizer.lowercases)
    #expect(tokenizer.unknownID == 100)
    #expect(tokenizer.classificationID == 101)
    #expect(tokenizer.separatorID == 102)
    #expect(tokenizer.maskID == 103)
    #expect(tokenizer.paddingID == 0)
    let unchanged = (0..<30522).allSatisfy { id in
      tokenizer.vocabulary.token(for: Int32(id)).flatMap(tokenizer.vocabulary.id(of:)) == Int32(id)
    }
    #expect(unchanged)
  }
}
