import Corpora
import Foundation
import Testing

/// XML that is well formed and means harm, and encodings that are not what they seem.
@Suite struct HostileXMLTests {
  private static func inSubset(_ declarations: String, _ body: String) -> String {
    "<!DOCTYPE doc [\(declarations)]>\n<doc><p>\(body)</p></doc>"
  }

  /// Lists of attributes that cost libxml2 quadratic time.
  private enum Lists: String, CaseIterable {
    case defaults
    case enumeration
    case references

    var text: String {
      switch self {
      case .defaults:
        var text = ""
        for list in 0..<60 {
          text += "<!ATTLIST PER"
          for index in 0..<900 { text += " a\(list)_\(index) CDATA \"<x>\"" }
          text += ">"
        }
        return text
      case .enumeration:
        let values = (0..<60_000).map { "v\($0)" }
        return "<!ATTLIST PER a (" + values.joined(separator: "|") + ") 'v1'>"
      case .references: return "<!ATTLIST PER a IDREF #IMPLIED b ID #IMPLIED\n>"
      }
    }
  }

  @Test("A document's own DTD costs no time", .timeLimit(.minutes(1)), arguments: Lists.allCases)
  private func attributeLists(lists: Lists) throws {
    let body = String(repeating: "<PER a=\"v1\">Ann</PER> ", count: 5000)
    let corpus = try readCorpus(Self.inSubset(lists.text, body))
    #expect(corpus.report.spans == 5000)
    #expect(corpus.documents[0].annotations.allSatisfy { $0.attributes.count == 1 })
  }

  @Test func attributeListsInUTF16() throws {
    let text = Self.inSubset(
      "<!ATTLIST PER a CDATA \">\" b (ü|v) 'ü'\n><!ELEMENT PER (#PCDATA)>",
      "<PER a=\"é\">Ann</PER> ging")
    for highFirst in [true, false] {
      for hasMark in [true, false] {
        let whole =
          hasMark ? "\u{FEFF}" + text : "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + text
        let bytes = whole.utf16.flatMap { unit -> [UInt8] in
          let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
          return highFirst ? [high, low] : [low, high]
        }
        let corpus = try readCorpus(bytes)
        #expect(corpus.format == .inlineXML)
        #expect(corpus.documents[0].text == "Ann ging")
        #expect(annotated(corpus) == ["PER:Ann {a=é}"])
        #expect(throws: CorpusError.self) { try readCorpus(bytes + [0x20]) }
      }
    }
  }

  @Test("An entity declaration is refused wherever it hides")
  func entitiesInLists() {
    for declarations in [
      "<!ATTLIST PER a CDATA \"x\"><!ENTITY e \"f\">", "<!ATTLIST PER\n><!ENTITY % e SYSTEM 'f'>",
      "<!ATTLIST><!ENTITY e \"f\">", "<!-- ]> --><!ENTITY e \"f\">",
    ] {
      let error = #expect(throws: CorpusError.self) {
        try readCorpus(Self.inSubset(declarations, "<PER>Ann</PER> x"))
      }
      #expect(error?.description.contains("entity declarations") ?? false)
    }
  }

  @Test func identifiersThatAreNoneAreRead() throws {
    let corpus = try readCorpus(
      "<doc xmlns:n=\"no uri\"><p><PER xml:id=\"1\">Ann</PER> <PER xml:id=\"1\">Bob</PER> x</p></doc>"
    )
    #expect(annotated(corpus) == ["PER:Ann #1", "PER:Bob #1"])
  }

  @Test func inclusionsAreNotRead() throws {
    let corpus = try readCorpus(
      """
      <doc xmlns:xi="http://www.w3.org/2001/XInclude"><p><PER>Ann</PER> went
      <xi:include href="file:///etc/hostname" parse="text"><xi:fallback>or not</xi:fallback></xi:include></p></doc>
      """)
    #expect(corpus.documents[0].text == "Ann went")
    #expect(corpus.report.setAside["XInclude: what it names is not read"] == 1)
  }

  @Test func lengthsHaveTheirMessage() {
    let long = String(repeating: "wort ", count: 2_100_000)
    for text in ["<doc><PER>A</PER> \(long)</doc>", "<doc><!-- \(long)--><PER>A</PER> x</doc>"] {
      let error = #expect(throws: CorpusError.self) { try readCorpus(text) }
      #expect(error?.description.contains("at most 10 MB") ?? false)
    }
  }
}

