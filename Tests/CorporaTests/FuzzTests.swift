import Corpora
import Foundation
import Kernels
import Testing

/// A short run of what `tools/fuzz` does for long: damaged seeds of every format.
@Suite struct FuzzTests {
  private static let seed: UInt64 = 20_251
  private static let inputs = 250

  @Test(arguments: CorpusFormat.allCases)
  func damagedFilesAreReadOrRefused(_ format: CorpusFormat) throws {
    let target = ReaderInvariants(format: format)
    var random = RandomStream(
      seed: format.rawValue.utf8.reduce(Self.seed) { $0 &* 31 &+ UInt64($1) }, purpose: "cases")
    let seeds = HandWritten.texts(of: format).map { Array($0.utf8) }
    for seed in seeds { try target.check(seed) }
    for number in 0..<Self.inputs {
      let seed = try #require(seeds.randomElement(using: &random))
      let input = Self.damaged(seed, others: seeds, &random)
      do {
        try target.check(input)
      } catch {
        let bytes = Data(input).base64EncodedString()
        Issue.record("\(format), seed \(Self.seed), input \(number), \(bytes): \(error)")
        return
      }
    }
  }

  @Test func invariantsCanFail() throws {
    var document = Document(words: ["a", "b"], spans: [EntitySpan(label: "X", words: 0..<1)])
    try ReaderInvariants.check(document)
    document.sentences[0].spans[0].words = 1..<3
    #expect(throws: Violation.self) { try ReaderInvariants.check(document) }
    document.sentences[0].spans = []
    document.annotations[0].fragments = [2..<9]
    #expect(throws: Violation.self) { try ReaderInvariants.check(document) }
    document.annotations[0] = Annotation(label: "", range: 0..<1)
    #expect(throws: Violation.self) { try ReaderInvariants.check(document) }
  }

  // MARK: Damage

  private static let tokens = [
    "B-PER", "I-X", "O", "\t", "\n", "\r", " ", "\n\n", "\"", "[", "]", "{", "}", ",", "0", "-1",
    "9999999999",
    "<", ">", "/>", "</s>", "<s>", "<PER>", "&amp;", "&#0;", "&#x1F600;", "&x;", "<![CDATA[", "]]>",
    "<!--",
    "<!ENTITY a \"b\">", "xmlns:a=\"b\"", "id=\"1\"", "|", "*", "_", "(", ")", "#", "# text = ",
    "Entity=(1-x",
    "😀", "e\u{301}", "\u{FEFF}", "\u{A0}", "\u{2028}", "\0", "-DOCSTART-", "1-1.1", "[1]", ";",
  ].map { Array($0.utf8) }

  private static func damaged(
    _ seed: [UInt8], others: [[UInt8]], _ random: inout RandomStream
  ) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 1...24, using: &random))
      switch Int.random(in: 0..<12, using: &random) {
      case 0...1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 3...5: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
      case 6...7:
        bytes.replaceSubrange(place..<end, with: tokens.randomElement(using: &random) ?? [])
      case 8: bytes.removeSubrange(place..<end)
      case 9: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
      case 10:
        let other = others.randomElement(using: &random) ?? []
        bytes = bytes[..<place] + other.suffix(Int.random(in: 0...other.count, using: &random))
      default: bytes = Array(bytes[..<place])
      }
    }
    return bytes
  }
}
