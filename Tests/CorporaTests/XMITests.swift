import Corpora
import Foundation
import Kernels
import Testing

private let dkpro = "http:///de/tudarmstadt/ukp/dkpro/core/api"

/// A CAS whose prefixes are not the usual ones.
private func cas(
  _ elements: String, text: String = "Ana 😊 Berlin.", members: String? = nil, sofas: String = ""
) -> String {
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    + "<x:XMI xmlns:x=\"http://www.omg.org/XMI\" xmlns:c=\"http:///uima/cas.ecore\" "
    + "xmlns:n=\"\(dkpro)/ner/type.ecore\" xmlns:s=\"\(dkpro)/segmentation/type.ecore\" "
    + "xmlns:m=\"\(dkpro)/metadata/type.ecore\" xmlns:u=\"http:///my/own.ecore\" x:version=\"2.0\">"
    + "<c:NULL x:id=\"0\"/>\n\(elements)"
    + "<c:Sofa x:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" sofaString=\"\(text)\"/>\(sofas)"
    + (members.map { "<c:View sofa=\"1\" members=\"\($0)\"/>" } ?? "") + "</x:XMI>\n"
}

private func spans(_ text: String, _ change: (inout CorpusOptions) -> Void = { _ in }) throws
  -> String
{
  try describe(readCorpus(text, change).documents[0].annotations)
}

private let entity = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"

