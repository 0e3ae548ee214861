/// Reads CoNLL-U, with entities as brackets (`Entity=(1-place`) or tags (`NER=B-PER`) in its last
/// column.
///
/// The rows of words stay in `Sentence.rows`; rows of multiword tokens and empty nodes, which are
/// no words, stay in `Sentence.comments` (`ConllUWriter.comment(keeping:)`), so that
/// `ConllUWriter` writes them where they stood.
struct ConllUReader: DocumentReader {
  private let file: String
  private var columns = ConllUColumns()
  private var id: String?
  private var comments: [String] = []
  private var rows: [ConllURow] = []
  private var expectedText: Substring?
  /// The last word of the open multiword token.
  private var multiwordEnd = 0
  private var wordCount = 0
  private var text = ConllUText()
  private var entities: ConllUEntities
  private var tags = ConllUTags()
  private var isAnyAnnotated = false
  private var hasSentence = false

  init(file: String) {
    self.file = file
    entities = ConllUEntities(file: file, format: nil)
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    try source.forEachLine(encoding: sink.options.encoding, endsAtCarriageReturns: true) { line in
      try take(line, &sink)
    }
    try endSentence(&sink.report)
    try endDocument(nextID: nil, &sink)
    if !comments.isEmpty {
      sink.report.setAside("comment after the last sentence", count: comments.count)
    }
    if sink.options.requiresAnnotations, hasSentence, !isAnyAnnotated {
      throw CorpusError(
        file: file, expected: "entities in the last column (Entity=, NER=)", found: "none")
    }
  }

  // MARK: Lines

  private mutating func take(_ line: Line, _ sink: inout DocumentSink) throws {
    if line.content.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
      try endSentence(&sink.report)
    } else if line.content.first == UInt8(ascii: "#") {
      try take(comment: line.text, line.number, &sink)
    } else {
      try takeRow(line)
    }
  }

  private mutating func take(
    comment: String, _ line: Int, _ sink: inout DocumentSink
  ) throws {
    let (key, value) = Self.keyAndValue(comment)
    if key.utf8.starts(with: "newdoc".utf8) {
      try endSentence(&sink.report)
      try endDocument(nextID: key == "newdoc id" ? value.map(String.init) : nil, &sink)
    } else if key == "global.Entity", let value {
      entities.format = ConllUEntityFormat(declaration: String(value))
    } else if key == "global.columns", let value {
      guard let declared = ConllUColumns(names: String(value)) else {
        throw CorpusError(
          file: file, line: line, expected: "ID and FORM among # global.columns",
          found: String(value).quoted)
      }
      columns = declared
    } else if key == "text", rows.isEmpty {
      expectedText = value
    }
    if !rows.isEmpty { sink.report.repair("comment between the rows of a sentence") }
    comments.append(comment)
  }

  /// `# key = value`; the value is nil where there is no `=`.
  private static func keyAndValue(_ comment: String) -> (key: String, value: Substring?) {
    let parts = comment.pieces(between: UInt8(ascii: "="), maxSplits: 1)
    let key = String(Substring(parts[0].utf8.dropFirst())).trimmingSpaces
    return (key, parts.count > 1 ? Substring(String(parts[1]).trimmingSpaces) : nil)
  }

  private mutating func takeRow(_ line: Line) throws(CorpusError) {
    let cells = line.content.split(
      separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard cells.count == columns.count else {
      throw CorpusError(
        file: file, line: line.number, expected: "\(columns.count) columns with tabs between them",
        found: "\(cells.count)")
    }
    guard let id = ConllUID(cells[columns.id]) else {
      throw CorpusError(
        file: file, line: line.number, column: 1,
        expected: "a word's number (7), a range (5-6) or an empty node's number (24.1)",
        found: String(decoding: cells[columns.id], as: UTF8.self).quoted)
    }
    let isInOrder: Bool
    switch id {
    case .word(let number):
      isInOrder = number == wordCount + 1
      wordCount = number
    case .multiword(let first, let last):
      isInOrder = first == wordCount + 1 && wordCount >= multiwordEnd
      multiwordEnd = last
    case .empty(let after, _):
      isInOrder = after == wordCount
    }
    guard isInOrder else {
      throw CorpusError(
        file: file, line: line.number, column: 1,
        expected: rows.isEmpty ? "a sentence that starts with word 1" : "the row after the last",
        found: String(decoding: cells[columns.id], as: UTF8.self).quoted)
    }
    rows.append(
      ConllURow(
        id: id, cells: cells.map { String(decoding: $0, as: UTF8.self) }, line: line.number))
  }

  // MARK: Sentences and documents

  private mutating func endSentence(_ report: inout CorpusReport) throws(CorpusError) {
    guard let lastRow = rows.last else { return }
    guard wordCount >= max(1, multiwordEnd) else {
      throw CorpusError(
        file: file, line: lastRow.line, expected: "a row for word \(wordCount + 1)",
        found: "the end of the sentence")
    }
    let sentence = text.append(rows, columns, comments: comments)
    if let expectedText, !text.isText(expectedText, of: sentence) {
      report.repair("# text that is not the text of its words")
    }
    if let misc = columns.misc { try takeEntities(of: sentence, misc, &report) }
    comments = []
    rows = []
    expectedText = nil
    multiwordEnd = 0
    wordCount = 0
    hasSentence = true
  }

  private mutating func takeEntities(
    of sentence: Sentence, _ column: Int, _ report: inout CorpusReport
  ) throws(CorpusError) {
    var words: [ConllUMisc] = []
    var lines: [Int] = []
    for row in rows {
      let misc = ConllUMisc(row.cells[column])
      let value = misc.value("Entity").flatMap { value in
        value.utf8.contains { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")") } ? value : nil
      }
      switch row.id {
      case .word(let number):
        try entities.take(
          value, word: number, range: sentence.words[words.count].range, line: row.line, &report)
        words.append(misc)
        lines.append(row.line)
      case .multiword(_, let last):
        try entities.take(value, last: last, line: row.line, &report)
      case .empty:
        try entities.take(value, last: nil, line: row.line, &report)
      }
    }
    tags.take(words, lines: lines, sentence: text.sentences.count - 1, &report)
  }

  private mutating func endDocument(nextID: String?, _ sink: inout DocumentSink) throws {
    let name = id
    id = nextID
    guard !text.sentences.isEmpty else { return }
    let hasBrackets = entities.hasBrackets
    let columns = tags.finish(hasBrackets: hasBrackets, &sink.report)
    var document = Document(id: name, text: text.text, sentences: text.sentences)
    document.annotations = entities.finish(&sink.report)
    text = ConllUText()
    let isAnnotated = hasBrackets || !columns.isEmpty || entities.format != nil
    if isAnnotated { isAnyAnnotated = true }
    try sink.append(
      ReadDocument(
        document: document, segmentation: .words, tags: columns, isAnnotated: isAnnotated,
        file: file))
  }
}

