import Corpora
import Testing

@testable import Tasks

struct EvaluationReportTests {
  private func span(_ label: String, _ words: Range<Int>) -> EntitySpan {
    EntitySpan(label: label, words: words)
  }

  /// Spans inside others are scored; tags, and so an accuracy, they have none.
  @Test func nestedSpansHaveScoresAndNoAccuracy() throws {
    let gold = [span("ORG", 0..<3), span("LOC", 2..<3)]
    let predicted = [span("LOC", 2..<3), span("ORG", 0..<2)]
    var accuracy = WordAccuracy()
    let isCounted = accuracy.add(gold: gold, predicted: predicted, count: 3)
    #expect(!isCounted)
    #expect(accuracy.total == 0)
    let report = EvaluationReport(
      scores: try NERScores(gold: [gold], predicted: [predicted]), sentences: 1, words: 3,
      accuracy: nil)
    #expect(
      report.table.hasSuffix(
        """
        processed 3 tokens with 2 phrases; found: 2 phrases; correct: 1.
        precision:  50.00%; recall:  50.00%; FB1:  50.00
        """))
    let json = try JSONValue(parsing: Array(report.json.utf8)[...])
    #expect(json["accuracy"] == .null)
    #expect(json["counts"]?["words"]?.integer == 3)
    #expect(json["counts"]?["labels"]?["LOC"]?["correct"]?.integer == 1)
    #expect(json["bootstrap"] == nil)
    #expect(json["errors"] == nil)
  }

  @Test func flatSpansHaveTheAccuracyOfTheirTags() {
    var accuracy = WordAccuracy()
    let isCounted = accuracy.add(
      gold: [span("PER", 0..<2)], predicted: [span("PER", 1..<2), span("LOC", 3..<4)], count: 4)
    #expect(isCounted)
    #expect(accuracy.total == 4)
    #expect(accuracy.correct == 1)
    let isOutOfBounds = !accuracy.add(gold: [span("PER", 0..<5)], predicted: [], count: 4)
    #expect(isOutOfBounds)
  }

  /// Labels that nobody would choose neither break a line nor vanish.
  @Test func oddLabelsCanBeSeen() throws {
    let report = EvaluationReport(
      scores: try NERScores(
        gold: [[span("", 0..<1), span("a\nb", 1..<2)]], predicted: [[]]),
      sentences: 1, words: 2, accuracy: WordAccuracy())
    #expect(report.table.contains("(empty)"))
    #expect(report.table.contains("\na b  "))
    #expect(report.json.contains(#""a\nb":{"precision""#))
  }
}
