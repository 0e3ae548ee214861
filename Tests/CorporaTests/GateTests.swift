import Corpora
import Foundation
import Kernels
import Testing

private func gate(
  _ text: String, _ sets: String, features: String = "", before: Bool = false
) -> String {
  let text = "<TextWithNodes>\(text)</TextWithNodes>"
  return "<?xml version='1.0' encoding='UTF-8'?>\n<GateDocument version=\"3\">\n"
    + "<GateDocumentFeatures>\(features)</GateDocumentFeatures>\n"
    + (before ? sets + text : text + sets) + "</GateDocument>\n"
}

private func annotation(
  _ id: Int, _ type: String, _ start: Int, _ end: Int, _ features: String = ""
) -> String {
  "<Annotation Id=\"\(id)\" Type=\"\(type)\" StartNode=\"\(start)\" EndNode=\"\(end)\">"
    + features + "</Annotation>\n"
}

private func feature(_ name: String, _ value: String) -> String {
  "<Feature>\n  <Name className=\"java.lang.String\">\(name)</Name>\n"
    + "  <Value className=\"java.lang.String\">\(value)</Value>\n</Feature>\n"
}

private let nodes =
  "<Node id=\"0\"/>Ana<Node id=\"3\"/> 😊 <Node id=\"7\"/>Berlin<Node id=\"13\"/>."
  + "<Node id=\"14\"/>"

@Suite struct GateReaderTests {
  @Test func spansStayOnTheirTextAfterAnEmoji() throws {
    let set =
      "<AnnotationSet>" + annotation(1, "Person", 0, 3)
      + annotation(2, "Location", 7, 13, feature("kind", "city"))
      + "</AnnotationSet>"
    for before in [false, true] {
      let corpus = try readCorpus(gate(nodes, set, before: before))
      #expect(corpus.format == .gate)
      let document = try #require(corpus.documents.first)
      #expect(describe(document.annotations) == "Person 0-3, Location 6-12")
      #expect(document.annotations[1].attributes == [Attribute("kind", "city")])
      #expect(document.annotations[1].id == "2")
      #expect(corpus.report.repaired.isEmpty)
    }
  }

