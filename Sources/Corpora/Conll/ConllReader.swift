/// Reads CoNLL: each document is handed on as it ends.
struct ConllReader: DocumentReader {
  private let file: String
  private let encoding: TextEncoding
  /// In a file that does not mark its documents: after how many sentences one is handed on.
  private let documentPerSentences: Int?
  private var columns: ConllColumns
  private var comments: [String] = []
  private var builder = DocumentBuilder(id: nil)
  private var pending: [ReadDocument.Tags] = []
  private var offsets = WordOffsets()
  private var marksDocuments = false
  private var continuesPrevious = false
  /// Tags in columns that the annotation set leaves out.
  private var unread: [[UInt8]: Int] = [:]

  /// - Parameter documentPerSentences: nil: a file that does not mark its documents is one.
  init(
    dialect: ConllDialect, file: String, encoding: TextEncoding, documentPerSentences: Int? = nil
  ) {
    self.file = file
    self.encoding = encoding
    self.documentPerSentences = documentPerSentences
    columns = ConllColumns(dialect: dialect, file: file)
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    var stream = ConllStream(
      dialect: columns.dialect, file: file,
      sentenceLimit: documentPerSentences == nil ? .max : Self.sentenceLimit)
    while let chunk = try source.next() {
      try stream.feed(encoding.utf8(chunk)) { event in try take(event, into: &sink) }
    }
    try stream.finish { event in try take(event, into: &sink) }
    // What stands after the last sentence has no other place.
    builder.append(commentsToLast: comments.filter { !Self.marksDocument($0) })
    try endDocument(nextID: nil, in: &sink)
    for (name, count) in unread where count > 0 {
      sink.report.setAside(
        "in the column \(String(decoding: name, as: UTF8.self)) (--annotation-set reads it)",
        count: count)
    }
  }

  /// Bytes after which a sentence without end is handed on in parts, where memory is to be flat.
  private static let sentenceLimit = 4 << 20

