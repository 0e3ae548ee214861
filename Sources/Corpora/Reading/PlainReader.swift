/// Reads `tokens` and `text`: each line a document without annotations.
struct PlainReader: DocumentReader {
  let format: CorpusFormat

  func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    guard !sink.options.requiresAnnotations else {
      throw CorpusError(
        file: source.name, expected: "a corpus with annotations",
        found: "the format \(format.rawValue)")
    }
    try source.forEachLine(encoding: sink.options.encoding) { line in
      let document =
        format == .text
        ? Document(text: line.text, sentences: [])
        : Document(words: TokensLine.words(line.content))
      try sink.append(
        ReadDocument(
          document: document, segmentation: format == .text ? .text : .words, isAnnotated: false,
          file: source.name))
    }
  }
}
