import Testing

@testable import Retrieval

@Suite struct PassageTests {
  private func passages(_ text: String) -> [(range: Range<Int>, text: String)] {
    let stamp = FileStamp(size: 0, modified: 0, changed: 0, inode: 0)
    let document = DocumentText(Array(text.utf8), stamp: stamp)
    var passages: [(Range<Int>, String)] = []
    document.forEachPassage { passages.append(($0.scalars, document.text(of: $0))) }
    return passages
  }

  private func words(_ text: String) -> Int {
    text.unicodeScalars.split { $0.properties.isWhitespace }.count
  }

  private func sentence(_ number: Int, words: Int = 10) -> String {
    "Sentence \(number) " + (2..<words).map { "word\($0)" }.joined(separator: " ") + "."
  }

  /// What holds of every text.
  private func check(_ text: String, _ note: String = "") {
    let all = Array(text.unicodeScalars)
    var isCovered = [Bool](repeating: false, count: all.count)
    var last = 0..<0
    for (range, words) in passages(text) {
      #expect(isSame(words, scalars(text, range)), "\(note)")
      #expect(!range.isEmpty && range.upperBound <= all.count, "\(note)")
      #expect(range.lowerBound >= last.lowerBound && range.upperBound > last.upperBound, "\(note)")
      #expect(range.count <= 200 * TextPiece.scalarsPerWord, "\(note): \(range)")
      for place in range { isCovered[place] = true }
      last = range
    }
    for place in all.indices where !isCovered[place] {
      #expect(all[place].properties.isWhitespace, "\(note): \(place)")
    }
  }

  @Test func aParagraphStaysWhole() {
    let paragraph = (0..<15).map { sentence($0) }.joined(separator: " ")
    let text = "\n\n" + paragraph + "\r\n\r\n" + paragraph + "\n"
    let found = passages(text)
    #expect(found.map(\.text) == [paragraph, paragraph])
    check(text)
  }

  @Test func shortParagraphsAreJoined() {
    let paragraph = (0..<3).map { sentence($0) }.joined(separator: "\n")
    let text = [String](repeating: paragraph, count: 12).joined(separator: "\n\n")
    let found = passages(text)
    // Four of thirty words each.
    #expect(found.map { words($0.text) } == [120, 120, 120])
    check(text)
  }

  @Test func aLongParagraphIsCutAtSentencesWithOverlap() {
    let text = (0..<40).map { sentence($0) }.joined(separator: " ")
    let found = passages(text)
    #expect(found.count == 3)
    for (passage, next) in zip(found, found.dropFirst()) {
      let shared = next.range.lowerBound..<passage.range.upperBound
      #expect(words(scalars(text, shared)) == 20)
      #expect(passage.text.hasPrefix("Sentence") && passage.text.hasSuffix("."))
    }
    #expect(found.allSatisfy { (100...180).contains(words($0.text)) })
    check(text)
  }

  @Test func aHeadingGoesWithWhatFollows() {
    let paragraph = (0..<12).map { sentence($0) }.joined(separator: " ")
    let text = "# First\n\n\(paragraph)\n\n# Second\n\n\(paragraph)"
    #expect(passages(text).map(\.text) == ["# First\n\n\(paragraph)", "# Second\n\n\(paragraph)"])
    let shorter = (0..<9).map { sentence($0) }.joined(separator: " ")
    let other = "\(shorter)\n\n# Second\n\n\(paragraph)"
    #expect(passages(other).map(\.text) == [shorter, "# Second\n\n\(paragraph)"])
    check(text)
  }

  @Test func carriageReturnsArePartOfTheText() {
    let text = (0..<60).map { sentence($0) }.joined(separator: "\r\n")
    check(text)
    check(text.replacing("\r\n", with: "\r\n\r\n"))
    check((0..<60).map { sentence($0) }.joined(separator: "\r"))
    #expect(passages("One.\r\n\r\nTwo.").map(\.text) == ["One.\r\n\r\nTwo."])
  }

  @Test func offsetsCountScalars() {
    let text =
      "🍎🍏 𝔘𝔫 cafe\u{301} is 👩‍👩‍👧 here.\n\n"
      + (0..<40).map {
        "Große \($0) 🍎 e\u{301}te\u{301} 漢字 word\u{FE0F} 𝒳 na\u{308}ch."
      }.joined(separator: " ")
    check(text)
    #expect(passages(text).first?.range.lowerBound == 0)
  }

  @Test func textWithoutStopsOrLinesIsCut() {
    check((0..<3000).map { "word\($0)" }.joined(separator: " "))
    check(String(repeating: "x", count: 50_000))
    check(String(repeating: "漢", count: 50_000))
    check(String(repeating: "🍎", count: 50_000))
    check("a" + String(repeating: "\u{301}", count: 20_000))
    check((0..<3000).map { "line \($0)" }.joined(separator: "\n"))
    check("One." + String(repeating: " ", count: 300_000) + "Two.")
    check("One." + String(repeating: "\n", count: 300_000) + "Two.")
    check(
      "# One" + String(repeating: "\n", count: 9_000) + "# Two"
        + String(repeating: " ", count: 9000) + "three")
    // A table keeps its lines together.
    let lines = (0..<200).map { "cell \($0) another \($0) third \($0)" }.joined(separator: "\n")
    for passage in passages(lines) {
      #expect(passage.text.hasPrefix("cell") && !passage.text.hasSuffix("third"))
    }
  }

  /// Blocks of the stream must not show in its passages.
  @Test func blocksDoNotShow() {
    let text = (0..<20_000).map { sentence($0) }.joined(separator: " ")
    #expect(text.utf8.count > 10 * SentenceStream.blockSize)
    let found = passages(text)
    #expect(found.allSatisfy { $0.text.hasPrefix("Sentence") && $0.text.hasSuffix(".") })
    #expect(zip(found, found.dropFirst()).allSatisfy { $1.range.lowerBound < $0.range.upperBound })
    let paragraphs = (0..<9000).map {
      sentence($0) + ($0 % 12 == 11 ? "\r\n\r\n" : " ")
    }.joined()
    #expect(passages(paragraphs).allSatisfy { words($0.text) == 120 })
  }

  @Test func randomTexts() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    let parts = [
      "a", "word", "Word", ".", "!", " ", " ", " ", "\n", "\n\n", "\r\n", "\r", "\t", "é",
      "e\u{301}",
      "🍎", "👩‍👩‍👧", "漢", "。", "\u{2029}", "\u{2028}", "\u{85}", "\u{3000}", "1", "3.14", "Mr. ",
      "U.S. ",
      "(", ")", "\"", "”", "—", "-", "http://example.org/x ", "\u{301}", "\u{200D}", "=====", "# ",
    ]
    for round in 0..<300 {
      var text = ""
      let count = Int.random(in: 0...(round % 10 == 0 ? 9000 : 300), using: &random)
      while text.utf8.count < count {
        let part = parts.randomElement(using: &random) ?? ""
        let times = Int.random(in: 0..<20, using: &random) == 0 ? 200 : 1
        text += String(repeating: part, count: Int.random(in: 1...times, using: &random))
      }
      check(text, "seed \(seed), round \(round)")
    }
  }
}
