import AdapterFixtures
import Corpora
import Foundation
import Inference
import TestSupport
import Testing
import Tokenization

/// Whole documents, tagged and given back.
@Suite struct TagDocumentsTests {
  private static let split: TextSplit = { TextSplitter().sentences(of: $0).map(\.words) }

  @Test func anXMLDocumentGainsWhatTextGains() throws {
    var tagger = try Tiny.tagger()
    let text = "Ana Reis went to Porto . I met Rui ."
    let spans = try tagger.tag(text: text)
    #expect(!spans.isEmpty)
    var rewriter = try XMLRewriter(
      Array("<a>\(text)</a>".utf8), format: .inlineXML, name: "t", split: Self.split)
    try tagger.tag(&rewriter)
    var expected = Array(text.unicodeScalars)
    for span in spans.reversed() {
      expected.insert(contentsOf: "</\(span.label)>".unicodeScalars, at: span.range.upperBound)
      expected.insert(contentsOf: "<\(span.label)>".unicodeScalars, at: span.range.lowerBound)
    }
    let result = String(decoding: rewriter.finish(), as: UTF8.self)
    #expect(
      result.unicodeScalars.elementsEqual("<a>".unicodeScalars + expected + "</a>".unicodeScalars))
    var none = try XMLRewriter(
      Array("<a>\(text)</a>".utf8), format: .inlineXML, name: "t", split: Self.split)
    try tagger.tag(&none, minimumConfidence: 1.1)
    #expect(String(decoding: none.finish(), as: UTF8.self) == "<a>\(text)</a>")
  }

  @Test func documentsGainAnnotations() throws {
    var tagger = try Tiny.tagger()
    let corpus = try CorpusReader.read(
      [.bytes(Array(Tiny.corpus.utf8), name: "t")], options: CorpusOptions())
    let tagged = try tagger.annotated(corpus.documents)
    #expect(tagged.map(\.text) == corpus.documents.map(\.text))
    #expect(tagged.flatMap(\.annotations).map(\.label) == ["PER", "LOC", "PER", "ORG", "LOC"])
    #expect(tagged.flatMap(\.annotations).allSatisfy { $0.attribute("confidence") != nil })
    #expect(
      tagged.flatMap(\.flatAnnotations).map(\.range) == tagged.flatMap(\.annotations).map(\.range))
    var rows: [UInt8] = []
    try tagger.tag(corpus.documents, to: .conll(.iob2)) { rows += $0 }
    #expect(rows.text.hasPrefix("Ana\tB-PER\nReis\tI-PER\nwent\tO\n"))
  }
}
