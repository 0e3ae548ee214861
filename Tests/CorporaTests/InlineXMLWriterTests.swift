import Corpora
import Foundation
import Kernels
import Testing

private func write(_ documents: [Document], split: @escaping TextSplit = plainSplit) throws
  -> [UInt8]
{
  let writer = InlineXMLWriter(split: split)
  var bytes = writer.prologue
  for document in documents { bytes += try writer.bytes(of: document) }
  return bytes + writer.epilogue
}

private func text(_ document: Document) throws -> String {
  String(decoding: try InlineXMLWriter(split: plainSplit).bytes(of: document), as: UTF8.self)
}

private func reread(_ documents: [Document]) throws -> [Document] {
  try readCorpus(try write(documents)) { $0.format = .inlineXML }.documents
}

@Suite struct InlineXMLWriterTests {
  @Test func simpleDocumentsStaySimple() throws {
    let source =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<corpus>\n<document id=\"a&amp;b\" "
      + "domain=\"news\">\n<s><PER>Ana  Reis</PER> saw <ORG>R&amp;D <LOC>São</LOC></ORG>.</s>\n"
      + "<s>No &lt;name&gt; \"here\".</s>\n</document>\n<document>\n<s>x</s>\n</document>\n</corpus>\n"
    let corpus = try readCorpus(source)
    #expect(corpus.documents[0].attributes == [Attribute("domain", "news")])
    #expect(corpus.documents[0].annotations.map(\.label) == ["PER", "ORG", "LOC"])
    let written = try write(corpus.documents)
    #expect(String(decoding: written, as: UTF8.self) == source)
  }

