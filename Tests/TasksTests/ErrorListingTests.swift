import Corpora
import Kernels
import Testing

@testable import Tasks

struct ErrorListingTests {
  private func span(_ label: String, _ words: Range<Int>) -> EntitySpan {
    EntitySpan(label: label, words: words)
  }

  private func place(_ words: String, sentence: Int = 1, file: String? = nil, line: Int? = nil)
    -> ErrorListing.Place
  {
    let words = words.split(separator: " ").map(String.init)
    return ErrorListing.Place(
      sentence: sentence, words: words, file: file,
      lines: line.map { Array($0..<$0 + words.count) } ?? [])
  }

  private func example() -> ErrorListing {
    var listing = ErrorListing(examplesPerError: 1)
    listing.add(
      gold: [span("LOC", 3..<5), span("PER", 0..<1)],
      predicted: [span("PER", 0..<1), span("LOC", 3..<6)],
      at: place("Ana moved to New York last year , she said", file: "g.conll", line: 11))
    listing.add(
      gold: [span("PER", 0..<1), span("ORG", 2..<3)],
      predicted: [span("LOC", 0..<1), span("PER", 2..<4), span("LOC", 5..<6)],
      at: place("Porto beat Benfica Lisboa in May", sentence: 2, file: "g.conll", line: 30))
    listing.add(
      gold: [span("PER", 1..<2)], predicted: [], at: place("with Rui", sentence: 3))
    listing.add(
      gold: [span("PER", 0..<1)], predicted: [], at: place("Eva !", sentence: 4))
    return listing
  }

  @Test func kindsAreToldApart() {
    let listing = example()
    #expect(
      ErrorListing.Kind.allCases.map { listing.count(of: $0) } == [1, 1, 1, 2, 1])
    let entries = listing.entries
    #expect(entries.map(\.kind) == [.missed, .wrongLabel, .wrongBoundary, .wrongBoth, .spurious])
    #expect(entries[0].gold == "PER")
    #expect(entries[0].predicted == nil)
    #expect(entries[0].count == 2)
    #expect(entries[0].examples.map(\.sentence) == [3], "one example was asked for")
    let boundary = entries[2].examples[0]
    #expect(boundary.file == "g.conll")
    #expect(boundary.line == 14)
    #expect(boundary.gold?.text == "New York")
    #expect(boundary.predicted?.text == "New York last")
    #expect(boundary.before == "Ana moved to")
    #expect(boundary.words == "New York last")
    #expect(boundary.after == "year , she said")
    #expect(
      boundary.rendering == #"g.conll:14: gold "New York" (LOC), predicted "New York last" (LOC): "#
        + "Ana moved to [New York last] year , she said")
    let confusions = listing.confusions.map {
      "\($0.gold ?? "-") \($0.predicted ?? "-") \($0.count)"
    }
    #expect(
      confusions == [
        "LOC LOC 1", "ORG PER 1", "PER LOC 1", "PER PER 1", "PER - 2", "- LOC 1",
      ])
  }

  @Test func tableShowsThem() {
    #expect(
      example().table == """
        errors          count
        wrong label         1
        wrong boundary      1
        both wrong          1
        missed              2
        spurious            1

        error           gold  predicted  count
        missed          PER   -              2
            sentence 3: gold "Rui" (PER): with [Rui]
        wrong label     PER   LOC            1
            g.conll:30: gold "Porto" (PER), predicted "Porto" (LOC): [Porto] beat Benfica Lisboa in …
        wrong boundary  LOC   LOC            1
            g.conll:14: gold "New York" (LOC), predicted "New York last" (LOC): \
        Ana moved to [New York last] year , she said
        both wrong      ORG   PER            1
            g.conll:32: gold "Benfica" (ORG), predicted "Benfica Lisboa" (PER): \
        Porto beat [Benfica Lisboa] in May
        spurious        -     LOC            1
            g.conll:35: predicted "May" (LOC): … beat Benfica Lisboa in [May]

        gold \\ predicted  LOC  ORG  PER  missed
        LOC                 1    0    0       0
        ORG                 0    0    1       0
        PER                 1    0    1       2
        spurious            1    0    0
        """)
  }

  @Test func jsonIsJSON() throws {
    let value = try JSONValue(parsing: Array(example().json.utf8)[...])
    #expect(value["counts"]?["missed"]?.integer == 2)
    #expect(value["counts"]?["wrongBoth"]?.integer == 1)
    #expect(value["list"]?.array?.count == 5)
    let first = try #require(value["list"]?.array?.first)
    #expect(first["kind"]?.string == "missed")
    #expect(first["predicted"] == .null)
    #expect(first["examples"]?.array?.first?["gold"]?["text"]?.string == "Rui")
    #expect(value["confusion"]?.array?.count == 6)
  }

  /// A label that differs only in how its accent is composed is another label.
  @Test func labelsAreComparedByBytes() {
    var listing = ErrorListing(examplesPerError: 1)
    listing.add(
      gold: [span("\u{e9}", 0..<1)], predicted: [span("e\u{301}", 0..<1)], at: place("x"))
    #expect(listing.count(of: .wrongLabel) == 1)
  }

  /// Every span is counted once, whatever overlaps; here spans are nested as well.
  @Test func everySpanIsCountedOnce() throws {
    let seed: UInt64 = 99
    var random = RandomStream(seed: seed, purpose: "spans")
    for round in 0..<3000 {
      func spans() -> [EntitySpan] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          let start = Int.random(in: 0...6, using: &random)
          let label = ["A", "B", "C"].randomElement(using: &random) ?? "A"
          return span(label, start..<start + Int.random(in: 1...3, using: &random))
        }
      }
      let (gold, predicted) = (spans(), spans())
      var listing = ErrorListing(examplesPerError: 2)
      listing.add(gold: gold, predicted: predicted, at: place("a b c d e f g h i j"))
      let scores = try NERScores(gold: [gold], predicted: [predicted]).micro
      let counts = ErrorListing.Kind.allCases.map { listing.count(of: $0) }
      let paired = counts[0] + counts[1] + counts[2]
      let note = "seed \(seed), round \(round): \(gold) \(predicted)"
      #expect(scores.truePositives + paired + counts[3] == scores.gold, "\(note)")
      #expect(scores.truePositives + paired + counts[4] == scores.predicted, "\(note)")
      #expect(
        listing.confusions.reduce(0) { $0 + $1.count }
          == scores.truePositives + counts.reduce(0, +), "\(note)")
      for entry in listing.entries {
        switch entry.kind {
        case .wrongLabel, .wrongBoth: #expect(entry.gold != entry.predicted, "\(note)")
        case .wrongBoundary: #expect(entry.gold == entry.predicted, "\(note)")
        case .missed: #expect(entry.predicted == nil)
        case .spurious: #expect(entry.gold == nil)
        }
      }
    }
  }
}