@Suite struct XMIReaderTests {
  @Test func namespacesCountAndOffsetsAreUTF16() throws {
    let text = cas(
      "<m:DocumentMetaData x:id=\"9\" sofa=\"1\" begin=\"0\" end=\"14\" documentId=\"d\""
        + " documentTitle=\"T\" language=\"x-unspecified\"/>"
        + "<s:Sentence x:id=\"2\" sofa=\"1\" begin=\"0\" end=\"14\"/>"
        + "<s:Token x:id=\"3\" sofa=\"1\" begin=\"0\" end=\"3\"/>"
        + "<s:Token x:id=\"4\" sofa=\"1\" begin=\"4\" end=\"6\"/>"
        + "<s:Token x:id=\"5\" sofa=\"1\" begin=\"7\" end=\"14\"/>"
        + "<n:NamedEntity x:id=\"6\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"PER\"/>"
        + "<n:Location x:id=\"7\" sofa='1' begin='7' end='13' identifier=\"Q64\"/>"
        + "<u:Thing x:id=\"8\" sofa=\"1\" begin=\"4\" end=\"6\"/>")
    let corpus = try readCorpus(text)
    #expect(corpus.format == .xmi)
    let document = corpus.documents[0]
    #expect(document.id == "d")
    #expect(document.attributes == [Attribute("documentTitle", "T")])
    #expect(
      describe(document.annotations)
        == "PER 0-3@\(entity), Q64 6-12@\(entity.replacingOccurrences(of: "NamedEntity", with: "Location")), Thing 4-5@my.own.Thing"
    )
    #expect(document.annotations.map(\.id) == ["6", "7", "8"])
    #expect(document.annotations[0].attributes == [Attribute("value", "PER")])
    #expect(describe(document.sentences[0]) == "Ana/😊/Berlin. [PER 0-1 Thing 1-2 Q64 2-3]")
    #expect(corpus.report.setAside.isEmpty)
    #expect(try spans(text) { $0.annotationSet = "Thing" } == "Thing 4-5@my.own.Thing")
    #expect(try spans(text) { $0.annotationSet = entity } == "PER 0-3@\(entity)")
    #expect(
      try spans(text) { $0.entityElements = [EntityElement("Location=LOC")].compactMap(\.self) }
        == "LOC 6-12@\(entity.replacingOccurrences(of: "NamedEntity", with: "Location"))")
  }

  @Test func structureRelationsAndLinksAreSetAside() throws {
    let text = cas(
      "<s:Lemma x:id=\"2\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"Ana\"/>"
        + "<n:NamedEntity x:id=\"3\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"PER\"/>"
        + "<n:NamedEntity x:id=\"4\" sofa=\"1\" begin=\"7\" end=\"13\" value=\"LOC\"/>"
        + "<u:Rel x:id=\"5\" sofa=\"1\" begin=\"0\" end=\"3\" Governor=\"3\" Dependent=\"4\"/>"
        + "<u:Link x:id=\"6\" sofa=\"1\" begin=\"0\" end=\"3\" next=\"7\"/>"
        + "<u:Link x:id=\"7\" sofa=\"1\" begin=\"7\" end=\"13\"/>"
        + "<u:Chain x:id=\"8\" sofa=\"1\" first=\"6\"/>"
        + "<u:One x:id=\"10\" sofa=\"1\" begin=\"7\" end=\"13\"/>"
        + "<u:OneChain x:id=\"11\" sofa=\"1\" first=\"10\"/>"
        + "<u:Host x:id=\"12\" sofa=\"1\" begin=\"0\" end=\"3\" links=\"3 4\"/>")
    let corpus = try readCorpus(text)
    #expect(
      describe(corpus.documents[0].annotations)
        == "PER 0-3@\(entity), LOC 7-13@\(entity), Host 0-3@my.own.Host"
        .replacingOccurrences(of: "7-13", with: "6-12"))
    #expect(
      corpus.report.setAside == [
        "relation": 1, "link of a chain": 3,
        "of structure, no entity, or without a place in the text": 3,
      ])
    #expect(
      try spans(text) { $0.annotationSet = "Lemma" }
        == "Ana 0-3@de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Lemma")
  }

  @Test func viewsAreChosen() throws {
    let text = cas(
      "<n:NamedEntity x:id=\"3\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"PER\"/>"
        + "<n:NamedEntity x:id=\"4\" sofa=\"2\" begin=\"0\" end=\"2\" value=\"X\"/>",
      sofas: "<c:Sofa x:id=\"2\" sofaNum=\"2\" sofaID=\"other\" sofaString=\"xyz\"/>")
    #expect(try spans(text) == "PER 0-3@\(entity)")
    #expect(try spans(text) { $0.annotationSet = "other" } == "X 0-2@\(entity)")
    #expect(
      try readCorpus(text).report.setAside == [
        "view of the same CAS, not chosen": 1, "of another view than the chosen one": 1,
      ])
  }

  @Test func impossiblePlacesAreSetAside() throws {
    func element(_ begin: String, _ end: String) -> String {
      "<n:NamedEntity sofa=\"1\" begin=\"\(begin)\" end=\"\(end)\" value=\"A\"/>"
    }
    let corpus = try readCorpus(
      cas(
        element("0", "99") + element("5", "6") + element("3", "0") + element("-1", "3")
          + element("x", "3") + element("99999999999999999999", "3") + element("14", "14")
          + "<n:NamedEntity x:id=\"20\" sofa=\"1\" begin=\"0\" end=\"3\"/>", members: "21"))
    #expect(describe(corpus.documents[0].annotations) == "A 13-13@\(entity)")
    #expect(
      corpus.report.setAside == [
        "beyond the text": 2, "with an edge inside of a character": 1,
        "with its end before its begin": 1, "without its begin or end as a number": 2,
        "not among the members of the view": 1,
      ])
  }

  @Test func childElementsAreFeatures() throws {
    let corpus = try readCorpus(
      cas(
        "<n:NamedEntity x:id=\"3\" sofa=\"1\" begin=\"0\" end=\"3\"><value>P &amp; R</value>\n"
          + "<tags>a</tags><tags/><ref href=\"#3\"/></n:NamedEntity>"))
    let annotation = corpus.documents[0].annotations[0]
    #expect(annotation.label == "P & R")
    #expect(
      annotation.attributes == [
        Attribute("value", "P & R"), Attribute("tags", "a"), Attribute("tags", ""),
        Attribute("ref", "#3"),
      ])
  }

  @Test func attributesKeepTheirLineBreaks() throws {
    let corpus = try readCorpus(cas("", text: "a&#13;&#10;b&#9;c&#x1F60A;&quot;\nd"))
    #expect(corpus.documents[0].text.utf8.elementsEqual("a\r\nb\tc😊\" d".utf8))
  }

  @Test func faultsAreNamed() {
    let other = cas("").replacingOccurrences(of: "http://www.omg.org/XMI", with: "http://other")
    #expect(
      failure(other) { $0.format = .xmi }
        .contains("expected <XMI> of the namespace http://www.omg.org/XMI, found <XMI>"))
    #expect(
      failure(cas("").replacingOccurrences(of: " sofaString=", with: " other="))
        .contains("expected a <cas:Sofa> with a sofaString, found none with a text"))
    #expect(failure(cas("stray")).contains("text outside, with \"s\""))
    #expect(failure(cas("&x;")).contains("five predefined"))
    #expect(!failure(other).contains("XMI of"))
  }

  @Test func utf16IsRead() throws {
    let text = cas("<n:NamedEntity x:id=\"3\" sofa=\"1\" begin=\"7\" end=\"13\" value=\"A\"/>")
      .replacingOccurrences(of: "UTF-8", with: "UTF-16")
    let bytes = utf16Bytes(text, highFirst: true)
    let corpus = try readCorpus(bytes)
    #expect(corpus.format == .xmi)
    #expect(describe(corpus.documents[0].annotations) == "A 6-12@\(entity)")
  }

  @Test func aLongTextIsReadUpToItsCap() throws {
    let words = String(repeating: "a", count: 1_200_000) + " b"
    let corpus = try readCorpus(cas("", text: words))
    #expect(corpus.report.words == 2)
    let message = failure(cas("", text: String(repeating: words, count: 9)))
    #expect(message.contains("a CAS holds its text in one attribute"), "\(message)")
    let attributes = (0..<2000).map { " a\($0)=\"\"" }.joined()
    #expect(
      failure(cas("<u:Thing x:id=\"3\"\(attributes)/>")).contains("tags of at most 1000 attributes")
    )
  }

  @Test func damageNeverCrashes() {
    let bytes = Array(
      cas(
        "<n:NamedEntity x:id=\"3\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"A\"><v>x</v>"
          + "</n:NamedEntity><s:Token x:id=\"4\" sofa=\"1\" begin=\"0\" end=\"3\"/>"
          + "<e:Details xmlns:e=\"http:///enxerto.ecore\" x:id=\"5\" target=\"3\" fragments=\"3 4\"/>"
          + "<e:Document xmlns:e=\"http:///enxerto.ecore\" x:id=\"6\" number=\"6\""
          + " entities=\"3-9223372036854775807\"/>", members: "3 4"
      ).utf8)
    for end in bytes.indices { _ = failure(Array(bytes[..<end])) { $0.format = .xmi } }
    var random = RandomStream(seed: 12, purpose: "cases")
    for round in 0..<1000 {
      let result = failure(damaged(bytes, &random)) { $0.format = .xmi }
      #expect(!result.hasPrefix("another"), "round \(round) of seed 12: \(result)")
    }
  }

  /// Offsets in UTF-16 and the feature `value`, read by another program from the TSV twins.
  private static let twins: [(String, String)] = [
    ("testAnnotationWithLeadingWhitespaceAtStart", "0-4"),
    ("testCrossSentenceSpanWithFeatureValue", "0-34 PERSON"),
    ("testMultiTokenChain", ""),
    ("testMultiTokenStackedSlotFeature", "0-4, 5-9, 5-9"),
    ("testSentenceWithEmoji", "10-12"),
    ("testSimpleCrossSenenceSlotFeature", "0-2, 3-8, 25-28"),
    ("testSingleNonMultiTokenRelationWithMultipleFeatureValues", "0-7, 8-14"),
    (
      "testSingleStackedNonTokenOverlappingRelationWithoutFeatureValue",
      "0-16, 0-16, 15-16, 15-16"
    ),
    ("testSingleTokenRelationWithFeatureValue", ""),
    ("testStackedChain", ""),
    ("testStackedSimpleSlotFeatureWithoutValues", "0-4, 0-4, 5-7, 8-9"),
    ("testSubMultiTokenSpanWithoutFeatureValue2", "1-6"),
    ("testSubTokenRelation2", "0-1 OTH, 5-10 OTH"),
    ("testTokenBoundedSpanWithAsteriskFeatureValue", "0-4 *, 5-7 *, 8-9 *, 10-14 *, 15-16 *"),
    ("testTokenBoundedSpanWithUnderscoreFeatureValue", "0-4 _, 5-7 _, 8-9 _, 10-14 _, 15-16 _"),
    ("testTwoSentencesWithNoSpaceInBetween", ""),
    ("testZeroLengthSpanBetweenAdjacentTokens", "4-4"),
    ("testZeroLengthStackedSpansWithoutFeatures", "0-0, 0-0, 16-16, 16-16"),
  ]

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func sharedDocumentsHaveTheSpansOfTheirTwins() throws {
    for (name, expected) in Self.twins {
      let corpus = try CorpusReader.read(
        files: [SharedCorpora.file("webanno-tsv/\(name)/reference.xmi")],
        options: CorpusOptions(split: plainSplit))
      let document = corpus.documents[0]
      let scalars = Array(document.text.unicodeScalars)
      func unit(_ scalar: Int) -> Int { scalars[..<scalar].reduce(0) { $0 + UTF16.width($1) } }
      let found = document.annotations.map { annotation in
        (
          unit(annotation.range.lowerBound), unit(annotation.range.upperBound),
          annotation.attribute("value").map { " " + $0 } ?? ""
        )
      }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      let text = found.map { "\($0.0)-\($0.1)\($0.2)" }.joined(separator: ", ")
      #expect(text == expected, "\(name)")
      #expect(offsetsAgree(corpus))
    }
  }
}

