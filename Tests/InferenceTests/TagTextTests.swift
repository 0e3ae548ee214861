import AdapterFixtures
import Corpora
import Foundation
import Inference
import Kernels
import Testing

/// Raw text, tokens and JSON lines through a stream.
@Suite struct TagTextTests {
  @Test func textComesOutAsRows() throws {
    let output = try Tiny.stream(
      Array("Ana Reis went to Porto. Rui met me.\n\nFaro\n".utf8), as: .text, to: .conll(.iob2))
    let words = output.lines.map { $0.split(separator: 0x09).first.map { Array($0).text } ?? "" }
    #expect(
      words == ["Ana", "Reis", "went", "to", "Porto", ".", "", "Rui", "met", "me", ".", ""]
        + ["", "Faro", ""])
    #expect(output.text.contains("Porto\tB-LOC\n"), "\(output.text)")
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func everyWordComesOutOnce(seed: UInt64) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    let lines = (0..<6).map { _ in hostile.line(pieces: 20) }
    let ends = ["\n", "\r\n"]
    var input: [UInt8] = []
    for line in lines {
      input += line.utf8
      input += (ends.randomElement(using: &hostile.random) ?? "\n").utf8
    }
    let rows = Self.words(
      of: try Tiny.stream(
        input, as: .text, to: .conll(.iob2), cuts: hostile.cuts(of: input.count)))
    let put = lines.flatMap(\.unicodeScalars).filter { !$0.properties.isWhitespace }
    let got = rows.flatMap(\.unicodeScalars)
    #expect(put == got, "seed \(seed)")
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func offsetsAreOfTheInputLine(seed: UInt64) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    let lines = (0..<6).map { _ in hostile.line(pieces: 12) }
    let end = seed.isMultiple(of: 2) ? "\n" : "\r\n"
    let input = Array((lines.joined(separator: end) + end).utf8)
    let output = try Tiny.stream(
      input, as: .text, to: .jsonLines, cuts: hostile.cuts(of: input.count)
    ).lines
    #expect(output.count == lines.count, "seed \(seed)")
    for (line, object) in zip(lines, output) {
      let read = try JSONDecoder().decode(Output.self, from: Data(object))
      let scalars = Array(line.unicodeScalars)
      #expect(Array(read.text.unicodeScalars) == scalars, "seed \(seed)")
      for span in read.spans {
        try #require(0 <= span.start && span.start < span.end && span.end <= scalars.count)
        #expect(
          Array(span.text.unicodeScalars) == Array(scalars[span.start..<span.end]),
          "seed \(seed), \(span)")
        #expect((0...1).contains(span.confidence), "seed \(seed)")
      }
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func tokensKeepTheirWords(seed: UInt64) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    let lines = (0..<5).map { _ in hostile.line(pieces: 15) }
    let input = Array((lines.joined(separator: "\n") + "\n").utf8)
    let rows = Self.words(of: try Tiny.stream(input, as: .tokens, to: .conll(.iob2)))
    let words = lines.flatMap { line in
      line.unicodeScalars.split { $0 == " " || $0 == "\t" }
        .map { $0.map { $0 == "\r" ? " " : $0 } }
    }
    #expect(rows.map { Array($0.unicodeScalars) } == words, "seed \(seed)")
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func jsonGivesOneObjectForEachLine(seed: UInt64) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    var input: [UInt8] = []
    var expected: [[String]] = []
    for _ in 0..<8 {
      switch Int.random(in: 0..<4, using: &hostile.random) {
      case 0:
        input += [[], [0x20, 0x09]].randomElement(using: &hostile.random) ?? []
        expected.append([""])
      case 1:
        let text = hostile.line(pieces: 8)
        input += try JSONEncoder().encode(["text": text])
        expected.append([text])
      default:
        let tokens = (0..<Int.random(in: 0...6, using: &hostile.random)).map { _ in
          // Tokens may hold anything, line ends and nothing at all included.
          hostile.line(pieces: 2) + (Bool.random(using: &hostile.random) ? "\n\t" : "")
        }
        input += try JSONEncoder().encode(["tokens": tokens])
        expected.append(tokens)
      }
      input += "\n".utf8
    }
    let output = try Tiny.stream(
      input, as: .jsonLines, to: .jsonLines, cuts: hostile.cuts(of: input.count)
    ).lines
    #expect(output.count == expected.count, "seed \(seed)")
    for (wanted, object) in zip(expected, output) {
      let read = try JSONDecoder().decode(JSONOutput.self, from: Data(object))
      let got = read.tokens ?? [read.text ?? "none"]
      #expect(
        got.map { Array($0.unicodeScalars) } == wanted.map { Array($0.unicodeScalars) },
        "seed \(seed)")
      for span in read.spans where read.tokens != nil {
        try #require(0 <= span.start && span.start < span.end && span.end <= wanted.count)
        #expect(
          Array(span.text.unicodeScalars)
            == Array(wanted[span.start..<span.end].joined(separator: " ").unicodeScalars))
      }
    }
    // As rows, every token is one row, whatever it holds.
    let rows = try Tiny.stream(input, as: .jsonLines, to: .conll(.iob2)).lines
    #expect(rows.allSatisfy { $0.isEmpty || $0.count(where: { $0 == 0x09 }) == 1 }, "seed \(seed)")
  }

  @Test(
    arguments: 1...24 as ClosedRange<UInt64>,
    [TagInputFormat.text, .tokens, .jsonLines, .conll(nil)])
  func cutsDoNotMatter(seed: UInt64, format: TagInputFormat) throws {
    var hostile = HostileText(random: RandomStream(seed: seed, purpose: "cases"))
    let input: [UInt8]
    switch format {
    case .text, .tokens:
      input = Array((0..<6).map { _ in hostile.line(pieces: 15) }.joined(separator: "\n").utf8)
    case .jsonLines:
      input = Array(
        try (0..<5).map { _ in
          String(
            decoding: try JSONEncoder().encode(["text": hostile.line(pieces: 8)]), as: UTF8.self)
        }.joined(separator: "\r\n\n").utf8)
    case .conll, .rows:
      input = RandomConll(random: hostile.random).bytes
    }
    for output in [TagOutputFormat.conll(.iobes), .jsonLines] {
      let whole = try Tiny.stream(input, as: format, to: output)
      let cut = try Tiny.stream(input, as: format, to: output, cuts: hostile.cuts(of: input.count))
      #expect(cut == whole, "seed \(seed)")
      let bytewise = try Tiny.stream(input, as: format, to: output, cuts: Array(input.indices))
      #expect(bytewise == whole, "seed \(seed)")
    }
  }

  @Test func sentencesBeyondTheWindowKeepAllTags() throws {
    let words = (0..<3000).map { ["Ana", "Reis", "went", "to", "Porto", "hot"][$0 % 6] }
    let rows = try Tiny.stream(
      Array(words.joined(separator: " ").utf8), as: .tokens, to: .conll(.iob2))
    #expect(Self.words(of: rows) == words)
    let tagged = rows.lines.enumerated().filter { $1.text.hasSuffix("B-LOC") }.map(\.offset)
    // Spans are found at the end as at the beginning: nothing was cut off.
    #expect((tagged.last ?? 0) > 2900, "\(tagged.count)")
  }

  @Test func unsureSpansAreLeftOut() throws {
    let input = Array("Ana Reis went to Porto with Rui from Enxerto in Faro\n".utf8)
    func spans(_ minimum: Double) throws -> [Output.Span] {
      let object = try Tiny.stream(
        input, as: .tokens, to: .jsonLines, minimumConfidence: minimum)
      return try JSONDecoder().decode(JSONOutput.self, from: Data(object)).spans
    }
    let all = try spans(0)
    let middle = try #require(all.map(\.confidence).sorted().dropFirst(all.count / 2).first)
    // Printed confidences are rounded.
    let sure = try spans(middle - 1e-4)
    #expect(!sure.isEmpty && sure.count < all.count)
    #expect(sure == all.filter { $0.confidence >= middle })
    #expect(try spans(1).allSatisfy { $0.confidence == 1 })
  }

  @Test func longLinesAndInvalidTextAreToldAfterWhatCameBefore() throws {
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: (16 << 20) + 1)
    for (bad, line, found) in [(long, 3, "a longer one"), ([0x61, 0xFF, 0x0A], 3, "0xFF")] {
      for format in [TagInputFormat.text, .tokens, .conll(nil)] {
        var tagger = try Tiny.tagger()
        var stream = TagStream(
          file: "input", input: format, output: .conll(.iob2), options: CorpusOptions())
        var output: [UInt8] = []
        let error = #expect(throws: CorpusError.self) {
          try stream.feed(Array("Porto\n\n".utf8) + bad, tagger: &tagger) { output += $0 }
        }
        #expect(error?.line == line && error?.found.contains(found) == true, "\(format)")
        #expect(output.text.hasPrefix("Porto\t"), "\(format): \(output.text)")
      }
    }
  }

  // MARK: Support

  struct Output: Decodable {
    struct Span: Decodable, Equatable {
      var start: Int
      var end: Int
      var text: String
      var label: String
      var confidence: Double
    }
    var text: String
    var spans: [Span]
  }

  struct JSONOutput: Decodable {
    var text: String?
    var tokens: [String]?
    var spans: [Output.Span]
  }

  /// The words of `word<TAB>tag` rows.
  static func words(of output: [UInt8]) -> [String] {
    output.lines.filter { !$0.isEmpty }.map { line in
      line[..<(line.lastIndex(of: 0x09) ?? line.endIndex)].map { $0 }.text
    }
  }
}