/// Corpora in shapes that differ from what their formats' descriptions say.
@Suite struct XMLShapeTests {
  @Test func timeMLWithNames() throws {
    let corpus = try readCorpus(
      """
      <TimeML><s>On <TIMEX3 tid="t1" type="DATE">Monday</TIMEX3> <ENAMEX TYPE="PERSON">Ann</ENAMEX>
      paid <NUMEX TYPE="MONEY">$5</NUMEX> <NG>to all</NG>.</s></TimeML>
      """)
    #expect(corpus.format == .timeML)
    #expect(annotated(corpus) == ["DATE:Monday #t1", "PERSON:Ann", "MONEY:$5"])
    #expect(corpus.report.setAside["<NG> in running text, taken for no entity"] == 1)
  }

  @Test func firstHarem() throws {
    let corpus = try readCorpus(
      """
      <DOCS><DOC><DOCID>H-1</DOCID><GENERO>Web</GENERO><ORIGEM>PT</ORIGEM>
      <TEXTO><EM CATEG="PESSOA">Ana</EM> foi.</TEXTO></DOC></DOCS>
      """)
    #expect(corpus.format == .harem)
    #expect(corpus.documents.map(\.id) == ["H-1"])
    #expect(corpus.documents[0].text == "Ana foi.")
    #expect(
      corpus.documents[0].attributes == [Attribute("GENERO", "Web"), Attribute("ORIGEM", "PT")])
    #expect(corpus.report.setAside.isEmpty)
  }

  @Test func dictionaryInTEI() throws {
    let corpus = try readCorpus(
      """
      <TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><entry><form><orth>Linz</orth><pron>l</pron></form>\
      <sense><def>in <placeName>Austria</placeName></def><cit><quote>at Linz</quote></cit></sense>\
      </entry></body></text></TEI>
      """)
    #expect(corpus.documents[0].text == "Linz l\nin Austria at Linz")
    #expect(annotated(corpus) == ["placeName:Austria"])
  }

  @Test func clinicalTypesAreLabelledByTheirName() throws {
    let corpus = try readCorpus(
      """
      <xmi:XMI xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"
       xmlns:t="http:///org/apache/ctakes/typesystem/type/textsem.ecore"><cas:NULL xmi:id="0"/>
      <cas:Sofa xmi:id="6" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="He has fever."/>
      <t:SignSymptomMention xmi:id="20" sofa="6" begin="7" end="12" id="0" typeID="3" subject="patient"/>
      <cas:View sofa="6" members="20"/></xmi:XMI>
      """)
    #expect(corpus.documents[0].annotations.map(\.label) == ["SignSymptomMention"])
  }
}

/// Documents that a caller has put together wrongly.
@Suite struct OutsideTextTests {
  @Test func annotationsOutsideTheTextAreErrors() {
    let document = Document(
      id: "1", text: "Ann", sentences: [],
      annotations: [Annotation(label: "PER", fragments: [9..<17])])
    let error = #expect(throws: CorpusError.self) {
      try JSONLinesWriter(split: plainSplit, nesting: .outermost).bytes(of: document)
    }
    #expect(error?.description.contains("inside the text") ?? false)
  }
}

/// Ids that are written because other readers want them.
@Suite struct BioCIdTests {
  @Test func everyAnnotationHasAnId() throws {
    for attributes in [[], [Attribute("enxerto.idPrefix", "e")]] {
      let document = Document(
        id: "1", text: "Ann and Bob", sentences: [],
        annotations: [
          Annotation(label: "PER", fragments: [0..<3]),
          Annotation(label: "PER", fragments: [0..<3], id: "ee1"),
          Annotation(label: "PER", fragments: [8..<11]),
        ], attributes: attributes)
      let writer = BioCWriter()
      let bytes = try writer.prologue + writer.bytes(of: document) + writer.epilogue
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("<annotation id=\"eee1\">"))
      #expect(!text.contains("<annotation>"))
      let read = try readCorpus(bytes).documents[0]
      #expect(read.annotations == document.annotations)
      #expect(read.attributes == attributes)
    }
  }
}