  @Test func theSetIsChosen() throws {
    let sets =
      "<AnnotationSet>" + annotation(1, "Person", 0, 3) + annotation(9, "Token", 0, 3)
      + "</AnnotationSet><AnnotationSet Name=\"Key\">" + annotation(2, "Location", 7, 13)
      + "</AnnotationSet><AnnotationSet Name=\"Original markups\">" + annotation(3, "p", 0, 14)
      + "</AnnotationSet>"
    func spans(_ set: String?) throws -> String {
      try describe(
        readCorpus(gate(nodes, sets)) { $0.annotationSet = set }.documents[0].annotations)
    }
    #expect(try spans(nil) == "Location 6-12@Key")
    #expect(try spans("") == "Person 0-3")
    #expect(try spans("default") == "Person 0-3")
    #expect(try spans("all") == "Person 0-3, Location 6-12@Key")
    #expect(try spans("Original markups") == "p 0-13@Original markups")
    let corpus = try readCorpus(gate(nodes, sets))
    #expect(
      corpus.report.setAside == [
        "of the default set, not chosen": 1,
        "of the annotation set \"Original markups\", not chosen": 1,
      ])
    let none = try readCorpus(gate(nodes, sets)) { $0.annotationSet = "kye" }
    #expect(
      none.report.repaired["document without the annotation set \"kye\" read without entities"] == 1
    )
    // Without a set Key, the only one with entities.
    let named = sets.replacingOccurrences(of: "Key", with: "mine")
      .replacingOccurrences(of: "Person", with: "Lookup")
    let only = try readCorpus(gate(nodes, named))
    #expect(describe(only.documents[0].annotations) == "Location 6-12@mine")
    #expect(only.report.setAside["of the default set, not chosen"] == 1)
  }

  @Test func typesAreChosenAndNamed() throws {
    let sets =
      "<AnnotationSet>" + annotation(1, "Lookup", 0, 3, feature("majorType", "person"))
      + annotation(2, "Mention", 7, 13, feature("class", "LOC")) + annotation(3, "Other", 0, 3)
      + "</AnnotationSet>"
    func spans(_ elements: [String]) throws -> String {
      try describe(
        readCorpus(gate(nodes, sets)) {
          $0.entityElements = elements.compactMap(EntityElement.init)
        }.documents[0].annotations)
    }
    #expect(try spans([]) == "Mention 6-12, Other 0-3")
    #expect(try spans(["Mention@class"]) == "LOC 6-12")
    #expect(try spans(["Lookup@majorType", "Other=X"]) == "person 0-3, X 0-3")
    #expect(try spans(["*"]) == "Mention 6-12, Other 0-3")
  }

  @Test func tokensAndSentencesAreTaken() throws {
    let words = annotation(1, "Token", 0, 3) + annotation(2, "Token", 7, 14)
    let sentences = annotation(3, "Sentence", 0, 3) + annotation(4, "Sentence", 7, 14)
    func sentencesOf(_ annotations: String) throws -> [String] {
      try readCorpus(gate(nodes, "<AnnotationSet>\(annotations)</AnnotationSet>"))
        .sentences.map { describe($0) }
    }
    let person = annotation(5, "Person", 0, 3)
    #expect(try sentencesOf(words + sentences + person) == ["Ana [Person 0-1]", "Berlin. []"])
    #expect(try sentencesOf(sentences + person) == ["Ana [Person 0-1]", "😊 []", "Berlin/. []"])
    #expect(try sentencesOf(words + person) == ["Ana/Berlin. [Person 0-1]"])
    let crossing = annotation(6, "Token", 0, 7) + words
    #expect(try sentencesOf(crossing) == ["Ana/😊/Berlin/. []"])
  }

  @Test func thePlaceOfANodeCounts() throws {
    // Numbers that count scalars instead of UTF-16 units.
    let text = "<Node id=\"0\"/>😊 <Node id=\"2\"/>Ana<Node id=\"5\"/>"
    let corpus = try readCorpus(
      gate(text, "<AnnotationSet>\(annotation(1, "Person", 2, 5))</AnnotationSet>"))
    #expect(describe(corpus.documents[0].annotations) == "Person 2-5")
    #expect(
      corpus.report.repaired == ["node whose number is not its place: the place counts": 2])
  }

  @Test func whatHasNoPlaceIsSetAside() throws {
    let set =
      "<AnnotationSet>" + annotation(1, "A", 0, 99) + annotation(2, "A", 7, 3)
      + "<Annotation Id=\"3\" Type=\"A\" StartNode=\"x\" EndNode=\"3\"/>"
      + "<Annotation Id=\"4\" StartNode=\"0\" EndNode=\"3\"/>" + annotation(5, "A", 3, 3)
      + "</AnnotationSet><RelationSet><Relation Id=\"1\" Type=\"r\" Members=\"1;2\"/></RelationSet>"
    let corpus = try readCorpus(gate(nodes, set))
    #expect(describe(corpus.documents[0].annotations) == "A 3-3")
    #expect(
      corpus.report.setAside == [
        "at a node that is not in the text": 1, "with its end before its start": 1,
        "without the number of a node": 1, "without a type": 1, "relation": 1,
      ])
  }

  @Test func textAndFeaturesAreExact() throws {
    let corpus = try readCorpus(
      gate(
        "a &lt;b&gt; &#x1F60A;&#13;\n<![CDATA[<c>]]>",
        "<AnnotationSet/>", features: feature("k", "<![CDATA[<v a=\"1\"/>]]>") + feature("e", "")))
    #expect(corpus.documents[0].text.utf8.elementsEqual("a <b> 😊\r\n<c>".utf8))
    #expect(
      corpus.documents[0].attributes == [Attribute("k", "<v a=\"1\"/>"), Attribute("e", "")])
  }

  @Test func faultsAreNamed() {
    #expect(failure("<GateDocument/>").contains("expected <TextWithNodes>"))
    #expect(
      failure("<x/>") { $0.format = .gate } == "test:1:4: expected <GateDocument>, found <x>"
        || failure("<x/>") { $0.format = .gate }.contains("expected <GateDocument>, found <x>"))
    #expect(failure(gate("a &#1; b", "")).hasPrefix("test:4:"))
    #expect(failure(gate("a", "stray")).contains("text outside, with \"s\""))
    #expect(failure(gate("a", "<TextWithNodes/>")).contains("expected one <TextWithNodes>"))
    #expect(failure(gate("a &x; b", "")).contains("five predefined"))
  }

  @Test func utf16IsRead() throws {
    let text = gate(nodes, "<AnnotationSet>\(annotation(1, "P", 7, 13))</AnnotationSet>")
      .replacingOccurrences(of: "UTF-8", with: "UTF-16")
    let bytes = utf16Bytes(text, highFirst: false)
    let corpus = try readCorpus(bytes)
    #expect(corpus.format == .gate)
    #expect(describe(corpus.documents[0].annotations) == "P 6-12")
  }

  @Test func damageNeverCrashes() {
    let set =
      "<AnnotationSet>" + annotation(1, "Token", 0, 3) + annotation(2, "Sentence", 0, 14)
      + annotation(3, "P", 7, 13, feature("k", "v") + feature("enxerto.fragments", "3 4"))
      + annotation(4, "P", 0, 3, feature("enxerto.fragmentOf", "3")) + "</AnnotationSet>"
    let bytes = Array(gate(nodes, set).utf8)
    for end in bytes.indices { _ = failure(Array(bytes[..<end])) { $0.format = .gate } }
    var random = RandomStream(seed: 11, purpose: "cases")
    for round in 0..<1000 {
      let result = failure(damaged(bytes, &random)) { $0.format = .gate }
      #expect(!result.hasPrefix("another"), "round \(round) of seed 11: \(result)")
    }
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func sharedDocumentsKeepTheirSpans() throws {
    // Counted, and hashed by FNV-1a, with another parser that slices UTF-16.
    let expected: [(set: String, count: Int, hash: UInt64)] = [
      ("merged", 536, 8_436_769_906_115_849_623),
      ("crowdResults", 1943, 815_340_157_400_793_837),
      ("all", 3358, 5_940_178_373_707_378_386),
    ]
    let files = try FileManager.default.contentsOfDirectory(
      at: SharedCorpora.file("btc/gatexml"), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "xml" }.sorted { $0.path < $1.path }
    #expect(files.count == 200)
    for (set, count, hash) in expected {
      let corpus = try CorpusReader.read(
        files: files, options: CorpusOptions(annotationSet: set, split: plainSplit))
      #expect(corpus.documents.count == 200)
      #expect(corpus.report.spans == count)
      var sum: UInt64 = 0xcbf2_9ce4_8422_2325
      for document in corpus.documents {
        let scalars = Array(document.text.unicodeScalars)
        for annotation in document.annotations {
          let range = annotation.range
          var text = ""
          text.unicodeScalars.append(contentsOf: scalars[range])
          let line = "\(annotation.label)\t\(range.lowerBound)\t\(range.upperBound)\t\(text)\n"
          for byte in line.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
      }
      #expect(sum == hash, "\(set)")
      #expect(offsetsAgree(corpus))
    }
    let key = try CorpusReader.read(files: files, options: CorpusOptions(split: plainSplit))
    #expect((key.report.sentences, key.report.words) == (357, 4546))
  }

  @Test(
    .enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)),
    arguments: [
      ("debug_debug-gatexml", "TEST 0-2"), ("docs_debug_testdoc1", ""), ("docs_testdocument1", ""),
      ("examples_saveddoc", ""), ("tests_testdoc1", "Type1 0-4, Type1 5-8"),
    ])
  func sharedSamplesRead(_ name: String, _ spans: String) throws {
    let corpus = try CorpusReader.read(
      files: [SharedCorpora.file("gate/\(name).xml")], options: CorpusOptions(split: plainSplit))
    #expect(describe(corpus.documents[0].annotations) == spans)
  }
}

