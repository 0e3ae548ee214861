import Corpora
import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct ConllStreamTests {
  private func events(
    _ bytes: [UInt8], _ dialect: ConllDialect = .generic, chunks: [Int] = []
  ) throws -> [ConllEvent] {
    var stream = ConllStream(dialect: dialect, file: "test")
    var events: [ConllEvent] = []
    var start = 0
    for size in chunks + [bytes.count] {
      let end = min(bytes.count, start + size)
      try stream.feed(Array(bytes[start..<end])) { events.append($0) }
      start = end
    }
    try stream.finish { events.append($0) }
    return events
  }

  private func bytes(_ events: [ConllEvent]) -> [UInt8] {
    events.flatMap { event in
      switch event {
      case .line(let line): line.bytes
      case .sentence(let sentence): sentence.bytes
      }
    }
  }

  private let hostile =
    "\u{FEFF}-DOCSTART- -X- O O\r\n\r\n#\tO\n# a comment\n#tag\tO\n\t\nNew\u{A0}York City\tB-LOC\n"
    + "\tO\n \n-DOCSTART-\tO\nlast\tB-é"

  @Test func anyChunkingGivesTheSameEvents() throws {
    let seed: UInt64 = 3
    var random = RandomStream(seed: seed, purpose: "cases")
    let input = Array(hostile.utf8)
    for dialect in [ConllDialect.generic, .wnut17, .uner] {
      let whole = try events(input, dialect)
      #expect(bytes(whole) == input)
      #expect(try events(input, dialect, chunks: input.map { _ in 1 }) == whole)
      for round in 0..<200 {
        let chunks = (0..<20).map { _ in Int.random(in: 0...9, using: &random) }
        #expect(
          try events(input, dialect, chunks: chunks) == whole, "seed \(seed), round \(round)")
      }
    }
  }

  @Test func randomBytesNeverCrashAndComeBackWhole() throws {
    let seed: UInt64 = 11
    var random = RandomStream(seed: seed, purpose: "cases")
    let alphabet = Array("a#-O \t\n\n\r\u{E9}B".utf8) + Array("-DOCSTART-".utf8)
    for round in 0..<3000 {
      let input = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      do {
        #expect(bytes(try events(input)) == input, "seed \(seed), round \(round)")
      } catch is CorpusError {}
    }
  }

  @Test func hashesAreWordsOrCommentsByDialect() throws {
    let input = Array("#\tO\n# x\n#tag\tO\n".utf8)
    func rows(_ dialect: ConllDialect) throws -> Int {
      try events(input, dialect).reduce(0) { count, event in
        if case .sentence(let sentence) = event { return count + sentence.rows.count }
        return count
      }
    }
    #expect(try rows(.wnut17) == 3)
    #expect(try rows(ConllDialect(comments: .hashSpace)) == 2)
    #expect(try rows(.uner) == 0)
  }

  @Test func everySpellingOfDocumentStartIsVerbatim() throws {
    for spelling in [
      "-DOCSTART- -X- O O", "-DOCSTART- -X- -X- O", "-DOCSTART- O", "-DOCSTART-\tO", "-DOCSTART-",
    ] {
      let found = try events(Array("a O\n\(spelling)\nb O\n".utf8))
      #expect(found.count == 3)
      guard case .line(let line) = found[1] else {
        Issue.record("\(spelling) is not a line")
        continue
      }
      #expect(line.kind == .documentStart)
      #expect(line.text == spelling)
      #expect(line.number == 2)
    }
    let word = try events(Array("-DOCSTART-s O\n".utf8))
    guard case .sentence = word[0] else {
      Issue.record("a word that begins like the mark is a word")
      return
    }
  }

  @Test func aTagColumnIsAddedAndAllElseKept() throws {
    let input =
      "-DOCSTART- -X- O O\r\n\r\nEU  NNP I-NP I-ORG\r\nrejects VBZ I-VP O\r\n\t\n \nlast NN I-NP O"
    var output: [UInt8] = []
    for event in try events(Array(input.utf8), .conll2003) {
      switch event {
      case .line(let line): output += ConllWriter.bytes(of: line)
      case .sentence(let sentence):
        let tags = sentence.rows.indices.map { "T\($0)" }
        output += ConllWriter.bytes(of: sentence, tags: tags)
      }
    }
    #expect(
      String(decoding: output, as: UTF8.self)
        == "-DOCSTART- -X- O O\r\n\r\nEU  NNP I-NP I-ORG T0\r\nrejects VBZ I-VP O T1\r\n\t\n \n"
        + "last NN I-NP O T0")
  }

  @Test func aTagColumnIsReplacedInPlace() throws {
    let input = "1\tA\tO\t-\tann\n# inside\n2\tb\tB-PER\n"
    guard case .sentence(let sentence) = try events(Array(input.utf8), .uner)[0] else {
      Issue.record("no sentence")
      return
    }
    let output = ConllWriter.bytes(
      of: sentence, tags: ["B-X", "I-X"], place: .replace(column: 3))
    #expect(
      String(decoding: output, as: UTF8.self) == "1\tA\tB-X\t-\tann\n# inside\n2\tb\tI-X\n")
  }

  @Test func linesBeyondTheLimitAndInvalidTextAreErrors() {
    var stream = ConllStream(dialect: .generic, file: "f", lineLimit: 100)
    #expect(throws: CorpusError.self) {
      try stream.feed([UInt8](repeating: 0x61, count: 101)) { _ in }
    }
    #expect(
      failure(Array("a\tO\nb".utf8) + [0xE9, 0x09, 0x4F, 0x0A])
        == "test:2:2: expected UTF-8 (or --encoding latin1), "
        + "found byte 0xE9 at byte offset 5 of the file")
    for invalid: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xFF],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xE0, 0x9F, 0xBF],
    ] {
      #expect(failure(invalid + Array("\tO\n".utf8)).contains("byte offset 0"), "\(invalid)")
    }
    // A carriage return ends a line: what follows it is another row.
    #expect(
      failure("a\tO\nb\rc\tO\n")
        == "test:2: expected 2 columns, as in line 1, found 1 column")
  }

  @Test func readingIsFastAndFlat() throws {
    var text = ""
    for row in 0..<2000 {
      text += row % 20 == 19 ? "\n" : "word\(row) NNP I-NP B-ORG\n"
    }
    let chunk = Array(text.utf8)
    var stream = ConllStream(dialect: .conll2003, file: "test")
    var sentences = 0
    let bytes = 500 * chunk.count
    var parts = 0
    let limit = Duration.seconds(1) * (Double(bytes) / 3e6)
    let time = try computingTime(within: limit) {
      parts += 1
      for _ in 0..<500 {
        try stream.feed(chunk) { event in
          if case .sentence = event { sentences += 1 }
        }
      }
    }
    try stream.finish { _ in }
    #expect(sentences == parts * 500 * 100)
    let rate = Double(bytes) / 1e6 / (time / .seconds(1))
    print("CoNLL stream: \(Int(rate)) MB/s")
    // Far below what it does, so that a busy machine does not fail it.
    #expect(rate > 3)
  }
}
