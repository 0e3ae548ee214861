/// Reads WebAnno TSV 3: one document a file, with spans of any number of layers.
///
/// Relations, links of slots and chains are no spans: they are counted as set aside.
struct WebAnnoReader: DocumentReader {
  private let file: String
  private var header: WebAnnoHeader?
  /// Header lines that are none of the format's own: `#Summary=…`.
  private var attributes: [Attribute] = []
  private var isInHeader = true
  private var sentences: [WebAnnoSentence] = []
  private var current = WebAnnoSentence()
  private var size = 0

  init(file: String) {
    self.file = file
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    try source.forEachLine(encoding: sink.options.encoding, endsAtCarriageReturns: true) { line in
      try take(line)
    }
    try endSentence()
    guard let header else {
      throw CorpusError(
        .empty, file: file, expected: "#FORMAT=WebAnno TSV 3.0 to 3.3", found: "an empty file")
    }
    if !current.comments.isEmpty {
      sink.report.setAside("comment after the last sentence", count: current.comments.count)
    }
    try finish(header, &sink)
  }

  // MARK: Lines

  private mutating func take(_ line: Line) throws(CorpusError) {
    size += line.bytes.count
    let isBlank = line.content.isEmpty
    guard header != nil else {
      if isBlank { return }
      header = try WebAnnoHeader(line, file: file)
      return
    }
    if isBlank {
      if header?.layers.isEmpty == false { isInHeader = false }
      try endSentence()
    } else if line.content.first == UInt8(ascii: "#") {
      try takeComment(line)
    } else {
      isInHeader = false
      current.rows.append(
        try WebAnnoRow(line, columns: header?.columnCount ?? 3, file: file))
    }
  }

  private mutating func takeComment(_ line: Line) throws(CorpusError) {
    if !current.rows.isEmpty { try endSentence() }
    let isText = line.content.starts(with: "#Text=".utf8)
    if isText || line.content.starts(with: "#Sentence.".utf8) { isInHeader = false }
    if isInHeader {
      if try header?.take(line, file: file) ?? false { return }
      let parts = line.text.pieces(between: UInt8(ascii: "="), maxSplits: 1)
      attributes.append(
        Attribute(
          String(Substring(parts[0].utf8.dropFirst())), parts.count > 1 ? String(parts[1]) : ""))
      return
    }
    if isText {
      if current.texts.isEmpty { current.line = line.number }
      current.texts.append(Array(line.content.dropFirst("#Text=".utf8.count))[...])
    }
    current.comments.append(line.text)
  }

  private mutating func endSentence() throws(CorpusError) {
    if current.rows.isEmpty {
      guard current.texts.allSatisfy({ $0.allSatisfy { $0 == UInt8(ascii: " ") } }) else {
        throw CorpusError(
          file: file, line: current.line, expected: "the rows of the sentence's tokens",
          found: "none")
      }
      current.texts = []
      return
    }
    sentences.append(current)
    current = WebAnnoSentence()
  }

  // MARK: The document

  private func finish(_ header: WebAnnoHeader, _ sink: inout DocumentSink) throws {
    let isChosen = try chosenLayers(of: header, sink.options.annotationSet)
    var layout = try layout(header, &sink.report)
    layout.finish()
    if layout.rebuilt > 0 {
      sink.report.repair("sentence without #Text=", count: layout.rebuilt)
    }
    var spans = WebAnnoSpans(header.layers, isChosen: isChosen)
    for (row, range) in zip(sentences.flatMap(\.rows), layout.ranges) {
      spans.take(row, at: range)
    }
    let document = Document(
      text: String(scalars: layout.scalars), sentences: layout.sentences,
      annotations: spans.annotations(&sink.report), attributes: attributes)
    try sink.append(
      ReadDocument(document: document, segmentation: .words, isAnnotated: true, file: file))
  }

  private func layout(
    _ header: WebAnnoHeader, _ report: inout CorpusReport
  ) throws(CorpusError) -> WebAnnoLayout {
    let (sentences, version, file, size) = (sentences, header.minorVersion, file, size)
    func layout(_ unit: WebAnnoLayout.Unit) throws(CorpusError) -> WebAnnoLayout {
      try WebAnnoLayout(
        sentences, unit: unit, minorVersion: version, file: file, fileSize: size)
    }
    do throws(CorpusError) {
      return try layout(.utf16)
    } catch {
      guard let other = try? layout(.scalars) else { throw error }
      report.repair("offsets that count code points, not units of UTF-16")
      return other
    }
  }

  /// - Throws: `CorpusError` if there is no layer of that name.
  private func chosenLayers(
    of header: WebAnnoHeader, _ name: String?
  ) throws(CorpusError) -> [Bool] {
    guard let name, name != "all" else {
      return header.layers.map { $0.kind == .span }
    }
    let chosen = header.layers.map { layer in
      layer.kind == .span
        && (layer.name.hasSameBytes(as: name)
          || layer.shortName.hasSameBytes(as: name))
    }
    guard chosen.contains(true) else {
      let names = header.layers.filter { $0.kind == .span }.map(\.name)
      throw CorpusError(
        .option, file: file,
        expected: names.isEmpty
          ? "a layer of spans in the file" : "one of the layers " + names.joined(separator: ", "),
        found: name.quoted)
    }
    return chosen
  }
}

extension WebAnnoReader {
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    sample.firstLine.starts(with: "#FORMAT=WebAnno TSV".utf8) ? .webannoTSV : nil
  }
}
