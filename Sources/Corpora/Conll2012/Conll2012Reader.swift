/// Reads CoNLL-2012: `#begin document (name); part 000`, rows of at least twelve columns padded
/// with spaces, names in brackets in the eleventh.
///
/// Words stay as they are: `-LRB-`, `/.`, `[WORD]`. Of the annotations it takes the names.
struct Conll2012Reader: DocumentReader {
  private static let wordIndex = 3
  private static let nameIndex = 10
  private static let leastColumns = 12
  /// How many names may be open at once.
  private static let depthLimit = 4096

  private let file: String
  private var isOpen = false
  /// Whether the document began without `#begin document`: then its name is in its rows.
  private var isBare = false
  private var id: String?
  private var part: String?
  private var comments: [String] = []
  private var rows: [(cells: [String], line: Int)] = []
  private var builder = DocumentBuilder(id: nil)
  private var annotations: [Annotation] = []

  init(file: String) {
    self.file = file
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    try source.forEachLine(encoding: sink.options.encoding, endsAtCarriageReturns: true) { line in
      try take(line, &sink)
    }
    try endSentence(&sink.report)
    if isOpen, !isBare { sink.report.repair("document without #end document") }
    try endDocument(&sink)
    if !comments.isEmpty {
      sink.report.setAside("comment after the last sentence", count: comments.count)
    }
  }

  // MARK: Lines

