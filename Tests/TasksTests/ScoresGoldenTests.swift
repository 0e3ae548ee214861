import Corpora
import Foundation
import TestSupport
import Testing

@testable import Tasks

/// Scores of random tags, legal and illegal, beside those of the script `conlleval` and of
/// `seqeval` 1.2.2; tools/golden/scores.py made them and says what is in the files.
struct ScoresGoldenTests {
  private static func lines(_ name: String) throws -> [String] {
    let url = packageRoot.appendingPathComponent("Tests/Fixtures/Scores/\(name)")
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  private typealias Alphabets = [String: [UInt8: String]]
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  private static func alphabets(_ lines: [String]) -> Alphabets {
    var alphabets: Alphabets = [:]
    for line in lines where line.hasPrefix("= ") {
      let fields = line.split(separator: " ").map(String.init)
      alphabets[fields[1]] = Dictionary(uniqueKeysWithValues: zip(letters, fields.dropFirst(2)))
    }
    return alphabets
  }

  private static func decode(_ text: String, _ alphabet: [UInt8: String]) throws -> [[String]] {
    try text.utf8.split(separator: UInt8(ascii: "/")).map { sentence in
      try sentence.map { try #require(alphabet[$0]) }
    }
  }

  private func conlleval(
    _ gold: [[String]], _ predicted: [[String]]
  ) -> (scores: NERScores, accuracy: WordAccuracy) {
    var walk = ConllevalCounts()
    var scores = NERScores()
    for (index, pair) in zip(gold, predicted).enumerated() {
      scores.add(
        walk.add(gold: pair.0, predicted: pair.1, isEnd: index == gold.count - 1))
    }
    scores.add(walk.finish())
    return (scores, walk.accuracy)
  }

  private func seqeval(_ gold: [[String]], _ predicted: [[String]]) throws -> NERScores {
    var left = SeqevalEntities()
    var right = SeqevalEntities()
    return try NERScores(
      gold: gold.map { left.spans($0) }, predicted: predicted.map { right.spans($0) })
  }

  /// nil where a tag does not belong to the scheme.
  private func strict(
    _ scheme: String, _ gold: [[String]], _ predicted: [[String]]
  ) throws -> NERScores? {
    let scheme = try #require(StrictScheme(name: scheme))
    do {
      return try NERScores(
        gold: gold.map { try scheme.spans($0) }, predicted: predicted.map { try scheme.spans($0) })
    } catch is ForeignTag {
      return nil
    }
  }

  private func counts(_ score: EntityScore?) -> String {
    score.map { "\($0.gold),\($0.predicted),\($0.truePositives)" } ?? "!"
  }

  @Test func casesAgree() throws {
    let lines = try Self.lines("cases.txt")
    let alphabets = Self.alphabets(lines)
    var cases = 0
    for line in lines where !line.hasPrefix("= ") {
      let fields = line.split(separator: " ").map(String.init)
      let alphabet = try #require(alphabets[fields[0]])
      let gold = try Self.decode(fields[1], alphabet)
      let predicted = try Self.decode(fields[2], alphabet)
      let (scores, accuracy) = conlleval(gold, predicted)
      let percent = String(format: "%.2f", accuracy.percentage)
      #expect(counts(scores.micro) + "," + percent == fields[3], "conlleval, \(line)")
      #expect(counts(try seqeval(gold, predicted).micro) == fields[4], "seqeval, \(line)")
      for field in fields[5...] {
        let scheme = String(field.prefix { $0 != ":" })
        let found = try strict(scheme, gold, predicted)
        #expect(scheme + ":" + counts(found?.micro) == field, "\(scheme), \(line)")
      }
      // For tags of a scheme the script's walk and a comparison of spans are one.
      if !["odd", "foreign"].contains(fields[0]) {
        let compared = try NERScores(
          gold: gold.map(ConllevalChunks.spans), predicted: predicted.map(ConllevalChunks.spans))
        #expect(compared == scores, "chunks, \(line)")
      }
      cases += 1
    }
    #expect(cases == 2880)
  }

  @Test func reportsAgree() throws {
    let alphabets = Self.alphabets(try Self.lines("cases.txt"))
    let lines = try Self.lines("reports.jsonl")
    #expect(lines.count == 18)
    for line in lines {
      // Keys of JSONValue stay apart byte for byte, which those of a dictionary do not.
      let report = try JSONValue(parsing: Array(line.utf8)[...])
      let name = try #require(report["alphabet"]?.string)
      let alphabet = try #require(alphabets[name])
      let gold = try Self.decode(try #require(report["gold"]?.string), alphabet)
      let predicted = try Self.decode(try #require(report["predicted"]?.string), alphabet)
      let (scores, accuracy) = conlleval(gold, predicted)
      let place = "\(name): \(gold) \(predicted)"
      #expect(
        Self.printed(scores, accuracy)
          == report["conlleval"]?.array?.map { Self.bytes($0.string ?? "") },
        "conlleval, \(place)")

      guard case .object(let members) = report else { continue }
      #expect(report["seqeval"] != nil)
      for (key, expected) in members.map({ ($0.key, $0.value) }) {
        let found: NERScores?
        if key == "seqeval" {
          found = try seqeval(gold, predicted)
        } else if key.hasPrefix("strict-") {
          found = try strict(String(key.dropFirst("strict-".count)), gold, predicted)
        } else {
          continue
        }
        guard case .object(let rows) = expected else {
          #expect(found == nil, "\(key), \(place)")
          continue
        }
        try Self.compare(try #require(found), rows, "\(key), \(place)")
      }
    }
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// What `conlleval` prints: labels in the order of their bytes, the empty one, being false,
  /// once for each side that has it.
  private static func printed(_ scores: NERScores, _ accuracy: WordAccuracy) -> [[UInt8]] {
    func percent(_ value: Double) -> String { String(format: "%6.2f", value) }
    func measures(_ score: EntityScore) -> String {
      let found = score.percentages
      return "precision: \(percent(found.precision))%; recall: \(percent(found.recall))%; "
        + "FB1: \(percent(found.f1))"
    }
    let micro = scores.micro
    var lines = [
      "processed \(accuracy.total) tokens with \(micro.gold) phrases; "
        + "found: \(micro.predicted) phrases; correct: \(micro.truePositives).",
      "accuracy: \(percent(accuracy.percentage))%; \(measures(micro))",
    ]
    for row in scores.labels {
      let blanks = String(repeating: " ", count: max(0, 17 - row.label.utf8.count))
      let line = "\(blanks)\(row.label): \(measures(row.score))  \(row.score.predicted)"
      lines.append(line)
      if row.label.isEmpty, row.score.gold > 0, row.score.predicted > 0 { lines.append(line) }
    }
    return lines.map(bytes)
  }

  private static func compare(
    _ scores: NERScores, _ rows: [JSONValue.Member], _ place: String
  ) throws {
    let rows = rows.map { row in
      let values: [Double] = (row.value.array ?? []).map { value in
        if case .number(let number) = value { return number }
        return -1
      }
      return (key: bytes(row.key), value: values)
    }
    let labels = rows.filter { !$0.key.contains(UInt8(ascii: " ")) }
    #expect(
      labels.map(\.key).sorted { $0.lexicographicallyPrecedes($1) }
        == scores.labels.map { bytes($0.label) }, "\(place)")
    for row in scores.labels {
      let expected = labels.first { $0.key == bytes(row.label) }?.value ?? []
      let found = row.score.measures
      #expect(
        [found.precision, found.recall, found.f1, Double(row.score.gold)] == expected,
        "\(row.label), \(place)")
    }
    for (name, found) in [
      ("micro avg", scores.micro.measures), ("macro avg", scores.macro),
      ("weighted avg", scores.weighted),
    ] {
      let expected = try #require(rows.first { $0.key == bytes(name) }?.value)
      #expect(expected[3] == Double(scores.micro.gold), "\(place)")
      let figures = [found.precision, found.recall, found.f1]
      #expect(
        zip(figures, expected).allSatisfy { abs($0 - $1) < 1e-14 },
        "\(name) \(figures) \(expected), \(place)")
    }
  }
}
