public import Corpora
public import Tasks
import Tokenization

/// Text or words to be tagged.
public enum TagRequest: Hashable, Sendable {
  /// Raw text; sentences and words are found by `TextSplitter`.
  case text(String)
  /// The words of one sentence.
  case tokens([String])

  /// UTF-8 bytes of what is to be tagged.
  public var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .tokens(let tokens): tokens.reduce(0) { $0 + $1.utf8.count }
    }
  }
}

/// What was tagged, in whatever form it is wanted.
public struct TaggedText: Sendable {
  let document: TagDocument
  /// Of each sentence.
  public let spans: [[ScoredSpan]]

  /// One JSON object and a line feed, as `enxerto tag` writes it: `{"text"|"tokens", "spans": […]}`.
  public var jsonLine: [UInt8] { JSONLinesWriter.bytes(of: document.jsonLine(spans)) }

  /// `word<TAB>tag` rows, a blank line after each sentence.
  public func conll(_ scheme: TagScheme = .iob2) -> [UInt8] {
    TagWriter(format: .conll(scheme), layout: .plain, minimumConfidence: 0)
      .bytes(of: .document(document), spans: spans)
  }

  /// A document with entities as elements, as `enxerto convert --to inline-xml` writes it.
  ///
  /// - Throws: `CorpusError` for a label or character that XML cannot hold.
  public func inlineXML() throws(CorpusError) -> [UInt8] {
    let writer = InlineXMLWriter()
    return writer.prologue + (try writer.bytes(of: document.annotated(spans))) + writer.epilogue
  }
}

extension TagDocument {
  /// As a document of a corpus, with what was found.
  fileprivate func annotated(_ spans: [[ScoredSpan]]) -> Document {
    guard case .text(let text) = content else {
      return Document(words: sentences.first ?? [], spans: (spans.first ?? []).map(\.span))
    }
    let end = scalars.count
    let sentences = zip(places, zip(self.sentences, spans)).map { ranges, item in
      Sentence(
        words: zip(ranges, item.0).map { range, word in
          Word(
            text: word, range: range,
            spaceAfter: range.upperBound < end
              && scalars[range.upperBound].properties.isWhitespace)
        }, spans: item.1.map(\.span))
    }
    var document = Document(id: id, text: text, sentences: sentences)
    document.annotations = document.flatAnnotations
    return document
  }
}

extension Engine {
  /// - Throws: as `tag(sentences:adapter:deadline:)`.
  public func tag(
    _ request: TagRequest, adapter: LoadedAdapter, deadline: ContinuousClock.Instant? = nil,
    admission: Admission = .ifRoom
  ) async throws -> TaggedText {
    let document =
      switch request {
      case .text(let text): TagDocument(text: text, splitter: TextSplitter())
      case .tokens(let tokens): TagDocument(tokens: tokens)
      }
    return TaggedText(
      document: document,
      spans: try await tag(
        sentences: document.sentences, adapter: adapter, deadline: deadline, admission: admission))
  }
}