  @Test func whatDoesNotNestIsWrittenByOffsets() throws {
    var document = Document(id: "d", text: "Ana Reis of Porto. Then.", split: plainSplit)
    document.annotations = [
      Annotation(label: "A", range: 0..<8), Annotation(label: "B", range: 4..<17),
      Annotation(label: "two words", range: 12..<17, layer: "l", id: "T1"),
      Annotation(
        label: "D", fragments: [0..<3, 12..<17], attributes: [Attribute("a b", "<\r\n\t>")]),
      Annotation(label: "Z", range: 3..<3), Annotation(label: "Across", range: 12..<23),
    ]
    let written = try text(document)
    #expect(
      written.contains(
        "<A x:n=\"0\">Ana<Z x:n=\"4\"></Z> Reis</A> of <x:span label=\"two words\" id=\"T1\" "
          + "layer=\"l\" n=\"2\">Porto</x:span>.</s>"))
    #expect(written.contains("<x:span label=\"B\" at=\"4-17\" n=\"1\"/>"))
    #expect(
      written.contains("<x:span label=\"D\" at=\"0-3 12-17\" n=\"3\"><x:attribute name=\"a b\">"))
    let again = try #require(try reread([document]).first)
    #expect(again.text == document.text)
    #expect(again.annotations == document.annotations)
    // Options that name the entities change nothing for what only our writer writes.
    let chosen = try readCorpus(try write([document])) {
      $0.format = .inlineXML
      $0.entityElements = ["A", "Z"].compactMap { EntityElement($0) }
    }
    #expect(chosen.documents[0].annotations == document.annotations)
  }

  @Test func wordsThatNoSplitterFindsAreKept() throws {
    let document = Document(id: nil, words: ["U.S.", "a b", "", "#"])
    let written = try text(document)
    #expect(written.contains("<x:words at=\"0-4 5-8 9-9 10-11\"/>U.S. a b  #"))
    #expect(try reread([document]) == [document])
    let many = Document(id: nil, words: (0..<5000).map { "w\($0).x" })
    #expect(try reread([many]) == [many])
  }

  @Test func whiteSpaceAndSectionsAreKept() throws {
    var document = Document(id: "w", text: " \r\na\t b.\n\n  c\u{A0} ! d \n", split: plainSplit)
    document.sections = [
      Section(range: 0..<8, attributes: [Attribute("type", "title")]), Section(range: 8..<8),
      Section(range: 9..<15),
    ]
    document.annotations = [
      Annotation(label: "SP", range: 3..<6), Annotation(label: "Z", range: 5..<5),
      Annotation(label: "OUT", range: 8..<10),
    ]
    let again = try #require(try reread([document]).first)
    #expect(again.text.unicodeScalars.elementsEqual(document.text.unicodeScalars))
    #expect(again.sections == document.sections)
    #expect(again.annotations == document.annotations)
    #expect(
      again.sentences.map { $0.words.map(\.range) }
        == document.sentences.map { $0.words.map(\.range) })
  }

  @Test func charactersThatXMLCannotHoldAreRefused() {
    for (bad, code) in [("\u{1}", "U+0001"), ("\u{FFFE}", "U+FFFE"), ("\u{0}", "U+0000")] {
      let document = Document(id: "d", text: "ab\(bad)c", split: plainSplit)
      #expect {
        _ = try text(document)
      } throws: { error in
        "\(error)"
          == "d: expected characters that XML can hold, found \(code) at character 2 of the text"
      }
      var label = Document(id: "d", text: "ab", split: plainSplit)
      label.annotations = [Annotation(label: bad, range: 0..<1)]
      #expect(throws: CorpusError.self) { _ = try text(label) }
    }
  }

  @Test func randomDocumentsComeBack() throws {
    let seed: UInt64 = 11
    var random = RandomStream(seed: seed, purpose: "documents")
    let pieces = [
      "a", "b", "Ana", ".", "!", ",", " ", " ", " ", "  ", "\n", "\t", "\r", "😀", "e\u{301}", "&",
      "<", "]]>", "\"", "'", "\u{A0}", "\u{85}", "\u{2028}", "\u{FEFF}", "-->",
    ]
    let names = [
      "PER", "LOC", "a b", "s", "document", "", "ENAMEX", "é", "e\u{301}", "x:y", "xmlns", "1",
      "<&\"",
      "a\tb\r\n",
    ]
    func name() -> String { names.randomElement(using: &random) ?? "" }
    for round in 0..<150 {
      let isPlain = Bool.random(using: &random)
      let allowed = isPlain ? Array(pieces[0..<9]) + ["😀"] : pieces
      var text = isPlain ? "a" : ""
      for _ in 0..<Int.random(in: 0...25, using: &random) {
        text += allowed.randomElement(using: &random) ?? ""
      }
      let length = text.unicodeScalars.count
      var document = Document(
        id: Bool.random(using: &random) ? name() : nil, text: text, split: plainSplit)
      func range(from start: Int = 0) -> Range<Int> {
        let first = Int.random(in: start...length, using: &random)
        return first..<Int.random(in: first...length, using: &random)
      }
      func attributes() -> [Attribute] {
        (0..<max(0, Int.random(in: -2...2, using: &random))).map { _ in Attribute(name(), name()) }
      }
      for _ in 0..<Int.random(in: 0...7, using: &random) {
        var fragments = [range()]
        if Int.random(in: 0...3, using: &random) == 0 {
          fragments.append(range(from: fragments[0].upperBound))
        }
        document.annotations.append(
          Annotation(
            label: name(), fragments: fragments, layer: Bool.random(using: &random) ? name() : nil,
            id: Bool.random(using: &random) ? name() : nil, attributes: attributes()))
      }
      document.attributes = attributes()
      if Int.random(in: 0...3, using: &random) == 0 {
        let first = range()
        document.sections = [
          Section(range: first, attributes: attributes()),
          Section(range: range(from: first.upperBound)),
        ]
      }
      // The last is there because a corpus has a word.
      let once = try reread([document, document, Document(id: "x", text: "x", split: plainSplit)])
      try #require(once.count == 3, "seed \(seed), round \(round)")
      #expect(once[0] == once[1])
      var expected = document
      // The flat spans are the finisher's to choose.
      expected.sentences = once[0].sentences
      #expect(once[0] == expected, "seed \(seed), round \(round)")
      #expect(once[0].text.unicodeScalars.elementsEqual(document.text.unicodeScalars))
      if document.annotations.isEmpty {
        #expect(
          once[0].sentences.map { $0.words.map(\.range) }
            == document.sentences.map { $0.words.map(\.range) })
      }
      #expect(try reread(once) == once, "seed \(seed), round \(round)")
    }
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func realCorporaComeBack() throws {
    for path in [
      "gum/xml/GUM_bio_byron.xml", "tei-schnitzler/entry__1892-12-05.xml",
      "tei-schnitzler/entry__1917-06-26.xml", "uner-en-ewt/en_ewt-ud-dev.iob2",
    ] where FileManager.default.fileExists(atPath: SharedCorpora.file(path).path) {
      let corpus = try CorpusReader.read(
        files: [SharedCorpora.file(path)],
        options: CorpusOptions(requiresAnnotations: false, split: plainSplit))
      let again = try readCorpus(try write(corpus.documents)) { $0.format = .inlineXML }.documents
      #expect(again.count == corpus.documents.count)
      for (left, right) in zip(again, corpus.documents) {
        var right = right
        for index in right.sentences.indices {
          right.sentences[index].rows = []
          right.sentences[index].comments = []
        }
        #expect(left == right, "\(path)")
      }
    }
  }

  /// The corpora that come with the project are as simple as can be, and stay so to the byte.
  @Test func theProjectsCorporaAreWrittenAsTheyAre() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("corpora")
    for name in ["train.xml", "dev.xml", "test.xml"] {
      let file = folder.appendingPathComponent(name)
      let corpus = try CorpusReader.read(files: [file], options: CorpusOptions())
      let writer = InlineXMLWriter()
      var bytes = writer.prologue
      for document in corpus.documents { bytes += try writer.bytes(of: document) }
      bytes += writer.epilogue
      let source = [UInt8](try Data(contentsOf: file))
      #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: source, as: UTF8.self))
    }
  }

  @Test func damagedOwnMarkupNeverCrashes() throws {
    let own = "<corpus><document xmlns:x=\"urn:enxerto:inline-xml\">"
    func failure(_ body: String) -> String {
      do {
        _ = try readCorpus(own + body + "</document></corpus>") { $0.format = .inlineXML }
        return "none"
      } catch let error as CorpusError { return error.description } catch { return "another" }
    }
    #expect(failure("<s>a</s><x:span label=\"A\" at=\"0-2\"/>").contains("offsets up to 1"))
    #expect(failure("<s>a</s><x:span label=\"A\" at=\"1-0\"/>").contains("offsets like"))
    #expect(
      failure("<s>a</s><x:span label=\"A\" at=\"0-99999999999999999999\"/>").contains(
        "offsets like"))
    #expect(failure("<s>a</s><x:span at=\"0-1\"/>").contains("with a label"))
    #expect(failure("<s><x:words at=\"0-1 0-2\"/>a</s>").contains("words in order"))
    #expect(failure("<x:words at=\"0-1\"/><s>a</s>").contains("words in a sentence"))
    #expect(
      failure("<s>a b</s><x:section at=\"0-2\"/><x:section at=\"1-3\"/>").contains("sections"))
    #expect(failure("<s>a</s><x:other/>").contains("of that namespace"))
    #expect(failure("<s>a<x:attribute name=\"k\">v</x:attribute></s>") == "none")
  }
}