  private mutating func take(_ line: Line, _ sink: inout DocumentSink) throws {
    if line.content.starts(with: "#begin document".utf8) {
      try begin(line, &sink)
    } else if line.content.starts(with: "#end document".utf8) {
      try endSentence(&sink.report)
      if !isOpen || isBare { sink.report.repair("#end document without #begin document") }
      try endDocument(&sink)
    } else if line.content.first == UInt8(ascii: "#") {
      comments.append(line.text)
    } else if line.content.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
      try endSentence(&sink.report)
    } else {
      try takeRow(line, &sink)
    }
  }

  private mutating func begin(_ line: Line, _ sink: inout DocumentSink) throws {
    try endSentence(&sink.report)
    if isOpen, !isBare { sink.report.repair("document without #end document") }
    try endDocument(&sink)
    let rest = Substring(line.text).utf8.dropFirst("#begin document".utf8.count)
    guard let open = rest.firstIndex(of: UInt8(ascii: "(")),
      rest[..<open].allSatisfy({ $0 == UInt8(ascii: " ") }),
      let close = rest.lastIndex(of: UInt8(ascii: ")")), open < close
    else {
      throw CorpusError(
        file: file, line: line.number,
        expected: "#begin document (name); part 000", found: line.text.quoted)
    }
    id = String(Substring(rest[rest.index(after: open)..<close]))
    let tail = String(Substring(rest[rest.index(after: close)...])).trimmingSpaces
    let words = tail.pieces(between: UInt8(ascii: " ")).filter { !$0.isEmpty && $0 != ";" }
    part = words.last.map(String.init)
    isOpen = true
    isBare = false
  }

  private mutating func takeRow(_ line: Line, _ sink: inout DocumentSink) throws {
    let cells = line.content.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      .map { String(decoding: $0, as: UTF8.self) }
    let count = rows.first?.cells.count
    guard cells.count >= Self.leastColumns, count == nil || cells.count == count else {
      throw CorpusError(
        file: file, line: line.number,
        expected: count.map { "\($0) columns as in the sentence's first row" }
          ?? "at least \(Self.leastColumns) columns",
        found: "\(cells.count)")
    }
    if !isOpen || isBare, rows.isEmpty {
      if isOpen, id?.hasSameBytes(as: cells[0]) != true || part?.hasSameBytes(as: cells[1]) != true
      {
        try endDocument(&sink)
      }
      if !isOpen {
        sink.report.repair("rows outside of #begin document")
        (isOpen, isBare, id, part) = (true, true, cells[0], cells[1])
      }
    }
    rows.append((cells, line.number))
  }

  // MARK: Sentences and documents

  private mutating func endSentence(_ report: inout CorpusReport) throws {
    guard !rows.isEmpty else { return }
    let names = try names(&report)
    let mentions = rows.reduce(0) { sum, row in
      sum + (row.cells.last?.utf8.count { $0 == UInt8(ascii: "(") } ?? 0)
    }
    if mentions > 0 { report.setAside("mention in the coreference column", count: mentions) }
    builder.append(
      words: rows.map { $0.cells[Self.wordIndex] }, spans: [], rows: rows.map(\.cells),
      comments: comments)
    if let sentence = builder.sentences.last {
      for name in names {
        annotations.append(Annotation(label: name.label, range: sentence.range(of: name)))
      }
    }
    comments = []
    rows = []
  }

  /// The sentence's names, in the order of their opening.
  private func names(_ report: inout CorpusReport) throws(CorpusError) -> [EntitySpan] {
    var open: [(label: String, start: Int, order: Int)] = []
    var found: [(span: EntitySpan, order: Int)] = []
    var order = 0
    for (word, row) in rows.enumerated() {
      let cell = row.cells[Self.nameIndex]
      if cell == "-" || cell == "_" { continue }
      var rest = cell.utf8[...]
      while let first = rest.popFirst() {
        switch first {
        case UInt8(ascii: "("):
          let label = rest.prefix { !"()*".utf8.contains($0) }
          rest = rest[label.endIndex...]
          guard open.count < Self.depthLimit else {
            throw error(row.line, "at most \(Self.depthLimit) names open at once", "more")
          }
          open.append((String(Substring(label)), word, order))
          order += 1
        case UInt8(ascii: "*"): break
        case UInt8(ascii: ")"):
          guard let last = open.popLast() else {
            throw error(row.line, "the end of a name that has been opened", cell.quoted)
          }
          if last.label.isEmpty {
            report.setAside("name without a label")
          } else {
            found.append(
              (EntitySpan(label: last.label, words: last.start..<word + 1), last.order))
          }
        default:
          throw error(
            row.line, "a name in column \(Self.nameIndex + 1): *, (LABEL), (LABEL* or *)",
            cell.quoted)
        }
      }
    }
    if let left = open.last {
      throw error(
        rows[left.start].line, "the name that opens here to close in its sentence",
        ("(" + left.label).quoted)
    }
    return found.sorted { $0.order < $1.order }.map(\.span)
  }

  private func error(_ line: Int, _ expected: String, _ found: String) -> CorpusError {
    CorpusError(file: file, line: line, expected: expected, found: found)
  }

  private mutating func endDocument(_ sink: inout DocumentSink) throws {
    defer {
      builder = DocumentBuilder(id: nil)
      annotations = []
      (isOpen, isBare, id, part) = (false, false, nil, nil)
    }
    guard !builder.sentences.isEmpty else {
      if isOpen { sink.report.repair("document without sentences") }
      return
    }
    var document = builder.finished()
    document.id = id
    document.annotations = annotations
    if let part { document.attributes = [Attribute("part", part)] }
    try sink.append(
      ReadDocument(
        document: document, segmentation: .words, isAnnotated: true, file: file))
  }
}

extension Conll2012Reader {
  /// Whether it begins with `#begin document (`, or with rows whose sixth column is a bracketed
  /// tree and whose eleventh a bracketed name.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    let first = sample.firstLine
    if first.starts(with: "#begin document (".utf8) { return .conll2012 }
    let cells = first.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard cells.count >= leastColumns, cells[2].elementsEqual("0".utf8),
      cells[5].contains(UInt8(ascii: "*")),
      cells[nameIndex].contains(UInt8(ascii: "*")) || cells[nameIndex].first == UInt8(ascii: "(")
    else { return nil }
    return .conll2012
  }
}
