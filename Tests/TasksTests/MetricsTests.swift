import Corpora
import Foundation
import Testing

@testable import Tasks

struct MetricsTests {
  private func span(_ label: String, _ words: Range<Int>) -> EntitySpan {
    EntitySpan(label: label, words: words)
  }

  private func spans(_ tags: String) throws -> [EntitySpan] {
    let set = TagSet(labels: ["PER", "LOC", "ORG"])
    return set.spans(
      of: try tags.split(separator: " ").map { try #require(set.index(ofTag: String($0))) })
  }

  /// LOC: 3 predicted, 2 gold, 1 right. PER: 1 predicted, 2 gold, 1 right. ORG: 0 and 1. X: 1 and 0.
  private func example() throws -> NERScores {
    try NERScores(
      gold: [
        [span("LOC", 0..<1), span("PER", 2..<4), span("ORG", 5..<6)],
        [], [span("LOC", 1..<2), span("PER", 3..<4)],
      ],
      predicted: [
        [span("LOC", 0..<1), span("PER", 2..<4), span("LOC", 5..<6)],
        [span("LOC", 1..<2)], [span("X", 1..<2)],
      ])
  }

  @Test func countsByHand() throws {
    let scores = try example()
    #expect(scores.labels.map(\.label) == ["LOC", "ORG", "PER", "X"])
    #expect(
      scores.labels.map(\.score) == [
        EntityScore(truePositives: 1, predicted: 3, gold: 2),
        EntityScore(truePositives: 0, predicted: 0, gold: 1),
        EntityScore(truePositives: 1, predicted: 1, gold: 2),
        EntityScore(truePositives: 0, predicted: 1, gold: 0),
      ])
    #expect(scores.micro == EntityScore(truePositives: 2, predicted: 5, gold: 5))
    // 2 · 0.4 · 0.4 / 0.8 in Doubles, as conlleval and seqeval have it too.
    #expect(scores.micro.measures == Measures(precision: 0.4, recall: 0.4, f1: 0.4000000000000001))
    // F1: LOC 2/5, PER 2/3.
    func near(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-15 }
    #expect(near(scores.macro.precision, (1.0 / 3 + 1) / 4))
    #expect(near(scores.macro.recall, 0.25))
    #expect(near(scores.macro.f1, (0.4 + 2.0 / 3) / 4))
    #expect(near(scores.weighted.precision, (2.0 / 3 + 2) / 5))
    #expect(near(scores.weighted.recall, 0.4))
    #expect(near(scores.weighted.f1, (0.8 + 4.0 / 3) / 5))
  }

  @Test func emptyIsZero() throws {
    let nothing = try NERScores(gold: [[]], predicted: [[]])
    let zero = Measures(precision: 0, recall: 0, f1: 0)
    #expect(nothing.micro.measures == zero)
    #expect(nothing.macro == zero)
    #expect(nothing.weighted == zero)
    #expect(nothing.labels.isEmpty)
    let spurious = try NERScores(gold: [[]], predicted: [[span("A", 0..<1)]])
    #expect(spurious.micro.measures == zero)
    #expect(spurious.weighted == zero)
  }

  /// The scorers' cases that are about spans: illegal tags read as conlleval reads them.
  @Test func illegalTagsScoreAsConlleval() throws {
    let cases: [(gold: String, predicted: String, f1: Double)] = [
      ("B-PER I-PER O", "I-PER I-PER O", 1),
      ("B-PER I-PER O B-LOC", "B-PER I-PER I-LOC B-LOC", 0.8),
      ("B-PER O B-PER", "B-PER O I-PER", 1),
      ("B-PER B-LOC I-LOC", "B-PER I-LOC I-LOC", 1),
      ("B-PER B-PER", "B-PER I-PER", 0),
    ]
    for (gold, predicted, f1) in cases {
      let scores = try NERScores(gold: [spans(gold)], predicted: [spans(predicted)])
      #expect(scores.micro.f1 == f1, "\(gold) / \(predicted)")
    }
  }

  /// Figures of seqeval 1.2.2, default mode, on random tags, illegal ones among them; here a capital
  /// letter is B, a small one I, and a point O.
  @Test func figuresAreThoseOfSeqeval() throws {
    let gold = """
      AB.Da....DbB C.cCdDbA.AaB ...adBbbdaC. ccA.C.Ba..C. .BDc.Cc.C.a. acAC..bBDdAa ADB.C.Cc.cDd \
      dBCDa.BddA.D B.DDAb.A.dcC C..baDABDAaD C...CaCBb... cCbacBbaccaD
      """
    let predicted = """
      .B.Da..dBDbB Cb.cdDAA.AaB A.dadBbbd.A. Bc..C.Bc..CB .BDc..c.C.a. acAC..bBDdAa A.B.C.CcdcDd \
      .BCDa.BdAA.D baaDAb.c.dbB C..bDaAADaa. C..cCaCCb... cCCacB.aAcaD
      """
    let set = TagSet(labels: ["a", "b", "c", "d"])
    func read(_ text: String) -> [[EntitySpan]] {
      text.split(separator: " ").map { sentence in
        set.spans(
          of: sentence.map { letter in
            guard let label = set.index(ofLabel: letter.lowercased()) else { return 0 }
            return letter.isUppercase ? TagSet.begin(label) : TagSet.inside(label)
          })
      }
    }
    let scores = try NERScores(gold: read(gold), predicted: read(predicted))
    #expect(
      scores.micro.measures
        == Measures(
          precision: 0.6979166666666666, recall: 0.7362637362637363, f1: 0.716577540106952))
    let means = [
      (scores.macro, [0.6995463272637186, 0.7362637362637363, 0.7165907169383233]),
      (scores.weighted, [0.7000566942038514, 0.7362637362637363, 0.7169324336768338]),
    ]
    for (found, expected) in means {
      let figures = [found.precision, found.recall, found.f1]
      #expect(zip(figures, expected).allSatisfy { abs($0 - $1) < 1e-15 }, "\(found)")
    }
  }

