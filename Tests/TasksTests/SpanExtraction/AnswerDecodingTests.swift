import Corpora
import Foundation
import Kernels
import PTuning
import Testing

@testable import Tasks

@Suite struct AnswerDecodingTests {
  /// All spans of all windows, the slow way.
  private func bruteForce(
    _ windows: [(Layout, [Float])], maximumWords: Int
  ) -> [Range<Int>: Double] {
    var all: [Range<Int>: Double] = [:]
    for (window, logits) in windows {
      let places = SpanPlaces(window)
      let null = Double(logits[2 * places.null]) + Double(logits[2 * places.null + 1])
      for start in places.starts.indices {
        for end in places.ends.indices where end >= start && end < start + maximumWords {
          let words = window.words.lowerBound + start..<window.words.lowerBound + end + 1
          let score =
            Double(logits[2 * places.starts[start]]) + Double(logits[2 * places.ends[end] + 1])
            - null
          all[words] = max(all[words] ?? -.infinity, score)
        }
      }
    }
    return all
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func theBestOfAllSpansAreFound(_ seed: UInt64) throws {
    print("seed \(seed)")
    let tiny = try TinyEncoder()
    let layouts = try tiny.questionLayouts("{question} [SEP] {context}")
    var random = RandomStream(seed: seed, purpose: "decoding")
    let context = layouts.tokenize(randomWords(60, using: &random).joined(separator: " "))
    let windows = try layouts.windows(question: layouts.tokenize("a b"), context: context).layouts
    #expect(windows.count > 2)
    let scored = windows.map { window in
      (
        window,
        Matrix.normal(
          rows: window.readCount(.field), columns: 2, deviation: 2, using: &random
        ).values
      )
    }
    var candidates = SpanCandidates(maximumWords: 5)
    for (window, logits) in scored { candidates.add(window, logits: logits) }
    let all = bruteForce(scored, maximumWords: 5)
    let expected = all.sorted { $0.value > $1.value }.prefix(SpanCandidates.limit)
    #expect(candidates.best.map(\.words) == expected.map(\.key))
    #expect(
      zip(candidates.best, expected).allSatisfy { abs($0.score - $1.value) < 1e-9 })

    let full = AnswerDecoder(nullThreshold: 0, limit: 100).prediction(candidates)
    for limit in 1...4 {
      // How many are told changes nothing in what comes first.
      let short = AnswerDecoder(nullThreshold: 0, limit: limit).prediction(candidates)
      #expect(short.answers.map(\.words) == full.answers.prefix(limit).map(\.words))
      #expect(short.nullMargin == full.nullMargin)
    }
    for threshold in [nil, -3, 0, 3] as [Double?] {
      for limit in [1, 3, 10] {
        let found = AnswerDecoder(nullThreshold: threshold, limit: limit).prediction(candidates)
        let sum = found.answers.reduce(found.nullProbability) { $0 + $1.probability }
        #expect(abs(sum - 1) < 1e-9)
        #expect(found.answers.count <= limit)
        for (index, answer) in found.answers.enumerated() {
          for other in found.answers[..<index] {
            #expect(!other.words.overlaps(answer.words))
            #expect(other.probability >= answer.probability)
          }
        }
        if threshold == nil { #expect(found.nullProbability == 0 && found.answer != nil) }
        if let threshold {
          #expect((found.answer == nil) == (found.nullMargin > threshold))
        }
      }
    }
  }

  @Test func overlappingCandidatesAreOneAnswer() {
    var best: [SpanCandidate] = []
    for (words, score) in [(2..<4, 3.0), (2..<3, 2.0), (7..<9, 2.5), (3..<8, 1.0)] {
      best.append(SpanCandidate(words: words, score: score))
    }
    best.sort { $0.score > $1.score }
    let found = AnswerDecoder(nullThreshold: 0, limit: 5).prediction(
      SpanCandidates(best, maximumWords: 10))
    #expect(found.answers.map(\.words) == [2..<4, 7..<9])
    let first = exp(3.0) + exp(2.0) + exp(1.0)
    let total = first + exp(2.5) + 1
    #expect(abs(found.answers[0].probability - first / total) < 1e-12)
    #expect(abs(found.nullProbability - 1 / total) < 1e-12)
    #expect(abs(found.nullMargin + log(first)) < 1e-12)
  }

  @Test(arguments: [-1e5, -800, 800, 1e5] as [Double])
  func scoresBeyondAllNumbersStayProbabilities(_ score: Double) {
    let candidates = SpanCandidates(
      [SpanCandidate(words: 0..<1, score: score), SpanCandidate(words: 3..<4, score: score - 1)],
      maximumWords: 10)
    let found = AnswerDecoder(nullThreshold: 0).prediction(candidates)
    let sum = found.answers.reduce(found.nullProbability) { $0 + $1.probability }
    #expect(abs(sum - 1) < 1e-9)
    #expect((found.answer != nil) == (score > 0))
  }

  @Test func nothingIsNoAnswer() {
    let found = AnswerDecoder(nullThreshold: nil).prediction(SpanCandidates(maximumWords: 3))
    #expect(found.answers.isEmpty && found.answer == nil && found.nullProbability == 1)
  }

  /// The threshold gives the F1 that the official evaluation finds to be the best.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theThresholdIsTheBest(_ seed: UInt64) {
    print("seed \(seed)")
    var random = RandomStream(seed: seed, purpose: "thresholds")
    let texts = ["red fox", "fox", "the red fox", "hen", "old hen"]
    var outcomes: [NullThreshold.Outcome] = []
    var questions: [Question] = []
    var answers = SQuADPredictions<String>()
    var chances = SQuADPredictions<Double>()
    for index in 0..<40 {
      let gold = random.next() % 3 == 0 ? [] : [texts[Int(random.next() % 5)]]
      let answer = texts[Int(random.next() % 5)]
      let margin = Double(Int(random.next() % 21)) - 10
      outcomes.append(.init(answer: answer, gold: gold, margin: margin))
      questions.append(
        Question(
          id: "\(index)", question: "?", answers: gold.map { Answer(text: $0, range: nil) }))
      answers.set("\(index)", to: answer)
      chances.set("\(index)", to: 1 / (1 + exp(-margin)))
    }
    let threshold = NullThreshold.fit(outcomes)
    let found = NullThreshold.scores(outcomes, threshold: threshold)
    // Of equal margins the official search may take some, which no threshold can.
    let best =
      ([-11] + (-10...10).map { Double($0) + 0.5 }).map {
        NullThreshold.scores(outcomes, threshold: $0).f1
      }.max() ?? 0
    #expect(abs(found.f1 - best) < 1e-12)
    let official = SQuADScores(
      gold: [Passage(title: nil, number: 1, context: "", questions: questions)], version: .v2,
      predicted: answers, probabilities: chances, threshold: 1 / (1 + exp(-threshold)))
    #expect(abs(official.all.f1 - 100 * found.f1) < 1e-9)
    #expect(abs(official.all.exact - 100 * found.exact) < 1e-9)
    #expect((official.best?.f1 ?? 0) >= 100 * found.f1 - 1e-9)
  }

  @Test func withoutBothKindsOfQuestionsThereIsNothingToFit() {
    #expect(NullThreshold.fit([]) == 0)
    #expect(NullThreshold.fit([.init(answer: "a", gold: ["a"], margin: 3)]) == 0)
    #expect(NullThreshold.fit([.init(answer: "a", gold: [], margin: 3)]) == 0)
  }
}