  private mutating func take(_ event: ConllEvent, into sink: inout DocumentSink) throws {
    switch event {
    case .line(let line):
      switch line.kind {
      case .blank: break
      case .header: try columns.readHeader(line)
      case .documentStart:
        marksDocuments = true
        try endDocument(nextID: nil, in: &sink)
      case .comment:
        if let mark = documentMark(line.text) {
          marksDocuments = true
          try endDocument(nextID: mark.id, in: &sink)
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
    let dialect = columns.dialect
    if dialect.spaces == .offsets, offsets.startsAnew(sentence), !marksDocuments {
      try endDocument(nextID: nil, in: &sink)
    }
    _ = try columns.hasTags(sentence)
    let rows = sentence.rows.map { sentence.columns(of: $0) }
    let words = try columns.words(of: sentence, rows: rows)
    let lines = sentence.rows.map(\.line)
    if dialect.isIrregular {
      let tags = rows.map { IrregularTags.tag(of: $0, &sink.report) }
      pending.append(
        ReadDocument.Tags(sentence: builder.sentences.count, tags: tags, lines: lines))
    } else if let layers = try columns.layers(of: sentence) {
      for var layer in try selected(layers, sink.options) {
        tidy(&layer.tags, &sink.report)
        let columns: [[String]]
        do {
          columns = try TagLists.columns(of: layer.tags)
        } catch {
          throw error.error(file: file, lines: lines)
        }
        for tags in columns {
          pending.append(
            ReadDocument.Tags(
              sentence: builder.sentences.count, layer: layer.name, tags: tags, lines: lines))
        }
      }
    } else if sink.options.requiresAnnotations {
      throw CorpusError(
        file: file, line: lines.first, expected: "a tag column after the word", found: "1 column")
    }
    let inner = sentence.comments.map { String(decoding: sentence.bytes[$0], as: UTF8.self) }
    if dialect.spaces == .offsets { offsets.append(words: words, rows: rows) }
    builder.append(
      words: words, joints: joints(of: words, rows: rows, comments: comments + inner), rows: rows,
      comments: comments + inner)
    comments = []
    if let limit = documentPerSentences, !marksDocuments, builder.sentences.count >= limit {
      try endDocument(nextID: nil, in: &sink)
      continuesPrevious = true
    }
  }

  private mutating func endDocument(nextID: String?, in sink: inout DocumentSink) throws {
    var document = builder.finished()
    builder = DocumentBuilder(id: nextID)
    let placed = offsets
    offsets = WordOffsets()
    // Comments read since the last sentence belong to the next document.
    guard !document.sentences.isEmpty else { return }
    if columns.dialect.spaces == .offsets, !placed.place(&document) {
      sink.report.repair("offsets of words that do not fit them not used")
    }
    let tags = pending
    pending = []
    try sink.append(
      ReadDocument(
        document: document, segmentation: .words, tags: tags, isAnnotated: !tags.isEmpty,
        file: file, continuesPrevious: continuesPrevious))
    continuesPrevious = false
  }

  // MARK: Documents

  private struct DocumentMark {
    var id: String?
  }

  /// The document that a comment starts; nil for other comments.
  private func documentMark(_ comment: String) -> DocumentMark? {
    let dialect = columns.dialect
    if Self.marksDocument(comment) {
      return DocumentMark(id: Self.value(after: "# newdoc id", in: comment))
    }
    if dialect.hasHeader {
      for key in ["# hipe2022:document_id", "# document_id"] {
        if let id = Self.value(after: key, in: comment) { return DocumentMark(id: id) }
      }
    }
    if dialect.comments == .hashFile, comment.utf8.starts(with: "# file:".utf8) {
      let id = comment.unicodeScalars.dropFirst(7).drop { $0.isWhiteSpace }
      return DocumentMark(id: id.isEmpty ? nil : String(id))
    }
    if dialect.comments == .identifiers, comment.utf8.starts(with: "###".utf8) {
      let id = comment.pieces(between: UInt8(ascii: ":"), maxSplits: 1).last
      return DocumentMark(id: id.map { String($0) })
    }
    return nil
  }

  private static func marksDocument(_ comment: String) -> Bool {
    comment.utf8.starts(with: "# newdoc".utf8)
  }

  /// The value of a `key = value` comment.
  private static func value(after key: String, in comment: String) -> String? {
    guard comment.utf8.starts(with: key.utf8) else { return nil }
    let scalars = comment.unicodeScalars
    var rest = scalars.dropFirst(key.unicodeScalars.count).drop { $0 == " " || $0 == "\t" }
    guard rest.first == "=" else { return nil }
    rest = rest.dropFirst()
    if rest.first == " " { rest = rest.dropFirst() }
    return rest.isEmpty ? nil : String(rest)
  }

  // MARK: Tags

  /// The layers that the options ask for; without a name the first alone where the columns are
  /// readings of one thing (HIPE), else all.
  private mutating func selected(
    _ layers: [ConllColumns.Layer], _ options: CorpusOptions
  ) throws(CorpusError) -> [ConllColumns.Layer] {
    guard let name = options.annotationSet else {
      guard columns.dialect.hasHeader, layers.count > 1 else { return layers }
      // A file put together of several has several headers, which need not be alike.
      for layer in layers.dropFirst() {
        unread[Array((layer.name ?? "").utf8), default: 0] += Self.spanCount(layer.tags)
      }
      return [layers[0]]
    }
    if name.hasSameBytes(as: "all") { return layers }
    let found = layers.filter { $0.name?.hasSameBytes(as: name) ?? false }
    // A sentence may have fewer depths than another.
    if found.isEmpty, !columns.dialect.hasDepthColumns {
      let names = layers.compactMap(\.name).joined(separator: ", ")
      throw CorpusError(
        .option, file: "--annotation-set",
        expected: names.isEmpty
          ? "none for \(file), which has one tag column" : "all, or one of \(names)",
        found: name.quoted)
    }
    return found
  }

  private static func spanCount(_ tags: [String]) -> Int {
    tags.count { $0.utf8.first == UInt8(ascii: "B") }
  }

  /// Reads what stands for `O` as `O`.
  private func tidy(_ tags: inout [String], _ report: inout CorpusReport) {
    let dialect = columns.dialect
    for index in tags.indices {
      switch dialect.outside(tags[index]) {
      case nil: continue
      case .meant: break
      case .slip: report.repair("\(tags[index]) read as O")
      case .empty: report.repair("empty tag read as O")
      }
      tags[index] = "O"
    }
  }

  // MARK: Spaces

  private func joints(
    of words: [String], rows: [[String]], comments: [String]
  ) -> [DocumentBuilder.Joint] {
    let dialect = columns.dialect
    switch dialect.spaces {
    case .unknown, .offsets: return []
    case .textComment:
      guard let text = comments.lazy.compactMap({ Self.value(after: "# text", in: $0) }).first
      else { return [] }
      return DocumentBuilder.Joint.joints(of: words, in: text) ?? []
    case .miscColumn:
      return rows.map { row in
        var joint = DocumentBuilder.Joint.space
        for value in (row.last ?? "").utf8.split(separator: UInt8(ascii: "|")) {
          if value.elementsEqual("NoSpaceAfter".utf8), joint == .space { joint = .none }
          // A line of the page ends: white space, whatever else is said.
          if value.elementsEqual("EndOfLine".utf8) { joint = .line }
        }
        return joint
      }
    }
  }
}