  @Test func spansOfASentenceAreASetAndSentencesAreKeptApart() throws {
    let twice = try NERScores(
      gold: [[span("A", 0..<1)]], predicted: [[span("A", 0..<1), span("A", 0..<1)]])
    #expect(twice.micro == EntityScore(truePositives: 1, predicted: 1, gold: 1))
    let elsewhere = try NERScores(
      gold: [[span("A", 0..<1)], []], predicted: [[], [span("A", 0..<1)]])
    #expect(elsewhere.micro == EntityScore(truePositives: 0, predicted: 1, gold: 1))
    let composed = try NERScores(
      gold: [[span("\u{e9}", 0..<1)]], predicted: [[span("e\u{301}", 0..<1)]])
    #expect(composed.labels.count == 2)
    #expect(composed.micro.truePositives == 0)
  }

  @Test func sentencesMustCorrespond() {
    #expect(throws: NERScoresError.sentences(gold: 2, predicted: 1)) {
      try NERScores(gold: [[], []], predicted: [[]])
    }
  }

  @Test func tableIsAligned() throws {
    #expect(
      try example().table == """
        label     precision  recall     f1  gold  predicted  correct
        LOC           33.33   50.00  40.00     2          3        1
        ORG            0.00    0.00   0.00     1          0        0
        PER          100.00   50.00  66.67     2          1        1
        X              0.00    0.00   0.00     0          1        0

        micro         40.00   40.00  40.00     5          5        2
        macro         33.33   25.00  26.67
        weighted      53.33   40.00  42.67
        """)
  }

  @Test func percentagesRoundAsConlleval() {
    // 100 · 23 / 160 is 14.375 and prints as 14.38; 100 · (23 / 160) is less and prints as 14.37.
    let score = EntityScore(truePositives: 23, predicted: 160, gold: 160)
    #expect(score.percentages.precision == 14.375)
    #expect(100 * score.precision < 14.375)
  }

  @Test func jsonHasStableKeysAndGivesTheNumbersBack() throws {
    var scores = try example()
    scores.add(gold: [span("a\"\\\n", 0..<1)], predicted: [])
    let json = scores.json
    #expect(json.hasPrefix("{\"micro\":{\"precision\":0.4,\"recall\":0.3333333333333333,\"f1\":"))
    struct Read: Decodable {
      struct Label: Decodable { var precision, recall, f1: Double, support: Int }
      var micro, macro, weighted: Measures
      var labels: [String: Label]
    }
    let read = try JSONDecoder().decode(Read.self, from: Data(json.utf8))
    #expect(read.micro == scores.micro.measures)
    #expect(read.macro == scores.macro)
    #expect(read.weighted == scores.weighted)
    #expect(read.labels["LOC"]?.support == 2)
    #expect(read.labels["PER"]?.f1 == 2.0 / 3)
    #expect(read.labels["a\"\\\n"]?.support == 1)
    #expect(read.labels.count == 5)
  }

  @Test func wordAccuracyCountsEqualTags() {
    var accuracy = WordAccuracy()
    #expect(accuracy.fraction == 0)
    accuracy.add(gold: ["O", "B-A", "I-A", "O"], predicted: ["O", "B-A", "I-B", "O"])
    #expect(accuracy.fraction == 0.75)
  }
}
