import AdapterFixtures
import Encoders
import Foundation
import Inference
import Tasks
import TestSupport
import Testing

@Suite struct TaggerTests {
  @Test func textSpansAreThoseOfItsSentences() throws {
    var tagger = try Tiny.tagger()
    let text = "\u{FEFF}Ana Reis went to Porto.\r\nRui 👩‍👩‍👧 e\u{301} in Faro!"
    let scalars = Array(text.unicodeScalars)
    let spans = try tagger.tag(text: text)
    #expect(!spans.isEmpty)
    for span in spans {
      #expect(Array(span.text.unicodeScalars) == Array(scalars[span.range]))
      #expect(tagger.labels.contains(span.label))
      #expect((0...1).contains(span.confidence))
    }
    #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    #expect(try tagger.tag(text: "").isEmpty)
    #expect(try tagger.tag(text: " \r\n\t").isEmpty)
  }

  @Test func sentencesComeBackInOrder() throws {
    var tagger = try Tiny.tagger()
    let sentences = [["Ana", "Reis"], [], ["Porto"], [""], ["\u{200B}", "Faro"]]
    let together = try tagger.tag(sentences: sentences)
    #expect(together.count == sentences.count)
    for (sentence, spans) in zip(sentences, together) {
      let alone = try #require(try tagger.tag(sentences: [sentence]).first)
      #expect(alone.map(\.span) == spans.map(\.span))
      for (one, other) in zip(alone, spans) {
        #expect(abs(one.confidence - other.confidence) < 1e-5)
      }
    }
    #expect(try tagger.tag(sentences: []).isEmpty)
  }

  @Test func threadsDoNotChangeTags() throws {
    let sentences = (0..<300).map { index in
      (0...index % 17).map { ["Ana", "Reis", "went", "to", "Porto", "."][($0 + index) % 6] }
    }
    var one = try Tiny.tagger(threads: 1)
    var three = try Tiny.tagger(threads: 3)
    #expect(
      try one.tag(sentences: sentences).map { $0.map(\.span) }
        == three.tag(sentences: sentences).map { $0.map(\.span) })
  }

  @Test func anotherEncoderIsRefused() throws {
    let trained = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: trained) }
    try trainTagger(
      corpus: exampleCorpus(in: trained), encoder: Tiny.encoderFolder,
      output: trained.appendingPathComponent("adapter"))
    let adapter = try Adapter(folder: trained.appendingPathComponent("adapter"))
    let other = try EncoderFolder.locate(
      packageRoot.appendingPathComponent("Tests/EncodersTests/Fixtures/tiny-cased-gelu-new").path,
      environment: [:], currentDirectory: packageRoot)
    let error = #expect(throws: AdapterError.self) {
      try Tagger(adapter: adapter, encoderFolder: other, environment: [:])
    }
    #expect(error?.kind == .mismatch)
    #expect(error?.description.contains("SHA-256") == true)
  }
}
