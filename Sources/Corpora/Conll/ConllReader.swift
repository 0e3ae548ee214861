/// Reads one whole CoNLL file into a corpus.
struct ConllReader: DocumentReader {
  let dialect: ConllDialect
  let file: String
  let encoding: TextEncoding
  private var columns: ConllColumns
  private var comments: [String] = []
  private var builder = DocumentBuilder(id: nil)
  private var pending: [ReadDocument.Tags] = []

  init(dialect: ConllDialect, file: String, encoding: TextEncoding) {
    self.dialect = dialect
    self.file = file
    self.encoding = encoding
    columns = ConllColumns(dialect: dialect, file: file)
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    var stream = ConllStream(dialect: dialect, file: file)
    while let chunk = try source.next() {
      try stream.feed(encoding.utf8(chunk)) { event in try take(event, into: &sink) }
    }
    try stream.finish { event in try take(event, into: &sink) }
    try endDocument(nextID: nil, in: &sink)
  }

  private mutating func take(_ event: ConllEvent, into sink: inout DocumentSink) throws {
    switch event {
    case .line(let line):
      switch line.kind {
      case .blank: break
      case .documentStart: try endDocument(nextID: nil, in: &sink)
      case .comment:
        if line.text.hasPrefix("# newdoc") {
          try endDocument(nextID: Self.value(of: "# newdoc id", in: line.text), in: &sink)
        }
        comments.append(line.text)
      }
    case .sentence(let sentence):
      try take(sentence, into: &sink)
    }
  }

  private mutating func take(
    _ sentence: ConllSentence, into sink: inout DocumentSink
  ) throws {
    let words = try columns.words(of: sentence)
    if var tags = try columns.tags(of: sentence) {
      if dialect.readsLabelOAsOutside {
        for index in tags.indices where tags[index] == "B-O" || tags[index] == "I-O" {
          sink.report.repair("\(tags[index]) read as O")
          tags[index] = "O"
        }
      }
      pending.append(
        ReadDocument.Tags(
          sentence: builder.sentences.count, tags: tags, lines: sentence.rows.map(\.line)))
    } else if sink.options.requiresAnnotations {
      throw CorpusError(
        file: file, line: sentence.rows.first?.line, expected: "a tag column after the word",
        found: "1 column")
    }
    let inner = sentence.comments.map { String(decoding: sentence.bytes[$0], as: UTF8.self) }
    builder.append(
      words: words, spans: [], rows: sentence.rows.map { sentence.columns(of: $0) },
      comments: comments + inner)
    comments = []
  }

  private mutating func endDocument(nextID: String?, in sink: inout DocumentSink) throws {
    let document = builder.finished()
    builder = DocumentBuilder(id: nextID)
    // Comments read since the last sentence belong to the next document.
    guard !document.sentences.isEmpty else { return }
    let tags = pending
    pending = []
    try sink.append(
      ReadDocument(
        document: document, segmentation: .words, tags: tags, isAnnotated: !tags.isEmpty,
        file: file))
  }

  /// The value of a `key = value` comment.
  private static func value(of key: String, in comment: String) -> String? {
    guard comment.hasPrefix(key), let sign = comment.utf8.firstIndex(of: UInt8(ascii: "="))
    else { return nil }
    let value = comment[comment.utf8.index(after: sign)...].drop { $0 == " " }
    return value.isEmpty ? nil : String(value)
  }
}
