import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Testing
import Tokenization

@testable import Tasks

@Suite struct TokenClassifierTests {
  /// Of one soft row in every kind of place.
  static let templates = [
    ("{text}", 0), ("{soft:2} {text}", 2), ("{soft:2} [CLS] {text}", 2),
    ("{soft:2} {text} {soft:3}", 5), ("{text} [SEP] {soft:2}", 2), ("a {soft:1} b {text} c", 1),
    ("{soft:\"ab c\"} {text}", 3), ("{soft:1} find {soft:\"x\"} : {text} {soft:1} [SEP]", 3),
  ]

  private func classifier(
    _ tiny: TinyEncoder, template: String = "{soft:2} {text}", rows: Int = 2, threads: Int = 1
  ) throws -> TokenClassifier {
    try TokenClassifier(
      adapter: randomAdapter(template: template, rows: rows), encoder: tiny.encoder,
      tokenizer: tiny.tokenizer, threads: threads)
  }

  private func difference(_ a: [[Float]], _ b: [[Float]]) -> Float {
    guard a.map(\.count) == b.map(\.count) else { return .infinity }
    var largest: Float = 0
    for (a, b) in zip(a.joined(), b.joined()) {
      let gap = abs(a - b)
      largest = gap.isNaN ? .infinity : max(largest, gap)
    }
    return largest
  }

