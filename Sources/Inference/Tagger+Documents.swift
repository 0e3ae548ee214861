public import Corpora
import Tasks

extension Tagger {
  /// Tags the texts of a document and adds what was found to it.
  ///
  /// - Parameter minimumConfidence: spans below it are left out.
  public mutating func tag(
    _ rewriter: inout some CorpusRewriter, minimumConfidence: Double = 0
  ) throws {
    var begin = 0
    while begin < rewriter.count {
      var texts: [(index: Int, text: RewritableText, words: [[String]])] = []
      var words = 0
      var index = begin
      while index < rewriter.count, words < Self.wordsPerBatch {
        let text = rewriter.text(index)
        let scalars = Array(text.text.unicodeScalars)
        let sentences = text.sentences.map { $0.map { Self.string(scalars[$0]) } }
        words += sentences.reduce(1) { $0 + $1.count }
        texts.append((index, text, sentences))
        index += 1
      }
      begin = index
      var spans = try tag(sentences: texts.flatMap(\.words))[...]
      for (index, text, words) in texts {
        let found = zip(text.sentences, spans.prefix(words.count)).flatMap { places, spans in
          spans.filter { $0.confidence >= minimumConfidence }.map { scored in
            PredictedEntity(
              label: scored.span.label, range: Self.range(of: scored.span, in: places),
              confidence: scored.confidence)
          }
        }
        spans = spans.dropFirst(words.count)
        rewriter.add(found, to: index)
      }
    }
  }

  /// The documents with what is found in place of their annotations, for writers of any format.
  public mutating func annotated(
    _ documents: [Document], minimumConfidence: Double = 0
  ) throws -> [Document] {
    var spans = try tag(
      sentences: documents.flatMap { $0.sentences.map { $0.words.map(\.text) } })[...]
    return documents.map { document in
      var document = document
      document.annotations = []
      for index in document.sentences.indices {
        let found = (spans.popFirst() ?? []).filter { $0.confidence >= minimumConfidence }
        document.sentences[index].spans = found.map(\.span)
        document.annotations += found.map { scored in
          Annotation(
            label: scored.span.label, range: document.sentences[index].range(of: scored.span),
            attributes: [Attribute("confidence", "\(scored.confidence)")])
        }
      }
      return document
    }
  }

  /// Tags documents and writes them as `output` says, one after another.
  public mutating func tag(
    _ documents: [Document], to output: TagOutputFormat, minimumConfidence: Double = 0,
    emit: TagStream.Emit
  ) throws {
    let writer = TagWriter(
      format: output, layout: .plain, minimumConfidence: minimumConfidence)
    var rest = documents[...]
    while !rest.isEmpty {
      var batch: [TagDocument] = []
      var words = 0
      while words < Self.wordsPerBatch, let document = rest.popFirst() {
        batch.append(TagDocument(document))
        words += document.sentences.reduce(1) { $0 + $1.words.count }
      }
      var spans = try tag(sentences: batch.flatMap(\.sentences))[...]
      for document in batch {
        let found = Array(spans.prefix(document.sentences.count))
        spans = spans.dropFirst(document.sentences.count)
        try emit(writer.bytes(of: .document(document), spans: found))
      }
    }
  }

  private static func range(of span: EntitySpan, in words: [Range<Int>]) -> Range<Int> {
    words[span.words.lowerBound].lowerBound..<words[span.words.upperBound - 1].upperBound
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
