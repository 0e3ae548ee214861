import Corpora
import Foundation
import Kernels
import Testing

@testable import Tasks

struct DecodingTagSetTests {
  private let set = TagSet(labels: ["PER", "LOC", "PER", "creative-work"])

  @Test func tagsAreNumberedByLabel() {
    #expect(set.labels == ["LOC", "PER", "creative-work"])
    #expect(
      set.tags == [
        "O", "B-LOC", "I-LOC", "B-PER", "I-PER", "B-creative-work", "I-creative-work",
      ])
    for (index, tag) in set.tags.enumerated() { #expect(set.index(ofTag: tag) == index) }
    for tag in ["", "B", "B-", "X-PER", "BPER", "B-ORG", "o", "O-"] {
      #expect(set.index(ofTag: tag) == nil, "\(tag)")
    }
    #expect(set == TagSet(labels: ["creative-work", "PER", "LOC"]))
    #expect(TagSet(labels: [String]()).tags == ["O"])
    #expect(TagSet(labels: ["\u{e9}", "e\u{301}"]).labels.count == 2)
  }

  @Test func onlyInsideNeedsItsOwnSpanBefore() {
    for from in 0..<set.count {
      for to in 0..<set.count {
        let next = set.tags[to]
        let legal =
          !next.hasPrefix("I-") || set.tags[from] == next
          || set.tags[from] == "B-" + next.dropFirst(2)
        #expect(set.isLegal(from: from, to: to) == legal, "\(set.tags[from]) \(next)")
      }
      #expect(set.isLegalStart(from) == !set.tags[from].hasPrefix("I-"))
    }
  }

  @Test(
    arguments: [
      ("I-PER I-PER O", 1), ("B-PER I-LOC I-LOC", 2), ("B-PER O I-PER", 2),
      ("B-PER I-LOC B-LOC", 3), ("B-PER B-PER", 2), ("O O", 0), ("", 0), ("O I-LOC", 1),
    ])
  func spansAreReadAsConllevalReadsThem(_ tags: String, _ count: Int) throws {
    let indices = try tags.split(separator: " ").map { try #require(set.index(ofTag: String($0))) }
    #expect(set.spans(of: indices).count == count)
  }

  @Test func spansAndTagsAreInverse() throws {
    let spans = [
      EntitySpan(label: "PER", words: 0..<2), EntitySpan(label: "PER", words: 2..<3),
      EntitySpan(label: "LOC", words: 4..<6),
    ]
    let tags = try set.tags(of: spans.reversed(), wordCount: 6)
    #expect(tags.map { set.tags[$0] } == ["B-PER", "I-PER", "B-PER", "O", "B-LOC", "I-LOC"])
    #expect(set.spans(of: tags) == spans)
  }

  @Test func whatTagsCannotSayIsAnError() {
    let long = EntitySpan(label: "PER", words: 1..<3)
    let other = EntitySpan(label: "ORG", words: 0..<1)
    #expect(throws: TagSetError.outside(long, wordCount: 2)) {
      try set.tags(of: [long], wordCount: 2)
    }
    #expect(throws: TagSetError.unknownLabel(other)) { try set.tags(of: [other], wordCount: 2) }
    #expect(throws: TagSetError.overlap(long, word: 1)) {
      try set.tags(of: [EntitySpan(label: "LOC", words: 0..<2), long], wordCount: 3)
    }
  }
}

struct DecodingTests {
  private static func logits(
    _ count: Int, scale: Float, using random: inout RandomStream
  ) -> [Float] {
    (0..<count).map { _ in Float.random(in: -scale...scale, using: &random) }
  }

  /// All sequences of `words` tags, legal or not.
  private static func sequences(_ words: Int, _ tags: Int) -> [[Int]] {
    (0..<words).reduce([[]]) { all, _ in all.flatMap { one in (0..<tags).map { one + [$0] } } }
  }

  private static func score(_ sequence: [Int], _ logits: [Float], _ tags: Int) -> Double {
    sequence.enumerated().reduce(0) { $0 + Double(logits[$1.offset * tags + $1.element]) }
  }

  @Test func viterbiAndConfidenceEqualBruteForce() {
    let seed: UInt64 = 11
    var random = RandomStream(seed: seed, purpose: "logits")
    for round in 0..<60 {
      let labels = Int.random(in: 0...2, using: &random)
      let words = Int.random(in: 1...(labels == 2 ? 5 : 7), using: &random)
      let set = TagSet(labels: ["A", "B"].prefix(labels))
      let scale: Float = [0.1, 2, 20][round % 3]
      let logits = Self.logits(words * set.count, scale: scale, using: &random)
      let place: Comment = "seed \(seed), round \(round)"
      let legal = Self.sequences(words, set.count).filter { set.isLegal($0) }
      let scores = legal.map { Self.score($0, logits, set.count) }
      let best = scores.max() ?? 0

      let decoded = ViterbiDecoder(tagSet: set).tags(logits: logits)
      #expect(set.isLegal(decoded), place)
      #expect(abs(Self.score(decoded, logits, set.count) - best) < 1e-9, place)
      #expect(legal[scores.firstIndex(of: best) ?? 0] == decoded, place)

      // The marginal of every span that could be, from the sequences that hold it.
      var total = 0.0
      var marginals: [EntitySpan: Double] = [:]
      for (sequence, score) in zip(legal, scores) {
        let weight = exp(score - best)
        total += weight
        for span in set.spans(of: sequence) { marginals[span, default: 0] += weight }
      }
      let confidence = SpanConfidence(tagSet: set, logits: logits)
      for label in set.labels {
        for start in 0..<words {
          for end in start + 1...words {
            let span = EntitySpan(label: label, words: start..<end)
            let expected = (marginals[span] ?? 0) / total
            let found = confidence.probability(of: span) ?? -1
            #expect(abs(found - expected) < 1e-12 + 1e-9 * expected, place)
            #expect(found > 0 && found <= 1, place)
          }
        }
      }
      #expect(confidence.probability(of: EntitySpan(label: "none", words: 0..<1)) == nil)
    }
  }

