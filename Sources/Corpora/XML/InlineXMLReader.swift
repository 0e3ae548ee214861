/// Reads `<corpus><document id="…"><s><PER>…</PER> …</s></document></corpus>`.
///
/// Elements inside a sentence are labels, elements outside are structure; text outside of
/// sentences is an error. White space: see `docs/formats.md`.
struct InlineXMLReader: DocumentReader {
  /// The names of the elements that are not labels.
  struct Dialect: Hashable, Sendable {
    var sentence = "s"
    var document = "document"
  }

  private let dialect: Dialect
  private var id: String?
  /// The document so far: its sentences by line feeds.
  private var scalars: [Unicode.Scalar] = []
  private var sentences: [Range<Int>] = []
  private var annotations: [Annotation] = []
  private var text = SentenceText()
  /// The elements that are open in the sentence; `order` counts their openings.
  private var open: [(label: String, start: Int, order: Int)] = []
  private var stretches: [(label: String, range: Range<Int>, order: Int)] = []
  private var isInSentence = false

  init(dialect: Dialect = Dialect()) {
    self.dialect = dialect
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        try start(reader, &sink)
        if reader.isEmptyElement { try end(reader.name, source.name, &sink) }
      case .elementEnd: try end(reader.name, source.name, &sink)
      case .text: try take(reader)
      case .other: break
      }
    }
    try endDocument(source.name, &sink)
  }

  private mutating func start(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    let name = reader.name
    if isInSentence {
      guard name != dialect.sentence, name != dialect.document else {
        throw reader.error(
          expected: "</\(dialect.sentence)> first", found: "<\(name)> inside a sentence")
      }
      open.append((name, text.length, open.count + stretches.count))
    } else if name == dialect.sentence {
      isInSentence = true
    } else if name == dialect.document {
      try endDocument(reader.file, &sink)
      id = reader.attribute("id")
    }
  }

  private mutating func end(_ name: String, _ file: String, _ sink: inout DocumentSink) throws {
    if let element = open.popLast() {
      stretches.append((element.label, element.start..<text.length, element.order))
    } else if isInSentence {
      endSentence(&sink)
    } else if name == dialect.document {
      try endDocument(file, &sink)
    }
  }

  private mutating func take(_ reader: XMLPullReader) throws(CorpusError) {
    let value = reader.text
    if isInSentence {
      text.append(value)
    } else if let stray = value.unicodeScalars.first(where: { !SentenceText.isSpace($0) }) {
      throw reader.error(
        expected: "text inside <\(dialect.sentence)> only",
        found: "text outside, with \(String(stray).quoted)")
    }
  }

  private mutating func endSentence(_ sink: inout DocumentSink) {
    defer {
      text = SentenceText()
      stretches = []
      isInSentence = false
    }
    guard !text.scalars.isEmpty else {
      sink.report.repair("sentence without words left out")
      if !stretches.isEmpty { sink.report.setAside("without text", count: stretches.count) }
      return
    }
    if !scalars.isEmpty { scalars.append("\n") }
    let start = scalars.count
    scalars += text.scalars
    sentences.append(start..<scalars.count)
    for stretch in stretches.sorted(by: { $0.order < $1.order }) {
      // An element's text begins after the white space that was open when it began.
      let range = SpanAlignment.trim(stretch.range, in: text.scalars)
      annotations.append(Annotation(label: stretch.label, range: range.shifted(by: start)))
    }
  }

  private mutating func endDocument(_ file: String, _ sink: inout DocumentSink) throws {
    defer {
      id = nil
      scalars = []
      sentences = []
      annotations = []
    }
    guard !sentences.isEmpty else { return }
    try sink.append(
      ReadDocument(
        document: Document(
          id: id, text: String(scalars: scalars), sentences: [], annotations: annotations),
        segmentation: .sentences(sentences), isAnnotated: true, file: file))
  }
}

/// The text of one sentence as it is gathered: no white space at the ends, and a run of white
/// space that holds a line break or a tab is one space.
struct SentenceText {
  private(set) var scalars: [Unicode.Scalar] = []
  private var run: [Unicode.Scalar] = []

  /// Length without the white space that is still open.
  var length: Int { scalars.count }

  /// White space as XML has it: a no-break space is text.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t"
  }

  mutating func append(_ text: String) {
    for scalar in text.unicodeScalars {
      if Self.isSpace(scalar) {
        run.append(scalar)
        continue
      }
      if !run.isEmpty, !scalars.isEmpty {
        scalars += run.allSatisfy { $0 == " " } ? run : [" "]
      }
      run.removeAll(keepingCapacity: true)
      scalars.append(scalar)
    }
  }
}
