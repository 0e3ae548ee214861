import Corpora
import Foundation
import Testing

/// XML that is not ours, with elements as labels.
@Suite struct AnyXMLTests {
  private func entities(_ names: String...) -> (inout CorpusOptions) -> Void {
    { $0.entityElements = names.compactMap { EntityElement($0) } }
  }

  @Test func optionsSayWhatIsAnEntity() throws {
    let text =
      "<r xmlns:n=\"urn:n\"><p>At <n:town k=\"GPE\" id=\"t\">Porto</n:town> <i>was</i> <who>Ana</who>.</p></r>"
    let mapped = try readCorpus(text, entities("town@k", "who=PER"))
    #expect(annotated(mapped) == ["GPE:Porto #t", "PER:Ana"])
    #expect(mapped.documents[0].text == "At Porto was Ana.")
    let named = try readCorpus(text, entities("town"))
    #expect(annotated(named) == ["town:Porto #t {k=GPE}"])
    let all = try readCorpus(text, entities("*"))
    #expect(annotated(all) == ["town:Porto #t {k=GPE}", "i:was", "who:Ana"])
    let missing = try readCorpus(text, entities("who@k", "town"))
    #expect(missing.report.setAside == ["<who> without k": 1])
    let sentences = try readCorpus("<c><s><b>A</b> <PER>B</PER></s></c>", entities("PER"))
    #expect(sentences.sentences.map(describe) == ["A/B [PER 1-2]"])
  }

