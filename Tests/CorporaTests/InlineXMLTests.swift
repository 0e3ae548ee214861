import Corpora
import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct InlineXMLTests {
  @Test func readsSentencesWithLabels() throws {
    let corpus = try readCorpus(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- made for this test -->
      <corpus>
        <document id="a">
          <s> <PER>Ana  Reis</PER>, of <ORG>R&amp;D</ORG>, saw
              <LOC>São <!-- x -->Paulo</LOC>. </s>
          <s>No name. Here!</s>
        </document>
        <document><s><PER>é&#x301;</PER>s</s></document>
      </corpus>
      """)
    #expect(corpus.format == .inlineXML)
    #expect(corpus.scheme == nil)
    #expect(corpus.isAnnotated)
    #expect(corpus.documents.map(\.id) == ["a", nil])
    #expect(corpus.documents[0].text == "Ana  Reis, of R&D, saw São Paulo.\nNo name. Here!")
    #expect(
      corpus.sentences.map(describe) == [
        "Ana/Reis/,/of/R&D/,/saw/São/Paulo/. [PER 0-2 ORG 4-5 LOC 7-9]",
        "No/name/./Here/! []", "é\u{301}/s [PER 0-1]",
      ])
    #expect(corpus.sentences[0].words[1].spaceAfter == false)
    #expect(corpus.sentences[0].words[0].spaceAfter)
    #expect(corpus.sentences[2].words[0].spaceAfter == false)
    #expect(corpus.report.spans == 4)
    #expect(offsetsAgree(corpus))
  }

  @Test func nestedElementsAreSetAsideAndCounted() throws {
    let corpus = try readCorpus(
      "<c><s><ORG><LOC>Porto</LOC> Bank</ORG> and <PER/> <A><B>x</B></A></s></c>")
    #expect(corpus.sentences.map(describe) == ["Porto/Bank/and/x [ORG 0-2 A 3-4]"])
    #expect(corpus.report.notFlat == ["nested in another span": 2, "without a word": 1])
  }

  @Test func labelsCutWords() throws {
    let corpus = try readCorpus("<c><s>anti-<PER>Kant</PER>ian <LOC>a</LOC><LOC>b</LOC></s></c>")
    #expect(
      corpus.sentences.map(describe) == ["anti-/Kant/ian/a/b [PER 1-2 LOC 3-4 LOC 4-5]"])
  }

  @Test func whatIsOutOfPlaceIsRefused() {
    #expect(
      failure("<c>\n<s>a</s> stray</c>").hasPrefix("test:2:")
        && failure("<c>\n<s>a</s> stray</c>").contains("expected text inside <s> only"))
    #expect(failure("<c><s>a<s>b</s></s></c>").contains("found <s> inside a sentence"))
    #expect(failure("<c></c>").contains("found an empty corpus"))
  }

  @Test func cdataAndOtherEncodingsAreRead() throws {
    let cdata = try readCorpus("<c><s>a <X><![CDATA[<b> & c]]></X></s></c>")
    #expect(cdata.sentences.map(describe) == ["a/<b>/&/c [X 1-4]"])
    let latin1 =
      Array("<?xml version='1.0' encoding='ISO-8859-1'?><c><s><X>caf".utf8) + [0xE9]
      + Array("</X></s></c>".utf8)
    #expect(try readCorpus(latin1).sentences.map(describe) == ["café [X 0-1]"])
    let named = Array("<c><s><X>caf".utf8) + [0xE9] + Array("</X></s></c>".utf8)
    #expect(
      try readCorpus(named) { $0.encoding = .latin1 }.sentences.map(describe)
        == ["café [X 0-1]"])
    for order in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      let text = "\u{FEFF}<c><s><X>café ☃ 㰀</X></s></c>"
      let bytes = [UInt8](try #require(text.data(using: order)))
      #expect(try readCorpus(bytes).sentences.map(describe) == ["café/☃/㰀 [X 0-3]"])
    }
  }

  private func sentence(_ doctype: String, _ text: String) -> String {
    "<?xml version=\"1.0\"?>\n\(doctype)\n<c><s>\(text)</s></c>"
  }

  @Test func aBareDoctypeIsAcceptedAndNeverLoaded() throws {
    let text = sentence("<!DOCTYPE c SYSTEM \"BioC.dtd\">", "a <X>b</X>")
    #expect(try readCorpus(text).sentences.map(describe) == ["a/b [X 1-2]"])
    let elements = sentence("<!DOCTYPE c [ <!ELEMENT c ANY> <!-- <!ENTITY --> ]>", "x")
    #expect(try readCorpus(elements).sentences.map(describe) == ["x []"])
  }

  @Test func entitiesAreRefused() {
    let bomb =
      "<!DOCTYPE c [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">"
      + "<!ENTITY c \"&b;&b;&b;&b;&b;\">]>"
    #expect(
      failure(sentence(bomb, "&c;"))
        == "test:2:21: expected no entity declarations (only the five predefined entities are "
        + "read), found <!ENTITY")
    let external = "<!DOCTYPE c [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
    #expect(failure(sentence(external, "&x;")).contains("found <!ENTITY"))
    let parameter = "<!DOCTYPE c [<!ENTITY % x SYSTEM \"http://localhost:1/x\"> %x;]>"
    #expect(failure(sentence(parameter, "a")).contains("found <!ENTITY"))
    let undefined = failure(sentence("", "a&nbsp;b"))
    #expect(undefined.hasPrefix("test:3:"))
    #expect(undefined.contains("expected only the five predefined entities"))
    #expect(undefined.contains("nbsp"))
    // With an external DTD libxml2 itself only warns.
    let warned = failure(sentence("<!DOCTYPE c SYSTEM \"x.dtd\">", "a&nbsp;b"))
    #expect(warned.contains("expected only the five predefined entities"))
    let attribute = failure(
      sentence("<!DOCTYPE c SYSTEM \"x.dtd\">", "<X k=\"&nbsp;\">b</X>"))
    #expect(attribute.contains("expected only the five predefined entities"))
  }

  @Test func brokenDocumentsAreRefusedWithTheirPlace() {
    #expect(failure("<c><s>a</s>").contains("expected well-formed XML"))
    #expect(failure("<c>\n<s>a</X></s></c>").hasPrefix("test:2:"))
    #expect(failure("<c><s>a</s></c><d/>").contains("expected well-formed XML"))
    #expect(failure("<c><s>a & b</s></c>").contains("expected well-formed XML"))
    #expect(failure("<c><s>\u{1}</s></c>").contains("expected well-formed XML"))
    #expect(
      failure(Array("<c><s>a".utf8) + [0xFF] + Array("b</s></c>".utf8))
        .contains("expected well-formed XML"))
    #expect(failure("<c><p:s>a</p:s></c>").contains("expected well-formed XML"))
    #expect(failure("<?xml version='1.0' encoding='UTF-7'?><c/>").contains("found \"UTF-7\""))
    #expect(
      failure([0x3C, 0, 0, 0, 0x63, 0, 0, 0]) { $0.format = .inlineXML }.contains("encoding"))
    #expect(failure("") { $0.format = .inlineXML }.hasPrefix("test"))
  }

  @Test func depthAndAttributesAreBounded() {
    let deep = String(repeating: "<x>", count: 100_000)
    #expect(failure("<c><s>" + deep).contains("expected elements at most 200 deep"))
    let attributes = (0..<200_000).map { " a\($0)=\"\"" }.joined()
    let limit = Duration.seconds(5)
    let time = computingTime(within: limit) {
      #expect(
        failure("<c><s><x\(attributes)/></s></c>")
          .contains("expected tags of at most 1000 attributes"))
    }
    #expect(time < limit)
    let value = String(repeating: "x", count: 2 << 20)
    #expect(failure("<c><s k=\"\(value)\">a</s></c>").contains("expected tags of at most 1048576"))
  }

  @Test func damagedDocumentsNeverCrash() throws {
    let seed: UInt64 = 5
    var random = RandomStream(seed: seed, purpose: "cases")
    let start = Array(
      "<?xml version='1.0'?><!DOCTYPE c [<!ELEMENT s ANY>]><c><document id='1'><s>a <X y='&lt;'>b&#65;</X><![CDATA[c]]><!-- d --></s></document></c>"
        .utf8)
    for round in 0..<1500 {
      var bytes = start
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        default:
          bytes.insert(
            contentsOf: Array("<>&]-!\"'".utf8).shuffled(using: &random).prefix(2), at: place)
        }
      }
      let outcome = failure(bytes) { $0.format = .inlineXML }
      #expect(!outcome.hasPrefix("another error"), "seed \(seed), round \(round): \(outcome)")
    }
  }

  @Test func longDocumentsStream() throws {
    var text = "<c>"
    for index in 0..<20_000 { text += "<s><PER>Ana\(index)</PER> went to <LOC>Porto</LOC>.</s>\n" }
    text += "</c>"
    var corpus: Corpus?
    let megabytes = Double(text.utf8.count) / 1e6
    let time = try computingTime(within: .seconds(megabytes / 0.3)) {
      corpus = try readCorpus(text)
    }
    #expect(corpus?.report.spans == 40_000)
    #expect(corpus.map(offsetsAgree) == true)
    let rate = megabytes / (time / .seconds(1))
    print("inline XML: \(rate) MB/s")
    #expect(rate > 0.3)
  }
}
