/// Reads `<corpus><document id="…"><s><PER>…</PER> …</s></document></corpus>`.
///
/// Elements inside a sentence are labels, elements outside are structure; text outside of
/// sentences is an error. White space: see `docs/formats.md`.
struct InlineXMLReader {
  /// The names of the elements that are not labels.
  struct Dialect: Hashable, Sendable {
    var sentence = "s"
    var document = "document"
  }

  private let file: String
  private let split: TextSplit
  private let dialect: Dialect
  private var builder = DocumentBuilder(id: nil)
  private var text = SentenceText()
  private var open: [(label: String, start: Int)] = []
  private var stretches: [SpanAlignment.Stretch] = []
  private var isInSentence = false

  init(file: String, split: @escaping TextSplit, dialect: Dialect = Dialect()) {
    self.file = file
    self.split = split
    self.dialect = dialect
  }

  mutating func read(
    _ source: ByteSource, encoding: TextEncoding?, into corpus: inout CorpusAssembler
  ) throws(CorpusError) {
    let reader = try XMLPullReader(source, encoding: encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        try start(reader, &corpus)
        if reader.isEmptyElement { end(reader.name, &corpus) }
      case .elementEnd: end(reader.name, &corpus)
      case .text: try take(reader)
      case .other: break
      }
    }
    endDocument(&corpus)
  }

  private mutating func start(
    _ reader: XMLPullReader, _ corpus: inout CorpusAssembler
  ) throws(CorpusError) {
    let name = reader.name
    if isInSentence {
      guard name != dialect.sentence, name != dialect.document else {
        throw reader.error(
          expected: "</\(dialect.sentence)> first", found: "<\(name)> inside a sentence")
      }
      open.append((name, text.length))
    } else if name == dialect.sentence {
      isInSentence = true
    } else if name == dialect.document {
      endDocument(&corpus)
      builder = DocumentBuilder(id: reader.attribute("id"))
    }
  }

  private mutating func end(_ name: String, _ corpus: inout CorpusAssembler) {
    if let element = open.popLast() {
      stretches.append(
        SpanAlignment.Stretch(label: element.label, range: element.start..<text.length))
    } else if isInSentence {
      endSentence(&corpus)
    } else if name == dialect.document {
      endDocument(&corpus)
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

  private mutating func endSentence(_ corpus: inout CorpusAssembler) {
    let scalars = text.scalars
    // Inner elements end first; the order of opening decides between equal ranges.
    let aligned = SpanAlignment.align(
      stretches.reversed(), with: [split(String(scalars: scalars)).flatMap { $0 }], in: scalars)
    for (words, spans) in aligned.sentences {
      builder.append(sentence: scalars, words: words, spans: spans)
    }
    if aligned.sentences.isEmpty { corpus.report.repair("sentence without words left out") }
    if aligned.nested > 0 {
      corpus.report.setAside("nested in another span", count: aligned.nested)
    }
    if aligned.empty > 0 {
      corpus.report.setAside("without a word", count: aligned.empty)
    }
    text = SentenceText()
    stretches = []
    isInSentence = false
  }

  private mutating func endDocument(_ corpus: inout CorpusAssembler) {
    let document = builder.finished()
    builder = DocumentBuilder(id: nil)
    if !document.sentences.isEmpty { corpus.append(annotated: document) }
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
