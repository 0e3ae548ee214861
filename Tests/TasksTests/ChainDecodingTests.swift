import Corpora
import Foundation
import Kernels
import Testing

@testable import Tasks

/// Decoding with learned transitions, and temperature, against enumeration.
struct ChainDecodingTests {
  private static let seed: UInt64 = 17

  private static func numbers(
    _ count: Int, scale: Float, using random: inout RandomStream
  ) -> [Float] {
    (0..<count).map { _ in Float.random(in: -scale...scale, using: &random) }
  }

  private static func transitions(
    _ tags: Int, _ number: () -> Float
  ) -> TagTransitions {
    TagTransitions(
      values: (0..<tags * tags).map { _ in number() }, start: (0..<tags).map { _ in number() },
      end: (0..<tags).map { _ in number() })
  }

  /// The legal sequences with their scores.
  private static func sequences(
    _ set: TagSet, _ logits: [Float], _ transitions: TagTransitions?
  ) -> [(tags: [Int], score: Double)] {
    let count = set.count
    let words = logits.count / count
    let all = (0..<words).reduce([[]]) { all, _ in
      all.flatMap { one in (0..<count).map { one + [$0] } }
    }
    return all.filter { set.isLegal($0) }.map { tags in
      var score = tags.enumerated().reduce(0) {
        $0 + Double(logits[$1.offset * count + $1.element])
      }
      if let transitions, let first = tags.first, let last = tags.last {
        score += Double(transitions.start[first]) + Double(transitions.end[last])
        for (from, to) in zip(tags, tags.dropFirst()) {
          score += Double(transitions.values[from * count + to])
        }
      }
      return (tags, score)
    }
  }

  /// The probability of every span, and of O at every word, from the sequences that hold it.
  private static func marginals(
    _ set: TagSet, _ sequences: [(tags: [Int], score: Double)], temperature: Double
  ) -> (spans: [EntitySpan: Double], outside: [Double]) {
    let best = sequences.map(\.score).max() ?? 0
    let weights = sequences.map { exp(($0.score - best) / temperature) }
    let total = weights.reduce(0, +)
    var spans: [EntitySpan: Double] = [:]
    var outside = [Double](repeating: 0, count: sequences.first?.tags.count ?? 0)
    for (sequence, weight) in zip(sequences, weights) {
      for span in set.spans(of: sequence.tags) { spans[span, default: 0] += weight / total }
      for (word, tag) in sequence.tags.enumerated() where tag == TagSet.outside {
        outside[word] += weight / total
      }
    }
    return (spans, outside)
  }

  private static func spans(_ set: TagSet, _ words: Int) -> [EntitySpan] {
    set.labels.flatMap { label in
      (0..<words).flatMap { start in
        (start + 1...words).map { EntitySpan(label: label, words: start..<$0) }
      }
    }
  }

  @Test func pathsAndMarginalsEqualEnumeration() {
    var random = RandomStream(seed: Self.seed, purpose: "chain")
    for round in 0..<90 {
      let labels = round % 3
      let words = Int.random(in: 1...(labels == 2 ? 5 : 7), using: &random)
      let set = TagSet(labels: ["A", "B"].prefix(labels))
      let scale: Float = [0.1, 2, 20][round / 3 % 3]
      let logits = Self.numbers(words * set.count, scale: scale, using: &random)
      // Illegal transitions have scores too: they must not be read.
      let learned = Self.transitions(set.count) {
        Float.random(in: -2 * scale...2 * scale, using: &random)
      }
      let temperature = [1, 0.3, 2.5][round % 3 * 7 % 3]
      let place: Comment = "seed \(Self.seed), round \(round)"
      let sequences = Self.sequences(set, logits, learned)
      let best = sequences.map(\.score).max() ?? 0

      let decoder = TagDecoder(
        tagSet: set, method: .crf, transitions: learned, temperature: temperature)
      let tags = decoder.tags(logits: logits)
      #expect(sequences.first { $0.score >= best - 1e-9 }?.tags == tags, place)

      let expected = Self.marginals(set, sequences, temperature: temperature)
      let confidence = SpanConfidence(
        tagSet: set, logits: logits, transitions: learned, temperature: temperature)
      for span in Self.spans(set, words) {
        let probability = expected.spans[span] ?? 0
        let found = confidence.probability(of: span) ?? -1
        #expect(abs(found - probability) < 1e-12 + 1e-9 * probability, place)
        #expect(found > 0 && found <= 1, place)
      }
      for scored in decoder.scoredSpans(of: tags, logits: logits) {
        #expect(scored.confidence == confidence.probability(of: scored.span), place)
      }
    }
  }

