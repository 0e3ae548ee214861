import Corpora
import Foundation
import TestSupport
import Testing

@testable import Tasks

/// What tools/golden/squad.py has written.
private struct SQuADGolden: Decodable {
  struct Case: Decodable {
    var prediction: String
    var golds: [String]
    var scores: [Double]
  }

  struct Of<Value: Decodable>: Decodable {
    var id: String
    var value: Value
  }

  var cases: [Case]
  var answers: [Of<[String]>]
  var predictions: [Of<String>]
  var probabilities: [Of<Double>]
  var best: [Double]
  var halved: [Double]

  static func read() throws -> SQuADGolden {
    let url = packageRoot.appendingPathComponent("Tests/Fixtures/Scores/squad.json")
    return try JSONDecoder().decode(SQuADGolden.self, from: Data(contentsOf: url))
  }
}

@Suite struct SQuADScoresTests {
  @Test func scoresAsPythonDoes() throws {
    let cases = try SQuADGolden.read().cases
    #expect(cases.count == 300)
    for golden in cases {
      let first = SQuADScores.scores(golden.prediction, of: golden.golds, version: .v1)
      let second = SQuADScores.scores(golden.prediction, of: golden.golds, version: .v2)
      #expect(
        [first.exact, first.f1, second.exact, second.f1] == golden.scores,
        "\(golden.prediction.debugDescription) \(golden.golds)")
    }
  }

  private func close(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-9 }
  }

  @Test func findsTheBestThresholds() throws {
    let golden = try SQuADGolden.read()
    let questions = golden.answers.map { answers in
      Question(
        id: answers.id, question: "?",
        answers: answers.value.map { Answer(text: $0, range: nil) })
    }
    let gold = [Passage(title: nil, number: 1, context: "", questions: questions)]
    let scores = SQuADScores(
      gold: gold, version: .v2,
      predicted: SQuADPredictions(golden.predictions.map { ($0.id, $0.value) }),
      probabilities: SQuADPredictions(golden.probabilities.map { ($0.id, $0.value) }),
      threshold: 0.5)
    let best = try #require(scores.best)
    #expect(
      close([best.exact, best.exactThreshold, best.f1, best.f1Threshold], golden.best))
    let parts = [scores.all, scores.withAnswer, scores.withoutAnswer].compactMap { $0 }
    #expect(close(parts.flatMap { [$0.exact, $0.f1] }, golden.halved))
    #expect(scores.missing == golden.answers.count - golden.predictions.count)
    #expect(scores.json.contains("\"best_exact_thresh\":"))
  }

  /// Where "no answer" was chosen already, the best threshold is still sought among the answers that were likeliest.
  @Test func theBestThresholdIsOfTheLikeliestAnswers() throws {
    let questions = ["a", "b", "c"].map {
      Question(
        id: $0, question: "?", answers: $0 == "c" ? [] : [Answer(text: $0, range: nil)])
    }
    let gold = [Passage(title: nil, number: 1, context: "", questions: questions)]
    let scores = SQuADScores(
      gold: gold, version: .v2, predicted: SQuADPredictions([("a", "a"), ("b", ""), ("c", "")]),
      likeliest: SQuADPredictions([("a", "a"), ("b", "b"), ("c", "x")]),
      probabilities: SQuADPredictions([("a", 0.1), ("b", 0.6), ("c", 0.9)]))
    #expect(close([scores.all.exact], [200.0 / 3]))
    let best = try #require(scores.best)
    #expect(close([best.exact, best.exactThreshold], [100, 0.6]))
  }

  @Test func missingPredictionsScoreNothingOrAreLeftOut() {
    let questions = ["a", "b"].map {
      Question(id: $0, question: "?", answers: [Answer(text: "x", range: 0..<1)])
    }
    let gold = [Passage(title: nil, number: 1, context: "x", questions: questions)]
    let predicted = SQuADPredictions([("a", "The X"), ("c", "y")])
    let first = SQuADScores(gold: gold, version: .v1, predicted: predicted)
    #expect(first.json == #"{"exact":50.0,"f1":50.0,"total":2}"#)
    #expect(first.missing == 1 && first.unknown == 1)
    let second = SQuADScores(gold: gold, version: .v2, predicted: predicted)
    #expect(
      second.json
        == #"{"exact":100.0,"f1":100.0,"total":1,"HasAns_exact":100.0,"HasAns_f1":100.0,"#
        + #""HasAns_total":1}"#)
    #expect(second.table.hasSuffix("all     100.00  100.00      1"))
  }

  private static let folder = realCorpora?.appendingPathComponent("squad")

  /// As `EXPECTED.txt` beside the predictions says.
  @Test(
    .enabled(
      if: folder != nil,
      "the shared corpora are not here (set ENXERTO_CORPORA)"),
    arguments: [
      ("dev-1.1", "v1.1-logistic-regression", ["40.141911", "50.981536"], 13, 28),
      ("dev-1.1", "v1.1-r-net", ["82.469253", "88.477860"], 0, 0),
      ("dev-2.0", "v2.0-bert-single", ["78.741683", "81.775281"], 0, 0),
    ])
  func realPredictions(
    gold: String, predictions: String, expected: [String], missing: Int, unknown: Int
  ) throws {
    let folder = try #require(Self.folder)
    let file = try SQuADFile(.file(folder.appendingPathComponent(gold + ".json").path))
    let path = folder.appendingPathComponent("predictions/\(predictions).json").path
    let scores = SQuADScores(
      gold: file.paragraphs, version: file.paragraphs.allowNoAnswer ? .v2 : .v1,
      predicted: SQuADPredictions(try SQuADPredictionFile.answers(.file(path))))
    #expect(
      [scores.all.exact, scores.all.f1].map { String(format: "%.6f", $0) } == expected)
    #expect(scores.missing == missing && scores.unknown == unknown)
    guard let withAnswer = scores.withAnswer, let without = scores.withoutAnswer else {
      #expect(gold == "dev-1.1")
      return
    }
    #expect(withAnswer.total == 5928 && without.total == 5945)
    #expect(
      [withAnswer.exact, withAnswer.f1, without.exact].map { String(format: "%.4f", $0) } == [
        "74.1059", "80.1818", "83.3642",
      ])
  }
}
