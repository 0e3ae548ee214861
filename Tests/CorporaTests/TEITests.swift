import Corpora
import Foundation
import Testing

@Suite struct TEITests {
  private func tei(_ body: String, header: String = "") -> String {
    "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\" xml:id=\"d\"><teiHeader>\(header)</teiHeader>"
      + "<text><body>\(body)</body></text></TEI>"
  }

  @Test func entitiesAndTheirLabels() throws {
    let corpus = try readCorpus(
      tei(
        """
        <head>Nr. <hi>1</hi></head>
          <p>An <rs type="person" ref="#p1" xml:id="x"><forename>Ana</forename>
             <surname>Reis</surname> in <placeName key="k">Porto</placeName></rs>, <name type="ship">Argo</name>,
             <name>N</name>, <orgName type="bank">B</orgName> <date when="1900">1900</date>.</p>
        """, header: "<title>T</title><persName>Not text</persName>"))
    #expect(corpus.format == .tei)
    #expect(corpus.documents[0].id == "d")
    #expect(corpus.documents[0].text == "Nr. 1\nAn Ana Reis in Porto, Argo, N, B 1900.")
    #expect(
      annotated(corpus) == [
        "person:Ana Reis in Porto #x {ref=#p1}", "placeName:Porto {key=k}", "ship:Argo", "name:N",
        "orgName:B {type=bank}",
      ])
    #expect(
      corpus.report.setAside == ["annotation in <teiHeader>, which is not read": 1])
    #expect(offsetsAgree(corpus))
  }

  @Test func namespacesCountAndPrefixesDoNot() throws {
    let corpus = try readCorpus(
      "<t:teiCorpus xmlns:t=\"http://www.tei-c.org/ns/1.0\" xmlns:o=\"urn:o\"><t:teiHeader/>"
        + "<t:TEI xml:id=\"a\"><t:text><t:p><t:persName>A</t:persName><o:persName>b</o:persName></t:p>"
        + "</t:text></t:TEI><t:TEI><t:text>c</t:text></t:TEI></t:teiCorpus>")
    #expect(corpus.format == .tei)
    #expect(corpus.documents.map(\.id) == ["a", nil])
    #expect(annotated(corpus) == ["persName:A"])
    #expect(corpus.documents.map(\.text) == ["Ab", "c"])
    let named = try readCorpus(tei("<p><a:x xmlns:a=\"urn:a\" n=\"N|M\">v</a:x></p>")) {
      $0.entityElements = [EntityElement("x@n")].compactMap(\.self)
    }
    #expect(annotated(named) == ["N:v {n=N|M}"])
  }

  @Test func breaksAndWhiteSpace() throws {
    let corpus = try readCorpus(
      tei(
        "<p>one<lb/>two auf\n <lb break=\"no\"/>\n gehen<pb n=\"2\"/>x</p><p>y</p>z"
          + "<lg><l>l1</l><l>l2</l></lg><p xml:space=\"preserve\"> a\n b</p>"))
    #expect(corpus.documents[0].text == "one two aufgehen x\ny\nz\nl1\nl2 a\n b")
  }

  @Test func choicesDeletionsAndWords() throws {
    let corpus = try readCorpus(
      tei(
        "<p>the <choice><sic>ct</sic><corr>cat</corr></choice> <choice><expan>Mister</expan><abbr>Mr</abbr>"
          + "</choice> <del>no <rs>x</rs></del><add>yes</add> <app><lem>l</lem><rdg>r</rdg></app></p><fw>9</fw>"
      ))
    #expect(corpus.documents[0].text == "the cat Mister yes l")
    #expect(
      corpus.report.setAside == [
        "text in <sic>": 1, "text in <abbr>": 1, "text in <del>": 1, "text in <rdg>": 1,
        "text in <fw>": 1, "annotation in <del>, which is not read": 1,
      ])
    let words = try readCorpus(
      tei(
        "<s><w>No</w> <pc join=\"left\">,</pc> <persName><w>Ana Reis</w></persName>\n"
          + "<pc join=\"both\">-</pc> <w>x.y</w></s><s>Free. text</s>"))
    #expect(words.documents[0].text == "No, Ana Reis-x.y\nFree. text")
    #expect(
      words.sentences.map(describe) == [
        "No/,/Ana Reis/-/x.y [persName 2-3]", "Free/./text []",
      ])
  }

  /// Counted with another XML library: `rs` in `text`, by type.
  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func schnitzlersDiary() throws {
    let folder = SharedCorpora.file("tei-schnitzler")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { folder.appendingPathComponent($0) }
    let corpus = try CorpusReader.read(files: files, options: CorpusOptions(split: plainSplit))
    #expect(corpus.format == .tei)
    #expect(corpus.documents.count == 41)
    #expect(
      corpus.labelCounts.map { "\($0.label) \($0.count)" } == [
        "allusively 3", "institution 1", "org 1", "person 218", "place 44", "work 60",
      ])
    #expect(corpus.report.setAside["text in <fw>"] == 3)
    let first = try #require(corpus.documents.first)
    #expect(first.id == "entry__1882-04-23.xml")
    #expect(first.annotations.first?.attribute("ref") == "#pmb28359")
    #expect(first.annotations.first?.id == "pNt_01592")
    #expect(annotated(corpus).first?.hasPrefix("person:Fännchen") == true)
    #expect(offsetsAgree(corpus))
  }
}
