import Foundation
import Testing

@testable import Corpora

@Suite struct PubTatorTests {
  private static let sample = """
    12|t|Liver 😀 and e\u{301} failure.
    12|a|Abstract of é.
    12\t0\t5\tLiver\tDisease\tD1
    12\t15\t22\tfailure\tDisease\tD2|D3\tliver failure|failure
    12\t36\t37\té\tChemical\t-1\tx\ty
    12\tCID\tD1\tD2

    13|t|No abstract
    13|a|
    13\t0\t2\tNo\tX\tC

    """

  private static func spans(_ corpus: Corpus) -> [String] {
    corpus.documents.flatMap { document in
      let text = Array(document.text.unicodeScalars)
      return document.annotations.map { "\($0.label) \(String(scalars: text[$0.range]))" }
    }
  }

  @Test func documentsAreReadAsWritten() throws {
    let corpus = try readCorpus(Self.sample)
    #expect(corpus.format == .pubtator)
    #expect(corpus.documents.map(\.id) == ["12", "13"])
    #expect(corpus.documents[1].text == "No abstract\n")
    #expect(corpus.documents[0].sections.map(\.range) == [0..<23, 24..<38])
    #expect(corpus.documents[1].sections.map(\.range) == [0..<11, 12..<12])
    #expect(corpus.documents[0].sections[1].attributes == [Attribute("type", "abstract")])
    #expect(
      Self.spans(corpus) == ["Disease Liver", "Disease failure", "Chemical é", "X No"])
    #expect(
      corpus.documents[0].annotations[1].attributes
        == [Attribute("concept", "D2|D3"), Attribute("mentions", "liver failure|failure")])
    #expect(corpus.documents[0].annotations[2].attributes.last == Attribute("column 8", "y"))
    #expect(corpus.report.setAside == ["relations": 1])
    #expect(corpus.report.repaired.isEmpty)
  }

  @Test func carriageReturnsAndMarksDoNotCount() throws {
    let plain = try readCorpus(Self.sample)
    let text = Self.sample.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] }
    let other = try readCorpus([0xEF, 0xBB, 0xBF] + text)
    #expect(other.format == .pubtator)
    #expect(other.documents == plain.documents)
    // No blank line between documents, none at the end.
    let tight = try readCorpus("1|t|a b\n1\t0\t1\ta\tX\n2|t|c\n2|a|d\n2\t2\t3\td\tY\tZ")
    #expect(tight.documents.map(\.text) == ["a b", "c\nd"])
    #expect(Self.spans(tight) == ["X a", "Y d"])
  }

  @Test func otherUnitsAndPlacesAreRepaired() throws {
    let wide = try readCorpus("1|t|😀 b cc\n1\t3\t4\tb\tX\n1\t5\t7\tcc\tX\n")
    #expect(Self.spans(wide) == ["X b", "X cc"])
    #expect(wide.report.repaired == ["offsets in UTF-16 units": 2])
    let bytes = try readCorpus("1|t|é b cc\n1\t3\t4\tb\tX\n1\t5\t7\tcc\tX\n")
    #expect(bytes.report.repaired == ["offsets in bytes": 2])
    let other = try readCorpus(
      "1|t|one two\n1\t1\t4\tone\tX\n1\t4\t7\tTwo\t\n1\t0\t3\tzzz\tX\n1\t90\t93\ttwo\tX\n"
        + "1\t5\t2\tq\tX\n1\t-1\t2\tone\tX\n1\t99999999999999\t2\tone\tX\n")
    #expect(Self.spans(other) == ["X one", "entity two"])
    #expect(
      other.report.repaired == [
        "annotation moved to its text nearby": 1, "annotation whose text differs in case": 1,
        "annotation without a type, labelled entity": 1,
      ])
    #expect(
      other.report.setAside == [
        "annotation whose text is not at its location": 1, "location that is not in the text": 4,
      ])
  }

  @Test func wrongLinesAreErrors() {
    for (text, message) in [
      ("1|t|a\nwhat\n", "test:2: expected id|t|title"), ("1\t0\t1\ta\tX\n", "test:1: expected"),
      ("1|t|a\n2\t0\t1\ta\tX\n", "test:2: expected a line of document \"1\""),
      ("1|t|a\n1\t0\t1\n", "test:2: expected id, start, end"),
      ("1|t|a\n1\t99999999999999999999\t1\ta\tX\n", "test:2: expected id, start, end"),
      ("", "empty corpus"),
    ] {
      #expect(failure(text) { $0.format = .pubtator }.contains(message))
    }
  }

  @Test func damageIsNoCrash() {
    let bytes = Array(Self.sample.utf8)
    for count in 0..<bytes.count {
      #expect(!failure(Array(bytes[..<count])) { $0.format = .pubtator }.hasPrefix("another"))
    }
    expectNoCrash(bytes, as: .pubtator, seed: 78)
  }
}
