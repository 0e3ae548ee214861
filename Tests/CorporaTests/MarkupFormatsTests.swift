import Corpora
import Foundation
import Kernels
import Testing

/// `LABEL:text {name=value}` of each annotation, in order.
func annotated(_ corpus: Corpus) -> [String] {
  corpus.documents.flatMap { document in
    let scalars = Array(document.text.unicodeScalars)
    return document.annotations.map { annotation in
      var text = String.UnicodeScalarView()
      for fragment in annotation.fragments { text.append(contentsOf: scalars[fragment]) }
      let attributes = annotation.attributes.map { " {\($0.name)=\($0.value)}" }.joined()
      return "\(annotation.label):\(String(text))\(annotation.id.map { " #" + $0 } ?? "")"
        + attributes
    }
  }
}

@Suite struct MarkupFormatsTests {
  @Test func enamex() throws {
    let corpus = try readCorpus(
      """
      <DOCS><DOC><DOCID> nyt-1 </DOCID>
      <HL>On <ENAMEX TYPE="LOCATION">Mars</ENAMEX></HL>
      <TEXT><p>Mr. <ENAMEX TYPE="PERSON|ORGANIZATION" STATUS="OPT" MIN="Ford">Ford
      Co</ENAMEX> paid <NUMEX TYPE="MONEY">$5</NUMEX> <TIMEX TYPE="DATE" ALT="today">today</TIMEX>.</p>
      <p><ENAMEX>Odd</ENAMEX></p></TEXT></DOC>
      <DOC docno="2"><TEXT>No &amp; one</TEXT></DOC></DOCS>
      """)
    #expect(corpus.format == .enamex)
    #expect(corpus.documents.map(\.id) == ["nyt-1", "2"])
    #expect(corpus.documents[0].text == "On Mars\nMr. Ford Co paid $5 today.\nOdd")
    #expect(
      annotated(corpus) == [
        "LOCATION:Mars", "PERSON:Ford Co {TYPE=PERSON|ORGANIZATION} {STATUS=OPT} {MIN=Ford}",
        "MONEY:$5", "DATE:today {ALT=today}", "ENAMEX:Odd",
      ])
    #expect(corpus.documents[0].sections.map { $0.attribute("element") } == ["HL", "p", "p"])
    #expect(corpus.report.repaired["element without TYPE labelled by its name"] == 1)
    #expect(offsetsAgree(corpus))
  }

  @Test func timeML() throws {
    let corpus = try readCorpus(
      """
      <TimeML xmlns:xsi="http://x" xsi:noNamespaceSchemaLocation="t.xsd"><DOCID>w1</DOCID>
      <DCT><TIMEX3 tid="t0" type="DATE" value="1998-01-08">8 January</TIMEX3></DCT>
      <TEXT>He <EVENT eid="e1" class="REPORTING">said</EVENT> it <SIGNAL sid="s1">on</SIGNAL>
      <TIMEX3 tid="t1" value="P1D">that <EVENT eid="e2">day</EVENT></TIMEX3>.</TEXT>
      <MAKEINSTANCE eiid="ei1" eventID="e1"/><TLINK lid="l1"/><TLINK lid="l2"/></TimeML>
      """)
    #expect(corpus.format == .timeML)
    #expect(corpus.documents.map(\.id) == ["w1"])
    #expect(corpus.documents[0].text == "8 January\nHe said it on that day.")
    #expect(
      annotated(corpus) == [
        "DATE:8 January #t0 {value=1998-01-08}", "REPORTING:said #e1", "SIGNAL:on #s1",
        "TIMEX3:that day #t1 {value=P1D}", "EVENT:day #e2",
      ])
    #expect(corpus.report.setAside == ["MAKEINSTANCE": 1, "TLINK": 2])
    #expect(corpus.documents[0].sections.map { $0.attribute("element") } == ["DCT", "TEXT"])
  }

  @Test func harem() throws {
    let corpus = try readCorpus(
      """
      <colHAREM versao="x"><DOC DOCID="H-1"><P>O <EM ID="1" CATEG="PESSOA|LOCAL" TIPO="A|B">Rio</EM> e
      <ALT><EM CATEG="LOCAL">São Paulo</EM>|<EM CATEG="PESSOA">São</EM> Paulo|x</ALT>,
      <OMITIDO>não <EM CATEG="OBRA">lido</EM></OMITIDO> <EM>Sul</EM>.</P></DOC></colHAREM>
      """)
    #expect(corpus.format == .harem)
    #expect(corpus.documents[0].id == "H-1")
    #expect(corpus.documents[0].text == "O Rio e São Paulo, não lido Sul.")
    #expect(
      annotated(corpus) == [
        "PESSOA:Rio #1 {CATEG=PESSOA|LOCAL} {TIPO=A|B}", "LOCAL:São Paulo", "EM:Sul",
      ])
    #expect(
      corpus.report.setAside == [
        "annotation in another alternative, which is not read": 1,
        "annotation in an element that is not to be annotated": 1,
      ])
    let empty = try readCorpus(
      "<HAREM><DOC DOCID='1'>a <ALT>|<EM CATEG='X'>b</EM>|c</ALT> d|e</DOC></HAREM>")
    #expect(empty.documents[0].text == "a b d|e")
  }

  @Test func genia() throws {
    let corpus = try readCorpus(
      """
      <?xml version="1.0"?><!DOCTYPE set SYSTEM "gpml.dtd"><?xml-stylesheet href="gpml.css"?>
      <set><article><articleinfo><bibliomisc>MEDLINE:95369245</bibliomisc></articleinfo>
      <title><sentence><cons lex="IL-2_gene" sem="G#DNA_domain"><cons lex="IL-2"
        sem="G#protein_molecule">IL-2</cons> gene</cons> expression.</sentence></title>
      <abstract><sentence>Of <cons lex="(AND a b)" sem="(AND G#cell_type G#cell_line)"><cons
        lex="a*">alpha</cons> and <cons lex="b" sem="G#cell_line">beta</cons> cells</cons>.</sentence>
      <sentence>Two. Three.</sentence></abstract></article>
      <article><title><sentence>Next</sentence></title></article></set>
      """)
    #expect(corpus.format == .genia)
    #expect(corpus.documents.map(\.id) == ["MEDLINE:95369245", nil])
    #expect(
      corpus.documents[0].text == "IL-2 gene expression.\nOf alpha and beta cells.\nTwo. Three.")
    #expect(corpus.sentences.count == 4)
    #expect(
      annotated(corpus) == [
        "DNA_domain:IL-2 gene {lex=IL-2_gene}", "protein_molecule:IL-2 {lex=IL-2}",
        "cell_type:alpha and beta cells {lex=(AND a b)} {sem=(AND G#cell_type G#cell_line)}",
        "cell_line:beta {lex=b}",
      ])
    #expect(corpus.report.setAside == ["cons without sem": 1])
    #expect(corpus.documents[0].sections.map(\.range) == [0..<21, 22..<58])
    let words = try readCorpus(
      "<set><article><title><sentence><cons sem='G#x'><w>IL-2</w> <w>a b</w></cons><w>.</w>"
        + "</sentence></title></article></set>")
    #expect(words.sentences.map(describe) == ["IL-2/a b/. [x 0-2]"])
  }

  @Test func vertical() throws {
    let corpus = try readCorpus(
      "<text id=\"t\" title=\"a\">\n<head>\n<s>\nNew York\tNP\n</s>\n</head>\n<p>\n<s>\n"
        + "<w>\nself\tNN\n-\tH\nmade\tV\n</w>\n<person>\nAna\tNP\nReis\tNP\n</person>\n<g/>\n,\t,\n"
        + "&lt;\t&amp;\n</s>\n</p>\nlone\tX\n</text>\n")
    #expect(corpus.format == .verticalXML)
    #expect(corpus.documents[0].id == "t")
    #expect(corpus.documents[0].attributes == [Attribute("title", "a")])
    #expect(corpus.documents[0].text == "New York\nself-made Ana Reis, <\nlone")
    #expect(
      corpus.sentences.map(describe) == [
        "New York []", "self/-/made/Ana/Reis/,/< [person 3-5]", "lone []",
      ])
    #expect(corpus.sentences[1].rows[6] == ["<", "&"])
    #expect(offsetsAgree(corpus))
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func gumAgreesWithItsTwin() throws {
    let counts = [
      "academic_art": (28, 752), "bio_byron": (25, 746), "interview_ants": (61, 1068),
      "news_homeopathic": (23, 649), "voyage_athens": (41, 1021), "whow_arrogant": (61, 1131),
    ]
    for (name, count) in counts {
      let corpus = try CorpusReader.read(
        files: [SharedCorpora.file("gum/xml/GUM_\(name).xml")], options: CorpusOptions())
      #expect(corpus.format == .verticalXML)
      #expect(corpus.report.sentences == count.0, "\(name)")
      #expect(corpus.report.words == count.1, "\(name)")
      #expect(corpus.documents.map(\.id) == ["GUM_\(name)"])
      #expect(offsetsAgree(corpus))
      let twin = try String(
        contentsOf: SharedCorpora.file("gum/dep/GUM_\(name).conllu"), encoding: .utf8)
      let words = twin.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line -> String? in
        let columns = line.split(separator: UInt8(ascii: "\t"))
        guard columns.count == 10, Int(String(Substring(columns[0]))) != nil else { return nil }
        return String(Substring(columns[1]))
      }
      #expect(corpus.sentences.flatMap { $0.words.map(\.text) } == words, "\(name)")
    }
  }

  /// Each format's reader over one document, cut at every byte and with bytes changed.
  @Test func damagedDocumentsNeverCrash() throws {
    let seed: UInt64 = 7
    var random = RandomStream(seed: seed, purpose: "damage")
    let samples: [(CorpusFormat, String)] = [
      (.enamex, "<D><DOC id='1'>a <ENAMEX TYPE='A|B'>b&#65;</ENAMEX></DOC>c<DOC/></D>"),
      (.timeML, "<TimeML><DOCID>d</DOCID><TEXT>a <EVENT eid='e'>b</EVENT><TLINK/></TEXT></TimeML>"),
      (.harem, "<H><DOC DOCID='1'>a <ALT><EM CATEG='X'>b</EM>|<EM>c</EM></ALT></DOC></H>"),
      (
        .genia,
        "<set><article><sentence><w>a</w><cons sem='(AND G#a)'>b</cons></sentence></article></set>"
      ),
      (
        .tei,
        "<TEI><teiHeader/><text><p xml:space='preserve'>a<w join='right'>b</w><rs>c</rs></p></text></TEI>"
      ),
      (.verticalXML, "<text id='1'><s>\na\tb\n<w>\nc\n<g/></w></s><PER>\nd\n</PER></text>"),
      (.inlineXML, "<c><DOC><p>a <PER>b</PER><X>c</X></p></DOC><q/></c>"),
      (
        .inlineXML,
        "<c xmlns:x='urn:enxerto:inline-xml'><document><s><x:words at='0-1'/>a</s>"
          + "<x:span label='A' at='0-1'><x:attribute name='b'>c</x:attribute></x:span></document></c>"
      ),
    ]
    func check(_ bytes: [UInt8], _ format: CorpusFormat, _ place: String) {
      do {
        let corpus = try readCorpus(bytes) {
          $0.format = format
          $0.requiresAnnotations = false
        }
        #expect(offsetsAgree(corpus), "\(place)")
      } catch { #expect(error is CorpusError, "\(place): \(error)") }
    }
    for (format, sample) in samples {
      let bytes = Array(sample.utf8)
      for end in 0..<bytes.count { check(Array(bytes[..<end]), format, "\(format) up to \(end)") }
      for round in 0..<100 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<changed.count, using: &random)
          switch Int.random(in: 0...3, using: &random) {
          case 0: changed.remove(at: place)
          case 1: changed[place] = UInt8.random(in: 0...255, using: &random)
          default:
            // Elements in odd places stay well formed.
            let opening = changed.indices.filter { changed[$0] == UInt8(ascii: "<") }
            let tags = [
              "<document/>", "<s>x</s>", "<DOC>y</DOC>", "<PER> </PER>", " z ", "<ALT>|</ALT>",
            ]
            changed.insert(
              contentsOf: Array((tags.randomElement(using: &random) ?? "").utf8),
              at: opening.randomElement(using: &random) ?? 0)
          }
        }
        check(changed, format, "seed \(seed), \(format), round \(round)")
      }
    }
  }
}

extension Section {
  func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}