  /// Whole numbers make ties, and sums of them are exact.
  @Test func ofEquallyGoodPathsTheFirstTagsFromTheEndWin() {
    var random = RandomStream(seed: Self.seed, purpose: "ties")
    for round in 0..<200 {
      let set = TagSet(labels: ["A", "B"].prefix(1 + round % 2))
      let words = Int.random(in: 1...5, using: &random)
      let logits = (0..<words * set.count).map { _ in Float(Int.random(in: 0...1, using: &random)) }
      let learned = Self.transitions(set.count) { Float(Int.random(in: 0...1, using: &random)) }
      for transitions in [nil, learned] {
        let sequences = Self.sequences(set, logits, transitions)
        let best = sequences.map(\.score).max() ?? 0
        let expected = sequences.filter { $0.score == best }.map { Array($0.tags.reversed()) }
          .min { $0.lexicographicallyPrecedes($1) }
        let tags = ViterbiDecoder(tagSet: set, transitions: transitions).tags(logits: logits)
        #expect(tags.reversed() == expected, "seed \(Self.seed), round \(round)")
      }
    }
  }

  /// The general chain with nothing learned is the chain of the legal sequences.
  @Test(arguments: [1, 30, 1e4, 1e30] as [Float])
  func zeroTransitionsChangeNothing(scale: Float) {
    var random = RandomStream(seed: Self.seed, purpose: "zero")
    let set = TagSet(labels: ["A", "B", "C", "D"])
    let zero = Self.transitions(set.count) { 0 }
    let logits = Self.numbers(2000 * set.count, scale: scale, using: &random)
    for transitions in [zero, nil] {
      let crf = TagDecoder(tagSet: set, method: .crf, transitions: transitions, temperature: 1.5)
      let legal = TagDecoder(tagSet: set, temperature: 1.5)
      let (left, right) = (crf.spans(logits: logits), legal.spans(logits: logits))
      #expect(left.map(\.span) == right.map(\.span), "seed \(Self.seed)")
      // At 1e9 a Double resolves 1e-7, over thousands of words less.
      let tolerance = scale < 1e5 ? 1e-8 : 1e-2
      for (left, right) in zip(left, right) {
        #expect(abs(left.confidence - right.confidence) < tolerance, "seed \(Self.seed)")
      }
    }
    // Transitions are for CRF decoding alone.
    let large = Self.transitions(set.count) { Float.random(in: -99...99, using: &random) }
    for method in [DecodingMethod.viterbi, .argmax] {
      let with = TagDecoder(tagSet: set, method: method, transitions: large)
      let without = TagDecoder(tagSet: set, method: method)
      #expect(with.spans(logits: logits) == without.spans(logits: logits))
    }
  }

  @Test func longSentencesWithManyTags() {
    var random = RandomStream(seed: Self.seed, purpose: "long")
    for (labels, words) in [(4, 10_000), (74, 100)] {
      let set = TagSet(labels: (0..<labels).map { "L\($0)" })
      let learned = Self.transitions(set.count) { Float.random(in: -2...2, using: &random) }
      let decoder = TagDecoder(tagSet: set, method: .crf, transitions: learned)
      let logits = Self.numbers(words * set.count, scale: 4, using: &random)
      let tags = decoder.tags(logits: logits)
      #expect(set.isLegal(tags))
      var spans: [ScoredSpan] = []
      let duration = ContinuousClock().measure { spans = decoder.spans(logits: logits) }
      #expect(duration < .seconds(5))
      #expect(spans.count > words / 10)
      #expect(spans.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 })
      // What is far away does not matter: the same words at the start of a shorter sentence.
      let few = decoder.spans(logits: Array(logits.prefix(words / 2 * set.count)))
      for (left, right) in zip(few.prefix(words / 50), spans) {
        #expect(left.span == right.span, "seed \(Self.seed)")
        #expect(abs(left.confidence - right.confidence) < 1e-9, "seed \(Self.seed)")
      }
    }
  }

