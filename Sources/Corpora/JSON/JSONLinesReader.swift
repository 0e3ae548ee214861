/// Reads JSON lines into a corpus: each line a document.
struct JSONLinesReader {
  private let file: String
  private let split: TextSplit

  init(file: String, split: @escaping TextSplit) {
    self.file = file
    self.split = split
  }

  func take(_ line: Line, into corpus: inout CorpusAssembler) throws(CorpusError) {
    let object = try JSONLine(line, file: file)
    if corpus.requiresAnnotations, object.content != .blank, object.spans == nil,
      object.tags == nil
    {
      throw CorpusError(
        file: file, line: line.number, expected: "\"spans\" or \"tags\"", found: "neither")
    }
    switch object.content {
    case .blank: break
    case .text(let text): take(text, object, into: &corpus)
    case .tokens(let tokens): take(tokens, object, line: line.number, into: &corpus)
    }
  }

  private func take(_ text: String, _ object: JSONLine, into corpus: inout CorpusAssembler) {
    guard let spans = object.spans else {
      corpus.append(Document(id: object.id, text: text, split: split), tags: [], file: file)
      return
    }
    let scalars = Array(text.unicodeScalars)
    let aligned = SpanAlignment.align(
      spans.map { SpanAlignment.Stretch(label: $0.label, range: $0.range) }, with: split(text),
      in: scalars)
    let builder = DocumentBuilder(id: object.id)
    let sentences = aligned.sentences.map { words, spans in
      Sentence(words: builder.words(at: words, in: scalars), spans: spans)
    }
    for (count, reason) in [
      (aligned.nested, "overlapping another span"), (aligned.empty, "without a word"),
    ] where count > 0 { corpus.report.setAside(reason, count: count) }
    for (count, reason) in [
      (aligned.cutting, "word cut at the edge of a span"),
      (aligned.joined, "sentences joined under a span"),
    ] where count > 0 { corpus.report.repair(reason, count: count) }
    corpus.append(annotated: Document(id: object.id, text: text, sentences: sentences))
  }

  private func take(
    _ tokens: [String], _ object: JSONLine, line: Int, into corpus: inout CorpusAssembler
  ) {
    if let tags = object.tags {
      corpus.append(
        Document(id: object.id, words: tokens),
        tags: [CorpusAssembler.Tags(sentence: 0, tags: tags, lines: [line])], file: file)
      return
    }
    guard let spans = object.spans else {
      corpus.append(Document(id: object.id, words: tokens), tags: [], file: file)
      return
    }
    // Each token a stretch of one unit: overlaps are settled as in text.
    let aligned = SpanAlignment.align(
      spans.map { SpanAlignment.Stretch(label: $0.label, range: $0.range) },
      with: [tokens.indices.map { $0..<$0 + 1 }],
      in: [Unicode.Scalar](repeating: "x", count: tokens.count))
    if aligned.nested > 0 {
      corpus.report.setAside("overlapping another span", count: aligned.nested)
    }
    corpus.append(
      annotated: Document(
        id: object.id, words: tokens, spans: aligned.sentences.first?.spans ?? []))
  }
}