  /// Against the textbook recurrence over all pairs of tags, on sentences too long to enumerate.
  @Test func viterbiEqualsTheQuadraticRecurrence() {
    let seed: UInt64 = 5
    var random = RandomStream(seed: seed, purpose: "logits")
    for round in 0..<50 {
      let set = TagSet(labels: (0..<Int.random(in: 1...9, using: &random)).map { "L\($0)" })
      let words = Int.random(in: 1...60, using: &random)
      let logits = Self.logits(words * set.count, scale: 3, using: &random)
      var scores = (0..<set.count).map { tag in
        set.isLegalStart(tag) ? Double(logits[tag]) : -Double.infinity
      }
      for word in 1..<max(words, 1) {
        scores = (0..<set.count).map { tag in
          let before = (0..<set.count).filter { set.isLegal(from: $0, to: tag) }.map { scores[$0] }
          return (before.max() ?? -.infinity) + Double(logits[word * set.count + tag])
        }
      }
      let decoded = TagDecoder(tagSet: set).tags(logits: logits)
      #expect(set.isLegal(decoded), "seed \(seed), round \(round)")
      let score = Self.score(decoded, logits, set.count)
      #expect(abs(score - (scores.max() ?? 0)) < 1e-9, "seed \(seed), round \(round)")
    }
  }

  @Test func argmaxTakesEachWordByItself() {
    let set = TagSet(labels: ["A", "B"])
    // O I-A I-B, then a tie of O and B-A.
    let logits: [Float] = [
      3, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0, 0, 0,
    ]
    let decoder = TagDecoder(tagSet: set, method: .argmax)
    #expect(decoder.tags(logits: logits) == [0, 2, 4, 0])
    #expect(
      decoder.spans(logits: logits).map(\.span) == [
        EntitySpan(label: "A", words: 1..<2), EntitySpan(label: "B", words: 2..<3),
      ])
    #expect(TagDecoder(tagSet: set).tags(logits: logits) != [0, 2, 4, 0])
  }

  @Test func certainSpansAreCertain() {
    let set = TagSet(labels: ["A"])
    let spans = TagDecoder(tagSet: set).spans(logits: [0, 90, 0, 0, 0, 90, 90, 0, 0])
    #expect(spans.map(\.span) == [EntitySpan(label: "A", words: 0..<2)])
    #expect(spans.allSatisfy { $0.confidence > 1 - 1e-12 && $0.confidence <= 1 })
    // One word, equal logits: O and B-A are legal.
    let even = SpanConfidence(tagSet: set, logits: [1, 1, 1])
    #expect(abs(even.probability(ofLabel: 0, words: 0..<1) - 0.5) < 1e-15)
  }

  @Test func notNumbersAndInfinitiesDoNoHarm() {
    let seed: UInt64 = 3
    var random = RandomStream(seed: seed, purpose: "logits")
    let set = TagSet(labels: ["A", "B"])
    let odd: [Float] = [.nan, .infinity, -.infinity, 3e38, -3e38, 0, 1]
    for round in 0..<500 {
      let words = Int.random(in: 0...6, using: &random)
      let logits = (0..<words * set.count).map { _ in
        odd[Int.random(in: 0..<odd.count, using: &random)]
      }
      for method in DecodingMethod.allCases {
        let decoder = TagDecoder(tagSet: set, method: method)
        #expect(decoder.tags(logits: logits).count == words)
        for scored in decoder.spans(logits: logits) {
          #expect(
            scored.confidence > 0 && scored.confidence <= 1, "seed \(seed), round \(round)")
        }
      }
      #expect(set.isLegal(TagDecoder(tagSet: set).tags(logits: logits)))
    }
    let nothing = [Float](repeating: .nan, count: 15)
    #expect(TagDecoder(tagSet: set).tags(logits: nothing) == [0, 0, 0])
    // A forbidden tag is never chosen where another is possible.
    #expect(
      TagDecoder(tagSet: set).tags(logits: [-.infinity, 1, 0, 0, 0, 0, -.infinity, 2, 1, 1])
        == [1, 2])
  }

  @Test func longSentencesTakeLinearTime() {
    let seed: UInt64 = 9
    var random = RandomStream(seed: seed, purpose: "logits")
    let set = TagSet(labels: ["A", "B", "C", "D"])
    let decoder = TagDecoder(tagSet: set)
    let logits = Self.logits(100_000 * set.count, scale: 4, using: &random)
    var spans: [ScoredSpan] = []
    let duration = ContinuousClock().measure { spans = decoder.spans(logits: logits) }
    #expect(duration < .seconds(5))
    #expect(spans.count > 10_000)
    #expect(spans.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 })
    // What is far away does not matter: the same words at the start of a shorter sentence.
    let few = decoder.spans(logits: Array(logits.prefix(2000 * set.count)))
    for (left, right) in zip(few.prefix(500), spans) {
      #expect(left.span == right.span)
      #expect(abs(left.confidence - right.confidence) < 1e-9)
    }
  }
}