  @Test func notNumbersAndInfinitiesDoNoHarm() {
    var random = RandomStream(seed: Self.seed, purpose: "odd")
    let set = TagSet(labels: ["A", "B"])
    let odd: [Float] = [.nan, .infinity, -.infinity, 3e38, -3e38, 0, 1]
    func number() -> Float { odd[Int.random(in: 0..<odd.count, using: &random)] }
    for round in 0..<300 {
      let words = Int.random(in: 0...6, using: &random)
      let logits = (0..<words * set.count).map { _ in number() }
      let decoder = TagDecoder(
        tagSet: set, method: .crf, transitions: Self.transitions(set.count, number),
        temperature: [1, 1e-300, 1e300][round % 3])
      let tags = decoder.tags(logits: logits)
      #expect(tags.count == words && set.isLegal(tags), "seed \(Self.seed), round \(round)")
      for scored in decoder.spans(logits: logits) {
        #expect(
          scored.confidence > 0 && scored.confidence <= 1, "seed \(Self.seed), round \(round)")
      }
    }
  }

  @Test func temperatureTakesConfidenceAndLeavesTags() throws {
    var random = RandomStream(seed: Self.seed, purpose: "temperature")
    let set = TagSet(labels: ["A", "B"])
    for round in 0..<30 {
      let words = Int.random(in: 1...4, using: &random)
      let logits = Self.numbers(words * set.count, scale: 4, using: &random)
      let learned =
        round.isMultiple(of: 2)
        ? nil : Self.transitions(set.count) { Float.random(in: -2...2, using: &random) }
      let place: Comment = "seed \(Self.seed), round \(round)"
      let sequences = Self.sequences(set, logits, learned)
      for method in DecodingMethod.allCases {
        let plain = TagDecoder(tagSet: set, method: method, transitions: learned)
        for temperature in [0.1, 1, 3, 1000] {
          let tempered = TagDecoder(
            tagSet: set, method: method, transitions: learned, temperature: temperature)
          #expect(tempered.tags(logits: logits) == plain.tags(logits: logits), place)
          #expect((tempered == plain) == (temperature == 1))
          if temperature == 1 {
            #expect(tempered.spans(logits: logits) == plain.spans(logits: logits), place)
          }
        }
      }
      // Whatever the temperature, a word is in one of the spans over it or in none.
      for temperature in [0.1, 1, 3, 1000] {
        let confidence = SpanConfidence(
          tagSet: set, logits: logits, transitions: learned, temperature: temperature)
        let outside = Self.marginals(set, sequences, temperature: temperature).outside
        for word in 0..<words {
          let over = Self.spans(set, words).filter { $0.words.contains(word) }
          let sum = try over.reduce(0) { $0 + (try #require(confidence.probability(of: $1))) }
          #expect(abs(sum + outside[word] - 1) < 1e-9, place)
        }
      }
    }
    // O, B-A and B-B of one word: the best falls towards a third.
    let logits: [Float] = [0, 2, 0, 1, 0]
    let confidences = [0.25, 0.5, 1, 2, 4, 1e6].map { temperature in
      TagDecoder(tagSet: set, temperature: temperature).spans(logits: logits).map(\.confidence)
    }
    #expect(confidences.allSatisfy { $0.count == 1 })
    #expect(zip(confidences, confidences.dropFirst()).allSatisfy { $0[0] > $1[0] })
    #expect(abs(confidences[2][0] - exp(2) / (1 + exp(1) + exp(2))) < 1e-12)
    #expect(abs(confidences[5][0] - 1 / 3) < 1e-5)
  }

  /// What training leaves is what decoding reads, in the same order and with the same laws.
  @Test func decodingReadsWhatTrainingMaximises() throws {
    let set = TagSet(labels: ["A", "B"])
    var random = RandomStream(seed: Self.seed, purpose: "training")
    var crf = LinearChainCRF(legal: set.legalTransitions)
    var workspace = LinearChainCRF.Workspace()
    // B-A is always followed by I-A, and then by B-B; the logits say nothing.
    let targets = [0, 1, 2, 3, 0, 1, 2, 3]
    var losses: [Double] = []
    for _ in 0..<200 {
      var logits = Matrix(rows: targets.count, columns: set.count)
      crf.zeroGradients()
      losses.append(
        crf.forwardBackward(
          &logits, pieces: [LinearChainCRF.Piece(length: targets.count)], targets: targets,
          scale: 0.5, workspace: &workspace))
      crf.visitParameters { parameter in
        var step = parameter.gradient
        step.scale(by: -1)
        parameter.value.add(step)
      }
    }
    #expect(losses[199] < 0.1 * losses[0])
    let transitions = TagTransitions(crf)
    let decoder = TagDecoder(tagSet: set, method: .crf, transitions: transitions)
    let noise = Self.numbers(targets.count * set.count, scale: 0.1, using: &random)
    #expect(decoder.tags(logits: noise) == targets)
    #expect(crf.transitions.value[0, TagSet.inside(0)] == 0, "illegal: never trained")
    // The loss is −log p of the one sequence: that of its only span in a sentence of one word.
    var logits = Matrix(rows: 1, columns: set.count, values: [0.3, -1, 2, 0.5, 7])
    let loss = crf.forwardBackward(
      &logits, pieces: [LinearChainCRF.Piece(length: 1)], targets: [1], scale: 1,
      workspace: &workspace)
    let confidence = SpanConfidence(
      tagSet: set, logits: [0.3, -1, 2, 0.5, 7], transitions: transitions)
    #expect(abs(confidence.probability(ofLabel: 0, words: 0..<1) - exp(-loss)) < 1e-9)
  }
}
