/// Reads JSON lines into a corpus: each line a document.
struct JSONLinesReader: DocumentReader {
  func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let file = source.name
    try source.forEachLine(encoding: sink.options.encoding) { line in
      let object = try JSONLine(line, file: file)
      if sink.options.requiresAnnotations, object.content != .blank, object.spans == nil,
        object.tags == nil
      {
        throw CorpusError(
          file: file, line: line.number, expected: "\"spans\" or \"tags\"", found: "neither")
      }
      if let document = Self.document(object, line: line.number, file: file) {
        try sink.append(document)
      }
    }
  }

  /// nil for a blank line.
  private static func document(_ object: JSONLine, line: Int, file: String) -> ReadDocument? {
    let isAnnotated = object.spans != nil || object.tags != nil
    switch object.content {
    case .blank: return nil
    case .text(let text):
      let annotations = (object.spans ?? []).map { Annotation(label: $0.label, range: $0.range) }
      return ReadDocument(
        document: Document(id: object.id, text: text, sentences: [], annotations: annotations),
        segmentation: .text, isAnnotated: isAnnotated, file: file)
    case .tokens(let tokens):
      var document = Document(id: object.id, words: tokens)
      let words = document.sentences.first?.words ?? []
      document.annotations = (object.spans ?? []).map { span in
        let start = words[span.range.lowerBound].range.lowerBound
        let end = words[span.range.upperBound - 1].range.upperBound
        return Annotation(label: span.label, range: start..<max(start, end))
      }
      let tags = object.tags.map { [ReadDocument.Tags(sentence: 0, tags: $0, lines: [line])] }
      return ReadDocument(
        document: document, segmentation: .words, tags: tags ?? [], isAnnotated: isAnnotated,
        file: file)
    }
  }
}
