import Foundation
import Testing

@testable import Corpora

@Suite struct StandoffXMLTests {
  private static let sample = """
    <?xml version="1.0" encoding="UTF-8"?>
    <document id="D.1" origId="9">
      <sentence id="D.1.s0" text="Aspirin &amp; oral or nasal drops. Yes">
        <entity id="e0" charOffset="0-6" type="drug" text="Aspirin" given="x"/>
        <entity id="e1" charOffset="10-13;24-28" type="group" text="oral drops"/>
        <pair id="p0" e1="e0" e2="e1" ddi="false"/>
      </sentence>
      <sentence id="D.1.s1" text="Caf&#233; 😀 ibuprofen"><entity id="e2" charOffset="7-15"
        type="drug" text="ibuprofen"></entity></sentence>
    </document>
    """

  private static func document(_ text: String, _ entities: String) -> String {
    "<document id='d'><sentence id='s' text='\(text)'>\(entities)</sentence></document>"
  }

  private static func entity(_ offset: String, _ text: String, type: String = "X") -> String {
    "<entity charOffset='\(offset)' type='\(type)' text='\(text)'/>"
  }

  private static func spans(_ corpus: Corpus) -> [String] {
    corpus.documents.flatMap { document in
      let text = Array(document.text.unicodeScalars)
      return document.annotations.map { annotation in
        let pieces = annotation.fragments.map { String(scalars: text[$0]) }
        return "\(annotation.label) \(pieces.joined(separator: "|"))"
      }
    }
  }

  @Test func sentencesAreReadWithInclusiveEnds() throws {
    let corpus = try readCorpus(Self.sample)
    #expect(corpus.format == .standoffXML)
    let document = try #require(corpus.documents.first)
    #expect(document.id == "D.1")
    #expect(document.attributes == [Attribute("origId", "9")])
    #expect(document.text == "Aspirin & oral or nasal drops. Yes\nCafé 😀 ibuprofen")
    #expect(Self.spans(corpus) == ["drug Aspirin", "group oral|drops", "drug ibuprofen"])
    #expect(document.annotations.map(\.id) == ["e0", "e1", "e2"])
    #expect(document.annotations[0].attributes == [Attribute("given", "x")])
    #expect(document.sections.map(\.range) == [0..<34, 35..<51])
    #expect(document.sections[0].attributes == [Attribute("id", "D.1.s0")])
    // A sentence is one, whatever a splitter would find in it.
    #expect(corpus.sentences.count == 2)
    #expect(corpus.report.setAside == ["relations": 1])
    #expect(corpus.report.repaired.isEmpty)
  }

  @Test func exclusiveEndsAreTold() throws {
    let one = Self.document(
      "ab cd ef", Self.entity("0-2", "ab") + Self.entity("3-5,6-8", "cd ef"))
    let corpus = try readCorpus(
      "<corpus>\(one)<document><sentence text='gh ij'>\(Self.entity("3-5", "ij"))</sentence>"
        + "</document></corpus>")
    #expect(Self.spans(corpus) == ["X ab", "X cd|ef", "X ij"])
    #expect(corpus.report.repaired.isEmpty)
    #expect(corpus.documents.count == 2)
  }

  @Test func misalignedOnesAreRepairedOrSetAside() throws {
    let corpus = try readCorpus(
      Self.document(
        "one two three 😀 four six",
        Self.entity("0-2", "one") + Self.entity("8-12", "three") + Self.entity("4-7", "two")
          + Self.entity("7-11", "three") + Self.entity("17-20", "four")
          + Self.entity("1-9", "one") + Self.entity("0-2", "zzz") + Self.entity("900-905", "one")
          + Self.entity("-5--2", "one") + Self.entity("9", "one") + Self.entity("0-2", "ONE")
          + Self.entity("5-3", "zz") + Self.entity("4-6", "") + Self.entity("4-6", "two", type: "")
          + Self.entity("99999999999999999999-4", "q")
          + "<entity type='X' text='one'/><mark/><pair/>"))
    #expect(
      Self.spans(corpus) == [
        "X one", "X three", "X two", "X three", "X four", "X one", "X one", "X two", "entity two",
      ])
    #expect(
      corpus.report.repaired == [
        "exclusive end among inclusive ones": 1, "annotation moved by one": 1,
        "offsets in UTF-16 units": 1, "annotation moved to its text nearby": 1,
        "annotation whose text differs in case": 1,
        "annotation without text taken by its offsets": 1,
        "annotation without a type, labelled entity": 1,
      ])
    #expect(
      corpus.report.setAside == [
        "annotation whose text is not at its location": 1, "location that is not in the text": 2,
        "entity without a charOffset that can be read": 4,
        "elements of sentences that are no entities": 1, "relations": 1,
      ])
  }

  @Test func sentencesNeedNoDocument() throws {
    let corpus = try readCorpus(
      "<sentences><entity/><sentence text='a b'>\(Self.entity("0-0", "a"))</sentence>x</sentences>")
    #expect(Self.spans(corpus) == ["X a"])
    #expect(
      corpus.report.setAside
        == ["entities outside of sentences": 1, "text outside of attributes": 1])
  }

  @Test func wrongNestingIsAnError() {
    for text in [
      "<document>\n<document/></document>", "<document>\n<sentence id='1'/></document>",
      "<document><sentence text='a'>\n<sentence text='b'/></sentence></document>",
    ] {
      #expect(failure(text) { $0.format = .standoffXML }.hasPrefix("test:2"))
    }
  }

  @Test func damageIsNoCrash() {
    let bytes = Array(Self.sample.utf8)
    for count in 0..<bytes.count {
      #expect(failure(Array(bytes[..<count])) { $0.format = .standoffXML }.hasPrefix("test"))
    }
    expectNoCrash(bytes, as: .standoffXML, seed: 80)
    let many = (0..<50_000).map { _ in "0-2" }.joined(separator: ";")
    let white = String(repeating: " ", count: 20_000)
    let long = String(repeating: Self.entity("0-19999", "w"), count: 2000)
    for text in [
      Self.document("one", Self.entity(many, "one")), Self.document(white + "w", long),
    ] {
      #expect(failure(text).hasPrefix("read"))
    }
  }
}
