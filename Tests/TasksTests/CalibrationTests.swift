import Corpora
import Foundation
import Testing

@testable import Tasks

struct CalibrationTests {
  private func report(_ spans: [(Double, Bool)], bins: Int = 10) -> CalibrationReport {
    var report = CalibrationReport(binCount: bins)
    for (confidence, isRight) in spans { report.add(confidence: confidence, isRight: isRight) }
    return report
  }

  private func isClose(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-12 } ?? false }

  /// By hand: in (0.7, 0.8] two of confidence 0.75, one right: |0.5 − 0.75| = 0.25; in (0.9, 1]
  /// three, 0.95 in the mean, all right: 0.05; in (0.1, 0.2] one of 0.2, wrong: 0.2.
  @Test func isAsByHand() {
    let report = report([
      (0.7 + 0.02, true), (0.78, false), (0.93, true), (0.95, true), (0.97, true), (0.2, false),
    ])
    #expect(isClose(report.expectedError, (2 * 0.25 + 3 * 0.05 + 1 * 0.2) / 6))
    #expect(isClose(report.maximumError, 0.25))
    #expect(isClose(report.confidence, (0.72 + 0.78 + 0.93 + 0.95 + 0.97 + 0.2) / 6))
    #expect(isClose(report.accuracy, 4.0 / 6))
    #expect(report.bins.map(\.count) == [0, 1, 0, 0, 0, 0, 0, 2, 0, 3])
    #expect(report.bins.map(\.correct) == [0, 0, 0, 0, 0, 0, 0, 1, 0, 3])
    #expect(report.bins[0].confidence == nil && report.bins[0].gap == nil)
  }

  /// A bin has its upper end, and the first one 0 as well: whatever products are rounded to.
  @Test(arguments: [1, 2, 3, 7, 10, 15, 49])
  func limitsBelongBelow(bins: Int) {
    for index in 0..<bins {
      let limit = Double(index + 1) / Double(bins)
      let at = report([(limit, true)], bins: bins)
      #expect(at.bins.firstIndex { $0.count == 1 } == index, "\(limit)")
      let above = report([(limit.nextUp, true)], bins: bins)
      #expect(above.bins.firstIndex { $0.count == 1 } == min(index + 1, bins - 1), "\(limit)")
    }
    for strange in [0, -1, -Double.infinity, .nan] {
      #expect(report([(strange, false)], bins: bins).bins[0].count == 1)
    }
    #expect(report([(.infinity, true)], bins: bins).expectedError == 0)
  }

  @Test func ofNothingThereIsNoError() {
    let empty = CalibrationReport()
    #expect(empty.expectedError == nil && empty.maximumError == nil && empty.accuracy == nil)
    #expect(empty.line.contains("none"))
    #expect(
      empty.json.hasPrefix(
        #"{"ece":null,"mce":null,"spans":0,"confidence":null,"accuracy":null,"#
          + #""temperature":null,"bins":[{"from":0.0,"to":0.1,"count":0,"confidence":null,"#))
  }

  /// Right is what the scores count as right.
  @Test func rightIsTheSameLabelAndWords() {
    func span(_ label: String, _ words: Range<Int>) -> EntitySpan {
      EntitySpan(label: label, words: words)
    }
    let gold = [span("A", 0..<2), span("B", 3..<4), span("é", 6..<7), span("A", 0..<2)]
    let predicted = [span("A", 0..<2), span("A", 3..<4), span("B", 4..<5), span("e\u{301}", 6..<7)]
    var report = CalibrationReport()
    report.add(predicted.map { ScoredSpan(span: $0, confidence: 0.5) }, gold: gold)
    report.add([ScoredSpan(span: predicted[0], confidence: 1)], gold: [])
    #expect(report.count == 5 && report.correct == 1)
    var scores = NERScores()
    scores.add(gold: gold, predicted: predicted)
    #expect(scores.micro.truePositives == report.correct)
  }

  @Test func saysWhatItFound() throws {
    var report = report([(0.5, true), (0.75, false)], bins: 2)
    #expect(
      report.line == "expected calibration error: 62.50 % (mean confidence 62.50 %, right 50.00 %)")
    report.temperature = 1.25
    #expect(report.line.hasSuffix("right 50.00 %, temperature 1.250)"))
    #expect(
      report.json == #"{"ece":0.625,"mce":0.75,"spans":2,"confidence":0.625,"accuracy":0.5,"#
        + #""temperature":1.25,"bins":[{"from":0.0,"to":0.5,"count":1,"confidence":0.5,"#
        + #""accuracy":1.0},{"from":0.5,"to":1.0,"count":1,"confidence":0.75,"accuracy":0.0}]}"#)
    let evaluation = EvaluationReport(
      scores: NERScores(), sentences: 1, words: 2, accuracy: nil, calibration: report)
    #expect(evaluation.json.contains(#""calibration":\#(report.json)"#))
    let lines = evaluation.table.split(separator: "\n")
    #expect(lines.dropLast(2).last.map { "\($0)" } == report.line)
    #expect(lines.dropLast().last?.hasPrefix("processed 2 tokens") == true)
  }
}