extension ConllUReader {
  /// Whether rows are numbered from 1 and have ten columns, a head among them, or those that
  /// `# global.columns` names.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    var count = 0
    for line in sample.lines where !line.isEmpty {
      if line.first == UInt8(ascii: "#") {
        if count == 0, line.starts(with: "# global.columns".utf8) {
          // Without numbers it is a file with one word a row.
          return line.split { " =".utf8.contains($0) }.contains { $0.elementsEqual("ID".utf8) }
            ? .conllu : nil
        }
        continue
      }
      let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard cells.count == 10, let id = ConllUID(cells[0]), isHead(cells[6]) else {
        // A damaged row is for the reader to tell.
        let isClear = count > 0 || (cells.count > 7 && !(cells.last.map(isTag) ?? true))
        return isClear && sample.fileExtension == "conllu" ? .conllu : nil
      }
      if count == 0, isTag(cells[9]) { return nil }
      switch id {
      case .word(let number), .multiword(let number, _):
        guard count > 0 || number == 1 else { return nil }
      case .empty(let number, _):
        guard count > 0 || number == 0 else { return nil }
      }
      count += 1
      if count == 100 { break }
    }
    // Comments alone may be followed by anything.
    let hasComments = sample.lines.contains { $0.first == UInt8(ascii: "#") }
    return count > 0 || (hasComments && sample.fileExtension == "conllu") ? .conllu : nil
  }

  private static func isHead(_ cell: ArraySlice<UInt8>) -> Bool {
    cell.elementsEqual("_".utf8)
      || (!cell.isEmpty && cell.allSatisfy { (0x30...0x39).contains($0) })
  }

  private static func isTag(_ cell: ArraySlice<UInt8>) -> Bool {
    cell.elementsEqual("O".utf8)
      || (cell.count > 2 && "BIESLUMW".utf8.contains(cell[cell.startIndex])
        && cell[cell.startIndex + 1] == UInt8(ascii: "-"))
  }
}
