import Corpora
import Kernels
import Testing

@Suite struct TagSchemeTests {
  /// Flat spans; where `touching` is false two spans of one label never touch.
  private func randomSpans(
    count: Int, touching: Bool, using random: inout RandomStream
  ) -> [EntitySpan] {
    var spans: [EntitySpan] = []
    var word = 0
    while word < count {
      if Bool.random(using: &random) {
        let end = min(count, word + Int.random(in: 1...4, using: &random))
        let label = ["PER", "creative-work", "é", "e\u{301}"].randomElement(using: &random) ?? ""
        if touching || spans.last?.words.upperBound != word {
          spans.append(EntitySpan(label: label, words: word..<end))
        }
        word = end
      } else {
        word += 1
      }
    }
    return spans
  }

  @Test(arguments: TagScheme.allCases)
  func randomSpansSurviveTheirTags(scheme: TagScheme) throws {
    let seed: UInt64 = 20_260_711
    var random = RandomStream(seed: seed, purpose: "cases")
    for round in 0..<2000 {
      let count = Int.random(in: 0...14, using: &random)
      let spans = randomSpans(count: count, touching: scheme != .io, using: &random)
      let tags = scheme.encode(spans, count: count)
      let place = "seed \(seed), round \(round): \(tags)"
      #expect(tags.count == count)
      let strict = try scheme.decodeStrictly(tags)
      #expect(describe(strict) == describe(spans), "\(place)")
      // Labels byte for byte: `==` would not tell é from e and an accent.
      #expect(
        strict.map { Array($0.label.utf8) } == spans.map { Array($0.label.utf8) }, "\(place)")
      if scheme == .iob1 || scheme == .iob2 {
        #expect(describe(ConllevalChunks.spans(tags)) == describe(spans), "\(place)")
      }
      var evidence = TagSchemeEvidence()
      evidence.add(tags)
      let text = tags.map { "w\t\($0)\n" }.joined()
      guard count > 0, !spans.isEmpty else { continue }
      let corpus = try readCorpus(text) { $0.scheme = scheme }
      #expect(describe(corpus.sentences[0].spans) == describe(spans), "\(place)")
      #expect(corpus.report.repaired.isEmpty, "\(place)")
    }
  }

  @Test func adjacentEntitiesSurviveIOB1ToIOB2AndBack() throws {
    let iob1 = ["I-LOC", "B-LOC", "I-LOC", "I-PER", "O", "I-PER"]
    let spans = try TagScheme.iob1.decodeStrictly(iob1)
    let iob2 = TagScheme.iob2.encode(spans, count: 6)
    #expect(iob2 == ["B-LOC", "B-LOC", "I-LOC", "B-PER", "O", "B-PER"])
    #expect(TagScheme.iob1.encode(try TagScheme.iob2.decodeStrictly(iob2), count: 6) == iob1)
  }

  @Test func conllevalGoldenCases() {
    let cases = [
      ("I-PER I-PER O", "PER 0-2"),
      ("B-PER I-LOC I-LOC", "PER 0-1 LOC 1-3"),
      ("B-PER O I-PER", "PER 0-1 PER 2-3"),
      ("B-PER I-ORG B-ORG", "PER 0-1 ORG 1-2 ORG 2-3"),
      ("S-PER S-PER", "PER 0-2"),
      ("B-PER E-PER B-PER E-PER", "PER 0-4"),
      ("B-PER E-PER E-PER", "PER 0-2 PER 2-3"),
      ("U-PER U-PER", "PER 0-2"),
      ("B-PER L-PER B-PER L-PER", "PER 0-4"),
      ("ORG ORG O LOC", ""),
      ("B-PER B-PER", "PER 0-1 PER 1-2"),
      ("B-PER I-PER I-LOC B-LOC", "PER 0-2 LOC 2-3 LOC 3-4"),
      ("B-creative-work I-creative-work", "creative-work 0-2"),
      ("O E-PER I-PER", "PER 1-2 PER 2-3"),
      ("", ""),
    ]
    for (tags, spans) in cases {
      let list = tags.split(separator: " ").map(String.init)
      #expect(describe(ConllevalChunks.spans(list)) == spans, "\(tags)")
    }
  }

  /// Where the scorers part: spans for `conlleval`, for `seqeval` and for its strict mode.
  @Test func scorersPartWhereTheyDo() throws {
    let cases: [(tags: String, conlleval: String, seqeval: String, strict: [String: String])] = [
      ("I-P I-P O", "P 0-2", "P 0-2", ["iob2": "", "iob1": "P 0-2"]),
      ("B-P I-L I-L", "P 0-1 L 1-3", "P 0-1 L 1-3", ["iob2": "P 0-1"]),
      ("B-P O I-P", "P 0-1 P 2-3", "P 0-1 P 2-3", ["iob2": "P 0-1"]),
      ("B-P I-G B-G", "P 0-1 G 1-2 G 2-3", "P 0-1 G 1-2 G 2-3", ["iob2": "P 0-1 G 2-3"]),
      ("S-P S-P", "P 0-2", "P 0-1 P 1-2", ["iobes": "P 0-1 P 1-2"]),
      ("B-P E-P B-P E-P", "P 0-4", "P 0-2 P 2-4", ["iobes": "P 0-2 P 2-4"]),
      ("B-P E-P E-P", "P 0-2 P 2-3", "P 0-2 P 2-3", ["iobes": "P 0-2"]),
      ("U-P U-P", "P 0-2", "P 0-2", ["bilou": "P 0-1 P 1-2"]),
      ("B-P L-P B-P L-P", "P 0-4", "P 2-4", ["bilou": "P 0-2 P 2-4"]),
      ("W-P B-P M-P E-P", "P 0-4", "P 1-4", ["bmewo": "P 0-1 P 1-4"]),
      ("ORG ORG O LOC", "", "OC 3-4", [:]),
      ("B-P B-P", "P 0-1 P 1-2", "P 0-1 P 1-2", ["iob1": "P 1-2", "iob2": "P 0-1 P 1-2"]),
      ("I-P I-P I-L", "P 0-2 L 2-3", "P 0-2 L 2-3", ["io": "P 0-2 L 2-3"]),
      ("I-P E-P E-P", "P 0-2 P 2-3", "P 0-2 P 2-3", ["ioe2": "P 0-2 P 2-3"]),
      ("B-a-b I-a-b", "a-b 0-2", "a-b 0-2", ["iob2": "a-b 0-2"]),
      ("B--a-", "-a- 0-1", "-a- 0-1", ["iob2": "a 0-1"]),
      ("B I O B-", " 0-2  3-4", "_ 0-2 _ 3-4", ["iob2": "_ 0-2 _ 3-4"]),
      ("O-P I-P", "P 1-2", "P 1-2", ["iob1": "P 1-2"]),
    ]
    for (text, conlleval, seqeval, strict) in cases {
      let tags = text.split(separator: " ").map(String.init)
      #expect(describe(ConllevalChunks.spans(tags)) == conlleval, "conlleval, \(text)")
      var entities = SeqevalEntities()
      #expect(describe(entities.spans(tags)) == seqeval, "seqeval, \(text)")
      for (name, spans) in strict {
        let scheme = try #require(StrictScheme(name: name))
        #expect(describe(try scheme.spans(tags)) == spans, "\(name), \(text)")
      }
    }
    for (name, tag) in [
      ("iob2", "S-P"), ("iob2", "P"), ("io", "B-P"), ("bilou", ""), ("ioe1", "B"),
    ] {
      let scheme = try #require(StrictScheme(name: name))
      let error = #expect(throws: ForeignTag.self) { try scheme.spans(["O", tag]) }
      #expect(error?.word == 1)
    }
  }

  @Test func strictDecodingAgreesWithSeqeval() throws {
    var count = 0
    for line in seqevalStrictCases.split(separator: "\n") {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let scheme = try #require(TagScheme(name: parts[0]))
      let tags = parts[1].split(separator: " ").map(String.init)
      #expect(describe(try scheme.decodeStrictly(tags)) == parts[2], "\(line)")
      if scheme == .iobes {
        let letters: [Character: Character] = ["I": "M", "S": "W"]
        let bmewo = tags.map { tag in
          tag == "O" ? tag : String(letters[tag.first ?? "O"] ?? tag.first ?? "O") + tag.dropFirst()
        }
        #expect(describe(try TagScheme.bmewo.decodeStrictly(bmewo)) == parts[2], "\(line)")
      }
      count += 1
    }
    #expect(count == 280)
  }

  @Test func schemesAreDetectedOverTheWholeCorpus() {
    func scheme(_ sentences: String...) -> TagScheme {
      var evidence = TagSchemeEvidence()
      for sentence in sentences { evidence.add(sentence.split(separator: " ").map(String.init)) }
      return evidence.scheme
    }
    #expect(scheme("O O") == .iob2)
    #expect(scheme("B-PER I-PER O") == .iob2)
    #expect(scheme("I-PER I-PER O", "I-LOC B-LOC") == .iob1)
    #expect(scheme("B-PER O", "S-LOC") == .iobes)
    #expect(scheme("B-PER E-PER") == .iobes)
    #expect(scheme("B-PER L-PER") == .bilou)
    #expect(scheme("O U-PER") == .bilou)
    #expect(scheme("B-PER M-PER E-PER W-LOC") == .bmewo)
    // One slip does not make an IOB2 corpus IOB1.
    #expect(scheme("B-PER I-PER", "B-LOC", "I-LOC O") == .iob2)
  }

  @Test func foreignTagsAreErrorsWithTheirPlace() {
    let error = #expect(throws: UnknownTag.self) {
      try TagScheme.iob2.decodeStrictly(["O", "S-PER"])
    }
    #expect(error?.word == 1)
    #expect(error?.found == "\"S-PER\"")
    for tag in ["", "B", "B-", "PER", "b-PER", "BPER", "B_PER", "O-PER", "o"] {
      #expect(throws: UnknownTag.self) { try TagScheme.iob2.decodeStrictly([tag]) }
    }
    #expect(
      failure("a\tO\nb\tB-PER\n\nc\tX-PER\n")
        == "test:4: expected a tag of IOB2 (O, or B-, I- and a label), found \"X-PER\"")
  }

  @Test func slipsAreRepairedAndCounted() throws {
    let iob2 = try readCorpus("a\tB-PER\nb\tI-LOC\nc\tO\nd\tB-PER\n")
    #expect(describe(iob2.sentences[0].spans) == "PER 0-1 LOC 1-2 PER 3-4")
    #expect(iob2.report.repaired == ["span without a begin tag started": 1])
    let iobes = try readCorpus("a\tS-PER\nb\tS-PER\nc\tB-LOC\nd\tO\ne\tE-LOC\n")
    #expect(describe(iobes.sentences[0].spans) == "PER 0-1 PER 1-2 LOC 2-3 LOC 4-5")
    #expect(
      iobes.report.repaired == [
        "span without a begin tag started": 1, "span without an end tag closed": 1,
      ])
  }
}