  @Test(arguments: templates)
  func logitsDependOnTheSentenceAlone(_ template: String, _ rows: Int) throws {
    let tiny = try TinyEncoder()
    let seed = UInt64.random(in: 0...UInt64.max)
    print("sentences of seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "sentences")
    let sentences = (0..<40).map { index in
      randomWords(index % 10 == 0 ? 90 : Int(random.next() % 12), using: &random)
    }
    var alone = try classifier(tiny, template: template, rows: rows)
    let windows = try sentences.map { try alone.layouts.windows(of: $0) }
    let expected = windows.map { alone.logits(of: [$0])[0] }
    #expect(expected.map(\.count) == sentences.map { 5 * $0.count })
    for threads in [1, 2, 3, 64] {
      var together = try classifier(tiny, template: template, rows: rows, threads: threads)
      #expect(difference(together.logits(of: windows), expected) < 1e-5, "seed \(seed)")
      // Buffers of one call change nothing in the next.
      #expect(difference(together.logits(of: windows.reversed()), expected.reversed()) < 1e-5)
    }
  }

  /// Of few windows the threads share the rows, long ones and such as answer for no word included.
  @Test(arguments: templates)
  func sharingRowsChangesNothing(_ template: String, _ rows: Int) throws {
    let tiny = try TinyEncoder()
    let seed = UInt64.random(in: 0...UInt64.max)
    print("few sentences of seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "few sentences")
    var alone = try classifier(tiny, template: template, rows: rows)
    for lengths in [[1], [5], [20], [200], [9, 1], [30, 2, 40], [1, 1, 1, 1, 1]] {
      let sentences = lengths.map { randomWords($0, longest: 12, using: &random) }
      let windows = try sentences.map { try alone.layouts.windows(of: $0) }
      let expected = windows.map { alone.logits(of: [$0])[0] }
      for threads in [2, 3, 5] {
        var together = try classifier(tiny, template: template, rows: rows, threads: threads)
        for _ in 0..<3 {
          #expect(difference(together.logits(of: windows), expected) < 1e-5, "seed \(seed)")
        }
      }
    }
  }

  @Test func partsOfRowsCutNoWord() {
    let seed: UInt64 = 5
    var random = RandomStream(seed: seed, purpose: "rows")
    for round in 0..<2000 {
      var words: [Range<Int>] = []
      var row = Int.random(in: 0...3, using: &random)
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let end = row + Int.random(in: 1...5, using: &random)
        words.append(row..<end)
        row = end + Int.random(in: 0...3, using: &random)
      }
      let rows = row + 1
      let count = Int.random(in: 1...6, using: &random)
      let parts = RowParts(rows: rows, words: words, parts: count)
      let place: Comment = "seed \(seed), round \(round)"
      #expect(parts.ranges.flatMap(Array.init) == Array(0..<rows), place)
      #expect(parts.words.flatMap(Array.init) == Array(words.indices), place)
      #expect(parts.ranges.count <= count && parts.ranges.count == parts.words.count, place)
      #expect(parts.ranges.allSatisfy { !$0.isEmpty }, place)
      for (range, own) in zip(parts.ranges, parts.words) {
        #expect(words[own].allSatisfy { range.contains($0.lowerBound) }, place)
        #expect(words[own].allSatisfy { $0.upperBound <= range.upperBound }, place)
      }
    }
  }

  @Test(arguments: templates)
  func everyWordGetsATag(_ template: String, _ rows: Int) throws {
    let tiny = try TinyEncoder()
    let seed = UInt64.random(in: 0...UInt64.max)
    print("words of seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "words")
    var classifier = try classifier(tiny, template: template, rows: rows, threads: 2)
    let counts = [0, 1, 2, 30, 64, 65, 200, 1000]
    let sentences = counts.map { randomWords($0, longest: 12, using: &random) }
    #expect(try classifier.predict(sentences).map(\.tags.count) == counts, "seed \(seed)")
    #expect(try classifier.predict([]).isEmpty)
    #expect(try classifier.predict([[], []]).map(\.tags) == [[], []])
    // Words of which nothing is left, and one longer than the encoder's window.
    let odd = ["", "\u{7}", "\u{200B}", String(repeating: "ab", count: 500), " ", "\u{0}"]
    for word in odd { #expect(try classifier.predict([[word]])[0].tags.count == 1) }
    #expect(try classifier.predict([odd])[0].tags.count == odd.count)
  }

  /// Each thread takes sentences as it comes to them; what they find is in the order of the sentences.
  @Test(arguments: [2, 3])
  func threadsChangeNothing(threads: Int) throws {
    let tiny = try TinyEncoder()
    var random = RandomStream(seed: 11, purpose: "words")
    // One is longer than a thread takes at a time.
    let sentences = (0..<300).map { randomWords($0 == 40 ? 1500 : $0 % 13, using: &random) }
    var (alone, together) = (
      try classifier(tiny, threads: 1), try classifier(tiny, threads: threads)
    )
    let expected = try alone.predict(sentences)
    #expect(expected.map(\.tags.count) == sentences.map(\.count))
    #expect(try together.predict(sentences).map(\.tags) == expected.map(\.tags))
  }

  @Test func spansAreThoseOfTheTags() throws {
    let tiny = try TinyEncoder()
    var classifier = try classifier(tiny)
    var random = RandomStream(seed: 3, purpose: "words")
    let sentences = (0..<20).map { _ in randomWords(12, using: &random) }
    let predictions = try classifier.predict(sentences)
    #expect(predictions.contains { !$0.spans.isEmpty })
    let tagSet = classifier.decoder.tagSet
    for prediction in predictions {
      #expect(tagSet.isLegal(prediction.tags))
      #expect(prediction.spans.map(\.span) == tagSet.spans(of: prediction.tags))
      #expect(prediction.spans.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 })
    }
  }

  @Test func weightsCanBeReplaced() throws {
    let tiny = try TinyEncoder()
    var random = RandomStream(seed: 3, purpose: "words")
    let words = randomWords(9, using: &random)
    var first = try classifier(tiny)
    let windows = [try first.layouts.windows(of: words)]
    let before = first.logits(of: windows)
    let other = randomAdapter(seed: 2)
    first.replaceWeights(other.model)
    var second = try TokenClassifier(
      adapter: other, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
    #expect(first.logits(of: windows) == second.logits(of: windows))
    #expect(first.logits(of: windows) != before)
  }
}