@Suite struct XMIWriterTests {
  private func rewritten(_ document: Document) throws -> Document {
    let files = try XMIWriter().files(of: document, stem: "x")
    #expect(files[0].name == "x.xmi")
    let corpus = try readCorpus(files[0].bytes)
    #expect(corpus.format == .xmi)
    return try #require(corpus.documents.first)
  }

  @Test func documentsComeBack() throws {
    var documents = OffsetXMLDocuments(seed: 6)
    for round in 0..<400 {
      let document = documents.document()
      let once = try rewritten(document)
      try #require(
        isSameDocument(once, document), "round \(round) of seed 6:\n\(once)\n\(document)")
      #expect(try rewritten(once) == once, "round \(round) of seed 6")
    }
  }

  @Test func aPlainDocumentIsWrittenPlainly() throws {
    var document = Document(id: "d", text: "Ana came.", split: plainSplit)
    document.annotations = [
      Annotation(label: "PER", range: 0..<3),
      Annotation(
        label: "X", range: 4..<8, layer: "my.own.Thing", attributes: [Attribute("a", "1")]),
    ]
    let files = try XMIWriter().files(of: document, stem: "x")
    #expect(files.map(\.name) == ["x.xmi", "x.TypeSystem.xml"])
    let text = String(decoding: files[0].bytes, as: UTF8.self)
    #expect(
      text.contains("NamedEntity xmi:id=\"7\" sofa=\"1\" begin=\"0\" end=\"3\" value=\"PER\"/>"))
    #expect(text.contains("xmlns:t4=\"http:///my/own.ecore\""))
    #expect(!text.contains("Details"))
    #expect(String(decoding: files[1].bytes, as: UTF8.self).contains("<name>my.own.Thing</name>"))
    #expect(XMIWriter().companions.map(\.name) == ["TypeSystem.xml"])
  }

  @Test func aCASWithOtherNumbersIsReadWithoutOurNotes() throws {
    var document = Document(id: "d", text: "Ana came.", split: plainSplit)
    document.annotations = [Annotation(label: "PER", range: 0..<3)]
    let text = String(
      decoding: try XMIWriter().files(of: document, stem: "x")[0].bytes, as: UTF8.self
    ).replacingOccurrences(of: " number=\"", with: " number=\"1")
    #expect(try spans(text) == "PER 0-3@\(entity)")
  }

  @Test func longTextsAreSplitWhereNothingCrosses() throws {
    let sentence = "Ana came to Berlin 😊 & left.\n"
    var document = Document(
      id: "d", text: String(repeating: sentence, count: 100), split: plainSplit)
    let length = sentence.unicodeScalars.count
    document.annotations = (0..<100).map {
      Annotation(label: "PER", range: $0 * length..<$0 * length + 3)
    }
    // Across sentences 10 to 14, and where a part could begin.
    document.annotations.append(Annotation(label: "X", range: 10 * length..<14 * length + 3))
    document.annotations.append(Annotation(label: "Z", range: 20 * length..<20 * length))
    document.sections = [
      Section(range: 0..<50 * length), Section(range: 50 * length..<100 * length),
    ]
    let files = try XMIWriter(attributeLimit: 900).files(of: document, stem: "x")
    #expect(files.count > 4)
    #expect(files[0].name == "x-1.xmi")
    let parts = try files.map { try readCorpus($0.bytes).documents[0] }
    #expect(parts.map { $0.id ?? "" } == files.indices.map { "d-\($0 + 1)" })
    #expect(parts.map(\.text).joined().utf8.elementsEqual(document.text.utf8))
    #expect(parts.reduce(0) { $0 + $1.annotations.count } == 102)
    #expect(parts.reduce(0) { $0 + $1.sentences.count } == document.sentences.count)
    for part in parts {
      let scalars = Array(part.text.unicodeScalars)
      for annotation in part.annotations where annotation.label == "PER" {
        #expect(scalars[annotation.range].elementsEqual("Ana".unicodeScalars))
      }
    }
    document.annotations.append(Annotation(label: "all", range: 0..<100 * length))
    #expect(throws: CorpusError.self) {
      try XMIWriter(attributeLimit: 900).files(of: document, stem: "x")
    }
  }

  @Test func whatXMLCannotHoldIsRefused() {
    let control = Document(text: "a\u{FFFE}b", split: plainSplit)
    #expect(throws: CorpusError.self) { try XMIWriter().files(of: control, stem: "x") }
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func sharedDocumentsComeBack() throws {
    let folder = SharedCorpora.file("webanno-tsv")
    for url in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    {
      let corpus = try CorpusReader.read(
        files: [url.appendingPathComponent("reference.xmi")],
        options: CorpusOptions(split: plainSplit))
      let document = corpus.documents[0]
      #expect(try rewritten(document) == document, "\(url.lastPathComponent)")
    }
  }
}