  @Test func knownElementsNeedNoOption() throws {
    let corpus = try readCorpus(
      """
      <doc><title>News</title><p><PER>Ana</PER> saw <entity type="ORG">R&amp;D</entity>
       and <PRODUCT>Xa</PRODUCT>. <b>Bold</b>ly.</p><META>m</META><p>End</p></doc>
      """)
    #expect(corpus.format == .inlineXML)
    #expect(annotated(corpus) == ["PER:Ana", "ORG:R&D", "PRODUCT:Xa"])
    #expect(corpus.documents[0].text == "News\nAna saw R&D and Xa. Boldly.\nm\nEnd")
    #expect(corpus.report.setAside == ["elements in capitals that stand alone in their block": 1])
    #expect(
      corpus.sentences.map(describe) == [
        "News []", "Ana/saw/R&D/and/Xa/. [PER 0-1 ORG 2-3 PRODUCT 4-5]", "Boldly/. []", "m []",
        "End []",
      ])
  }

  @Test func withoutEntitiesTheOptionIsNamed() throws {
    let text = "<r><p>plain <thing>text</thing></p></r>"
    #expect {
      _ = try readCorpus(text)
    } throws: { error in
      "\(error)".contains("--entity") && (error as? CorpusError)?.kind == .option
    }
    #expect(throws: CorpusError.self) { _ = try readCorpus(text, entities("other")) }
    let bare = try readCorpus(text) { $0.requiresAnnotations = false }
    #expect(bare.documents[0].text == "plain text")
  }

  @Test func unknownElementsArePlacedByTheText() throws {
    let corpus = try readCorpus(
      "<r><chapter><verse>One</verse><verse>Two <x>in</x>side <PER>A</PER></verse></chapter>"
        + "<verse><x>Ana</x>'s</verse></r>")
    #expect(corpus.documents[0].text == "One\nTwo inside A\nAna's")
  }

  @Test func commentsInstructionsAndReferencesStayInWords() throws {
    let corpus = try readCorpus(
      "<c><s>a<!-- x -->b<?p i?>c <PER>&#x1F600;<![CDATA[<]]>&amp;</PER>d \u{1F468}\u{200D}\u{1F469} "
        + "<LOC>x</LOC></s></c>")
    #expect(corpus.documents[0].text == "abc 😀<&d \u{1F468}\u{200D}\u{1F469} x")
    #expect(corpus.documents[0].annotations.map(\.range) == [4..<7, 13..<14])
    let kept = try readCorpus("<c><s xml:space=\"preserve\"> a \n <PER> b </PER></s></c>")
    #expect(kept.documents[0].text == " a \n  b ")
    #expect(kept.documents[0].annotations[0].range == 5..<8)
  }

  @Test func attributesLayersAndIdsAreKept() throws {
    let corpus = try readCorpus(
      "<c><document id='d' k='v' xml:lang='pt'><s><PER id='1' g='f'>A</PER></s></document></c>")
    #expect(annotated(corpus) == ["PER:A #1 {g=f}"])
    #expect(corpus.documents[0].attributes == [Attribute("k", "v"), Attribute("xml:lang", "pt")])
  }

  @Test func formatsAreToldFromEachOther() throws {
    let formats: [(CorpusFormat, String)] = [
      (.enamex, "<d>a <NUMEX ID='1' TYPE='X'>b</NUMEX></d>"),
      (.inlineXML, "<d><s>ENAMEX TYPE=</s></d>"),
      (.inlineXML, "<d><s><EMPTY CATEG='x'>a</EMPTY> <ENAMEX>b</ENAMEX></s></d>"),
      (.harem, "<d>a <EM\n ID='1' CATEG='X'>b</EM></d>"),
      (.genia, "<d><cons lex='a' sem='G#b'>c</cons></d>"),
      (.tei, "<!-- x --><t:TEI xmlns:t='http://www.tei-c.org/ns/1.0'><t:text>a</t:text></t:TEI>"),
      (.timeML, "<?xml version='1.0'?><TimeML>a <EVENT>b</EVENT></TimeML>"),
      (.verticalXML, "<doc>\n<s>\na\tb\n</s>\n</doc>"),
    ]
    for (format, text) in formats { #expect(try readCorpus(text).format == format, "\(text)") }
    let bytes = try #require(
      "\u{FEFF}<d>a <EM CATEG='X'>é😀</EM> b</d>".data(using: .utf16LittleEndian))
    let corpus = try readCorpus([UInt8](bytes))
    #expect(corpus.format == .harem)
    #expect(corpus.documents[0].annotations.map(\.range) == [2..<4])
  }

  @Test func safety() throws {
    func failure(_ text: String, _ change: (inout CorpusOptions) -> Void = { _ in }) -> String {
      do {
        _ = try readCorpus(text, change)
        return "none"
      } catch { return "\(error)" }
    }
    let body = "<c><s>a <X>b</X></s></c>"
    for prologue in [
      "<!DOCTYPE c PUBLIC \"-//X//Y\" \"http://localhost:1/x.dtd\">",
      "<!DOCTYPE c [<!-- none -->]>",
      "<!DOCTYPE c [\n]>", "<?xml version='1.0' standalone='yes'?>",
      "<?xml version='1.0' standalone='no'?><!DOCTYPE c SYSTEM 'x.dtd'>",
    ] { #expect(failure(prologue + body) == "none", "\(prologue)") }
    let include = try readCorpus(
      "<c xmlns:i='http://www.w3.org/2001/XInclude'><s>a <i:include href='/etc/hostname'/>b</s></c>"
    )
    #expect(include.documents[0].text == "a b")
    #expect(include.documents[0].annotations.isEmpty)
    #expect(include.report.setAside["XInclude: what it names is not read"] == 1)
    #expect(failure("<c><s><X k='&lt;&#38;&x;'>a</X></s></c>").contains("predefined"))
    #expect(failure("<!DOCTYPE c [<!ATTLIST X k CDATA 'v'>]>" + body) == "none")
    #expect(failure("<!DOCTYPE c [<!ENTITY a 'b'>]>" + body).contains("<!ENTITY"))
    let flat =
      String(repeating: "<PER>", count: 150) + "a" + String(repeating: "</PER>", count: 150)
    #expect(failure("<c><s>\(flat)</s></c>") == "none")
    let many = (0..<900).map { " a\($0)='v'" }.joined()
    #expect(failure("<c><s><X\(many)>a</X></s></c>") == "none")
  }
}
