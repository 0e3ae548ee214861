import Corpora
import Foundation
import Testing

private let sample = #"""
  #FORMAT=WebAnno TSV 3.3
  #T_SP=de.example.NamedEntity|identifier|value
  #T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:links_webanno.custom.Link|webanno.custom.Span
  #T_CH=webanno.custom.CorefLink|referenceRelation|referenceType
  #T_RL=webanno.custom.Relation|kind|BT_webanno.custom.Span
  #Source=a file


  #Sentence.id=s1
  #Text=Ann 😊 went\tto
  #Text=Bonn.
  1-1	0-3	Ann	*[1]|http://x/\_\|[2]	PER[1]|*[2]	a;b	1-2;1-3	*->1-1	x	*	1-2	
  1-2	4-6	😊	*[1]	PER[1]	_	_	_	_	_	_	
  1-3	7-11	went	_	_	*	*	_	_	_	_	
  1-3.1	7-8	w	*	VERB	_	_	_	_	_	_	
  1-3.2	11-11		*	\*	_	_	_	_	_	_	
  1-4	12-14	to	_	_	_	_	_	_	_	_	
  1-5	15-19	Bonn	*	LOC\->\[x\]\\\;\tz	_	_	*->1-2	x	_	_	
  1-6	19-20	.	*[3]	SENT[3]	_	_	_	_	_	_	

  #Text=Next
  2-1	23-27	Next	*[3]	SENT[3]	_	_	_	_	_	_	

  """#

struct WebAnnoTests {
  @Test func layersStacksSubTokensAndEscapes() throws {
    let corpus = try readCorpus(sample)
    #expect(corpus.format == .webannoTSV)
    let document = corpus.documents[0]
    #expect(document.text == "Ann 😊 went\tto\nBonn.\n  Next")
    #expect(document.attributes == [Attribute("Source", "a file")])
    #expect(offsetsAgree(corpus))
    #expect(corpus.sentences.map { $0.words.count } == [6, 1])
    #expect(corpus.sentences[0].words.map(\.spaceAfter) == [true, true, true, true, false, true])
    #expect(
      document.annotations.map { "\($0.label) \($0.range.lowerBound)-\($0.range.upperBound)" } == [
        "PER 0-5", "http://x/_| 0-3", "Host 0-3", "Host 6-10", "VERB 6-7", "* 10-10",
        "LOC->[x]\\;\tz 14-18", "SENT 18-26",
      ])
    #expect(document.annotations[0].layer == "de.example.NamedEntity")
    #expect(document.annotations[0].attributes == [Attribute("value", "PER")])
    #expect(document.annotations[1].attributes == [Attribute("identifier", "http://x/_|")])
    #expect(document.annotations[1].id == "2")
    #expect(
      corpus.report.setAside == ["slot link": 2, "chain link": 2, "relation": 1])
  }

  @Test func oneLayerByName() throws {
    for name in ["webanno.custom.Host", "Host"] {
      let corpus = try readCorpus(sample) { $0.annotationSet = name }
      #expect(corpus.documents[0].annotations.map(\.label) == ["Host", "Host"])
      #expect(corpus.report.setAside["annotation of another layer"] == 6)
    }
    #expect(try readCorpus(sample) { $0.annotationSet = "all" }.report.spans == 8)
    #expect(
      failure(sample) { $0.annotationSet = "Relation" }
        == "test: expected one of the layers de.example.NamedEntity, webanno.custom.Host, "
        + "found \"Relation\"")
  }

  private func file(_ rows: String, version: String = "3.2") -> String {
    "#FORMAT=WebAnno TSV \(version)\n#T_SP=x.Layer|value\n\n\n" + rows
  }

  @Test func textEscapesOfEachVersion() throws {
    for version in ["3", "3.0", "3.1"] {
      let corpus = try readCorpus(
        file(
          "#Text=\\u00e9\\ud83d\\ude0a \\\\[\n1-1\t0-3\té😊\tA\t\n1-2\t4-6\t\\[\t_\t\n",
          version: version))
      #expect(corpus.documents[0].text == "é😊 \\[")
      #expect(corpus.sentences[0].words.map(\.range) == [0..<2, 3..<5])
    }
    // From 3.2 on, \u is no escape.
    let later = try readCorpus(
      file("#Text=\\\\u00e9 \\u\n1-1\t0-6\t\\u00e9\tA\t\n1-2\t7-9\t\\u\t_\t\n"))
    #expect(later.documents[0].text == "\\u00e9 \\u")
  }

  @Test func offsetsOfOtherPrograms() throws {
    let points = try readCorpus(file("#Text=😊 a\n1-1\t0-1\t😊\tA\t\n1-2\t2-3\ta\tB\t\n"))
    #expect(points.sentences[0].words.map(\.range) == [0..<1, 2..<3])
    #expect(points.report.repaired == ["offsets that count code points, not units of UTF-16": 1])
    let bare = try readCorpus(file("1-1\t2-3\ta\tA[1]\t\n1-2\t5-6\tb\tA[1]\t\n"))
    #expect(bare.documents[0].text == "  a  b")
    #expect(describeAnnotations(bare.documents[0]) == "A@a  b")
    #expect(bare.report.repaired == ["sentence without #Text=": 1])
    let leading = try readCorpus(file("#Text=  a\n1-1\t2-3\ta\tA\t\n"))
    #expect(leading.documents[0].text == "  a")
  }

  @Test func numbersJoinSpansWhateverTheirPlaceInTheStack() throws {
    let text = """
      #FORMAT=WebAnno TSV 3.2
      #T_SP=x.Referent|entity|identity

      #Text=a b c
      1-1\t0-1\ta\tperson[1]|place[2]\tX[2]\t
      1-2\t2-3\tb\tplace[2]|person[1]\tX[2]\t
      1-3\t4-5\tc\tperson|person\tY\t

      """
    let document = try readCorpus(text).documents[0]
    #expect(describeAnnotations(document) == "person@a b place@a b person@c person@c")
    #expect(document.annotations.map { $0.attribute("identity") } == [nil, "X", "Y", nil])
  }

  @Test func errorsSayWhere() {
    #expect(
      failure("#FORMAT=WebAnno TSV 2.0\n")
        == "test:1: expected #FORMAT=WebAnno TSV 3.0 to 3.3, found \"#FORMAT=WebAnno TSV 2.0\"")
    #expect(
      failure(file("#Text=a\n1-1\t0-1\ta\n"))
        == "test:6: expected 4 columns with tabs between them, found 3")
    #expect(
      failure(file("#Text=a\n1-1\t0-1\ta\t_\tx\t\n"))
        == "test:6: expected 4 columns with tabs between them, found 5")
    #expect(
      failure(file("#Text=a b\n1-1\t0-1\ta\t_\t\n1-2\t2-3\tc\t_\t\n"))
        == "test:7: expected \"b\", which stands at 2-3, found \"c\"")
    #expect(
      failure(file("#Text=a\n1-1\t0-9\ta\t_\t\n"))
        == "test:6:5: expected offsets inside the sentence, 0–1, found 0-9")
    #expect(
      failure(file("#Text=a\n1-1\t1-0\ta\t_\t\n"))
        == "test:6:5: expected offsets (0-4), the first not after the second, found \"1-0\"")
    #expect(
      failure(file("#Text=a\nx\t0-1\ta\t_\t\n"))
        == "test:6:1: expected a token's number (1-2) or a sub-token's (1-2.1), found \"x\"")
    #expect(
      failure(file("#Text=😊\n1-1\t0-2\t😊\t_\t\n1-1.1\t0-1\t\t_\t\n")).hasPrefix(
        "test:7:7: expected"))
    #expect(
      failure(file("#Text=a\n\n#Text=b\n2-1\t2-3\tb\t_\t\n"))
        == "test:5: expected the rows of the sentence's tokens, found none")
    #expect(
      failure(file("#Text=ab\n1-1\t0-2\tab\t_\t\n\n#Text=c\n2-1\t1-2\tc\t_\t\n"))
        == "test:9: expected an offset from 2, where the sentence before ends, found 1")
    #expect(
      failure(file("#Text=a\n1-1\t999999999-999999999\t\t_\t\n")).contains("expected"))
    #expect(
      failure(file("#Text=a\n1-1\t900000000-900000001\ta\t_\t\n"))
        == "test:6: expected an offset near 0, where the text before ends, found 900000000")
  }

  @Test func damagedFilesAreReadOrRefused() {
    damage(Array(sample.utf8), format: .webannoTSV, seed: 3)
  }
}

@Suite(.enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"))
struct WebAnnoPairTests {
  /// Number of spans, relations, links of slots, links of chains.
  static let pairs: [(name: String, counts: [Int])] = [
    ("testAnnotationWithLeadingWhitespaceAtStart", [1, 0, 0, 0]),
    ("testCrossSentenceSpanWithFeatureValue", [1, 0, 0, 0]),
    ("testMultiTokenChain", [0, 0, 0, 2]),
    ("testMultiTokenStackedSlotFeature", [3, 0, 2, 0]),
    ("testSentenceWithEmoji", [1, 0, 0, 0]),
    ("testSimpleCrossSenenceSlotFeature", [3, 0, 2, 0]),
    ("testSingleNonMultiTokenRelationWithMultipleFeatureValues", [2, 1, 0, 0]),
    ("testSingleStackedNonTokenOverlappingRelationWithoutFeatureValue", [4, 1, 0, 0]),
    ("testSingleTokenRelationWithFeatureValue", [0, 1, 0, 0]),
    ("testStackedChain", [0, 0, 0, 6]),
    ("testStackedSimpleSlotFeatureWithoutValues", [4, 0, 4, 0]),
    ("testSubMultiTokenSpanWithoutFeatureValue2", [1, 0, 0, 0]),
    ("testSubTokenRelation2", [2, 1, 0, 0]),
    ("testTokenBoundedSpanWithAsteriskFeatureValue", [5, 0, 0, 0]),
    ("testTokenBoundedSpanWithUnderscoreFeatureValue", [5, 0, 0, 0]),
    ("testTwoSentencesWithNoSpaceInBetween", [0, 0, 0, 0]),
    ("testZeroLengthSpanBetweenAdjacentTokens", [1, 0, 0, 0]),
    ("testZeroLengthStackedSpansWithoutFeatures", [4, 0, 0, 0]),
  ]

  private func read(_ path: String, as format: CorpusFormat? = nil) throws -> Corpus {
    try CorpusReader.read(
      files: [SharedCorpora.file("webanno-tsv/\(path)")],
      options: CorpusOptions(
        format: format, requiresAnnotations: format == nil, split: plainSplit))
  }

  @Test(arguments: pairs) func counts(name: String, counts: [Int]) throws {
    let corpus = try read("\(name)/reference.tsv")
    #expect(corpus.report.spans == counts[0])
    let reasons = ["relation", "slot link", "chain link"]
    #expect(reasons.map { corpus.report.setAside[$0] ?? 0 } == Array(counts.dropFirst()))
    #expect(corpus.report.setAside.count == counts.dropFirst().count { $0 > 0 })
    #expect(offsetsAgree(corpus))
  }

  /// Layers may have other names in the XMI, and a span without a value is labelled by its layer:
  /// what is the same is where a span stands and the value that it has.
  @Test(arguments: pairs) func readsAsItsXMI(name: String, counts: [Int]) throws {
    let xmi: Corpus
    do {
      xmi = try read("\(name)/reference.xmi", as: .xmi)
    } catch let error as CorpusError where error.kind == .option && error.found == "xmi" {
      return  // This build has no reader of XMI.
    }
    func spans(_ corpus: Corpus) -> [String] {
      corpus.documents[0].annotations.map { annotation in
        var start = annotation.range.lowerBound
        // Its TSV leaves out the white space that the XMI's span begins with.
        if name == "testAnnotationWithLeadingWhitespaceAtStart", start == 0 { start = 1 }
        return "\(start)-\(annotation.range.upperBound) \(annotation.attribute("value") ?? "*")"
      }.sorted()
    }
    let tsv = try read("\(name)/reference.tsv")
    #expect(tsv.documents[0].text == xmi.documents[0].text)
    #expect(spans(tsv) == spans(xmi))
  }
}