@Suite struct GateWriterTests {
  private func rewritten(_ document: Document) throws -> Document {
    let files = try GateWriter().files(of: document, stem: "x")
    #expect(files.map(\.name) == ["x.xml"])
    let corpus = try readCorpus(files[0].bytes)
    #expect(corpus.format == .gate)
    return try #require(corpus.documents.first)
  }

  @Test func documentsComeBack() throws {
    var documents = OffsetXMLDocuments(seed: 5)
    for round in 0..<400 {
      let document = documents.document()
      let once = try rewritten(document)
      try #require(
        isSameDocument(once, document),
        "round \(round) of seed 5:\n\(once)\n\(document)")
      #expect(try rewritten(once) == once, "round \(round) of seed 5")
    }
  }

  @Test func whatXMLCannotHoldIsRefused() {
    let control = Document(text: "a\u{1}b", split: plainSplit)
    #expect(throws: CorpusError.self) { try GateWriter().files(of: control, stem: "x") }
    var reserved = Document(text: "ab", split: plainSplit)
    reserved.attributes = [Attribute("enxerto.sets", "all")]
    #expect(throws: CorpusError.self) { try GateWriter().files(of: reserved, stem: "x") }
  }

  @Test(.enabled(if: SharedCorpora.arePresent, Comment(rawValue: SharedCorpora.absence)))
  func sharedDocumentsComeBack() throws {
    let folders = ["btc/gatexml", "gate"]
    for url in try folders.flatMap({
      try FileManager.default.contentsOfDirectory(
        at: SharedCorpora.file($0), includingPropertiesForKeys: nil)
    }) where url.pathExtension == "xml" {
      let corpus = try CorpusReader.read(
        files: [url], options: CorpusOptions(annotationSet: "all", split: plainSplit))
      let document = corpus.documents[0]
      #expect(try rewritten(document) == document, "\(url.lastPathComponent)")
    }
  }
}
