/// Reads JSON lines into a corpus: each line a document.
struct JSONLinesReader: DocumentReader {
  /// The longest line, in bytes: a line is a whole document with all that is annotated.
  static let lineLimit = 1 << 28

  func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    try source.forEachLine(encoding: sink.options.encoding, limit: Self.lineLimit) { line in
      try read(line, file: source.name, into: &sink)
    }
  }

  private func read(_ line: Line, file: String, into sink: inout DocumentSink) throws {
    let object = try JSONLine(line, file: file)
    if sink.options.requiresAnnotations, object.content != .blank, object.spans == nil,
      object.tags == nil
    {
      throw object.hasNumberTags
        ? CorpusError(
          file: file, line: line.number,
          expected: "\"ner_tags\" as strings (what a number stands for is not in the file)",
          found: "numbers")
        : CorpusError(
          file: file, line: line.number, expected: "\"spans\" or \"tags\"", found: "neither")
    }
    if object.hasNumberTags, object.spans == nil, object.tags == nil {
      sink.report.setAside("tags that are numbers: what they stand for is not in the file")
    }
    guard let document = Self.document(object, line: line.number, file: file) else { return }
    try sink.append(document)
  }

  /// nil for a blank line.
  private static func document(_ object: JSONLine, line: Int, file: String) -> ReadDocument? {
    var document: Document
    var segmentation = ReadDocument.Segmentation.words
    var annotations: [Annotation] = []
    switch object.content {
    case .blank: return nil
    case .text(let text):
      document = Document(id: object.id, text: text, sentences: [])
      if let sentences = object.sentences {
        document.sentences = sentences.map { Sentence(words: $0) }
      } else {
        segmentation = .text
      }
      annotations = (object.spans ?? []).map { annotation($0, in: nil, end: 0) }
    case .tokens(let tokens):
      document = Document(id: object.id, words: tokens)
      let words = document.sentences.first?.words ?? []
      let end = words.last?.range.upperBound ?? 0
      annotations = (object.spans ?? []).map { annotation($0, in: words, end: end) }
    }
    document.annotations = annotations
    document.sections = object.sections
    document.attributes = object.attributes + JSONMemberAttributes.attributes(of: object.others)
    let tags = object.tags.map { [ReadDocument.Tags(sentence: 0, tags: $0, lines: [line])] }
    return ReadDocument(
      document: document, segmentation: segmentation, tags: tags ?? [],
      isAnnotated: object.spans != nil || object.tags != nil, file: file)
  }

  /// - Parameter words: what the span's offsets count; nil for scalars.
  private static func annotation(_ span: JSONSpan, in words: [Word]?, end: Int) -> Annotation {
    let fragments = span.fragments.isEmpty ? [span.range] : span.fragments
    return Annotation(
      label: span.label, fragments: fragments.map { scalars($0, in: words, end: end) },
      layer: span.layer, id: span.id,
      attributes: span.attributes
        + JSONMemberAttributes.attributes(of: span.others, number: "confidence"))
  }

  private static func scalars(_ range: Range<Int>, in words: [Word]?, end: Int) -> Range<Int> {
    guard let words else { return range }
    let start = range.lowerBound < words.count ? words[range.lowerBound].range.lowerBound : end
    guard !range.isEmpty else { return start..<start }
    return start..<max(start, words[range.upperBound - 1].range.upperBound)
  }
}
