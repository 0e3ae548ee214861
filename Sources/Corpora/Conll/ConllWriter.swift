/// Writes CoNLL.
///
/// A document comes back with its words, its sentences and its name; its text comes back where
/// its words stand one space apart. Of its annotations the flat spans are written
/// (`Columns.wordAndTag`, `.original`) or all that begin and end with words of one sentence
/// (`.layered`): `leftOut(of:)` counts the others.
public struct ConllWriter: DocumentWriter {
  /// Where the tag goes in a row that has columns already.
  public enum TagPlace: Hashable, Sendable {
    /// After the last column.
    case append
    /// Instead of this column: 1-based, negative from the end.
    case replace(column: Int)
  }

  /// Which columns a sentence is written with.
  public enum Columns: Hashable, Sendable {
    case wordAndTag
    /// The columns that were read, and the tag; word and tag where there are none.
    case original(tag: TagPlace)
    /// The word and a tag column for each depth of nesting, outermost first.
    case layered
  }

  public var separator: ConllDialect.Separator
  public var scheme: TagScheme
  public var columns: Columns
  /// Whether every document starts with `# newdoc id = …`, or with a `-DOCSTART-` line where it
  /// has no name.
  public var marksDocuments: Bool
  /// How tags are written; labels stand alone in the scheme IO only.
  public var spelling = TagSpelling()
  /// How many tag columns `.layered` has at least: three are told from gold tags beside a tagger's.
  public var depth = 3

  public init(
    separator: ConllDialect.Separator = .tab, scheme: TagScheme = .iob2,
    columns: Columns = .wordAndTag, marksDocuments: Bool = false
  ) {
    self.separator = separator
    self.scheme = scheme
    self.columns = columns
    self.marksDocuments = marksDocuments
  }

  // MARK: Files read as events

  /// A line between sentences, as it was.
  public static func bytes(of line: ConllLine) -> [UInt8] { line.bytes }

  /// The sentence's rows with one tag for each, everything else as it was: separators, line
  /// ends, comments, a missing last line end. A row that lacks the column to replace gains one.
  public static func bytes(
    of sentence: ConllSentence, tags: [String], place: TagPlace = .append
  ) -> [UInt8] {
    precondition(tags.count == sentence.rows.count, "one tag for each row")
    let separator = Array((sentence.separator ?? .tab).text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(sentence.bytes.count + tags.count * 8)
    var copied = 0
    for (row, tag) in zip(sentence.rows, tags) {
      if case .replace(let column) = place, let field = sentence.field(column, of: row) {
        result += sentence.bytes[copied..<field.startIndex]
        result += tag.utf8
        copied = field.endIndex
      } else {
        result += sentence.bytes[copied..<row.content.upperBound]
        result += separator
        result += tag.utf8
        copied = row.content.upperBound
      }
    }
    result += sentence.bytes[copied...]
    return result
  }

  /// The sentence's rows with tags in several columns, everything else as it was.
  ///
  /// - Parameters:
  ///   - tags: for each column one for each row; nil leaves the cell as it is. A row that lacks
  ///     the column stays without it.
  ///   - columns: where they go: 1-based, negative from the end; no two the same.
  public static func bytes(
    of sentence: ConllSentence, tags: [[String?]], columns: [Int]
  ) -> [UInt8] {
    precondition(
      tags.count == columns.count && tags.allSatisfy { $0.count == sentence.rows.count },
      "a tag for each row in each column")
    var result: [UInt8] = []
    result.reserveCapacity(sentence.bytes.count + 64)
    var copied = 0
    for (index, row) in sentence.rows.enumerated() {
      var cells: [(place: Range<Int>, tag: String)] = []
      for (column, tags) in zip(columns, tags) {
        guard let tag = tags[index], let field = sentence.field(column, of: row) else { continue }
        cells.append((field.startIndex..<field.endIndex, tag))
      }
      cells.sort { $0.place.lowerBound < $1.place.lowerBound }
      for (place, tag) in cells where place.lowerBound >= copied {
        result += sentence.bytes[copied..<place.lowerBound]
        result += tag.utf8
        copied = place.upperBound
      }
    }
    result += sentence.bytes[copied...]
    return result
  }

  // MARK: The document model

  /// A document, with a blank line after each sentence.
  ///
  /// - Throws: `CorpusError` for a word that the separator cannot carry, and for a name of the
  ///   document or a label that CoNLL cannot.
  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    if marksDocuments { result += try mark(of: document) }
    if columns == .layered {
      let layers = LayeredSpans(document)
      let depth = max(depth, layers.depth)
      guard depth <= LayeredSpans.limit else {
        throw CorpusError(
          file: "CoNLL output", expected: "at most \(LayeredSpans.limit) spans one in another",
          found: "\(depth)")
      }
      for (sentence, spans) in zip(document.sentences, layers.sentences) {
        let columns = (0..<depth).map { spans.indices.contains($0) ? spans[$0] : [] }
        try append(sentence, columns, to: &result)
      }
    } else {
      for sentence in document.sentences { try append(sentence, [sentence.spans], to: &result) }
    }
    // At the start of a file it would be read as a byte order mark; blank lines mean nothing there.
    if result.starts(with: [0xEF, 0xBB, 0xBF]) { result.insert(UInt8(ascii: "\n"), at: 0) }
    return result
  }

  /// A sentence, with its flat spans, and the blank line after it.
  ///
  /// - Throws: `CorpusError` for a word that the separator cannot carry.
  public func bytes(of sentence: Sentence) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    try append(sentence, [sentence.spans], to: &result)
    return result
  }

  /// How many annotations of a document are not written.
  public func leftOut(of document: Document) -> Int {
    if columns == .layered { return LayeredSpans(document).leftOut }
    return max(
      0, document.annotations.count - document.sentences.reduce(0) { $0 + $1.spans.count })
  }

  /// How many tag columns a document needs in `.layered`.
  public static func depth(of document: Document) -> Int { LayeredSpans(document).depth }

  /// The line that starts a document.
  private func mark(of document: Document) throws(CorpusError) -> [UInt8] {
    if case .original = columns,
      document.sentences.first?.comments.contains(where: {
        $0.utf8.starts(with: "# newdoc".utf8) || $0.utf8.starts(with: "# hipe2022:".utf8)
      }) ?? false
    {
      return []
    }
    guard let id = document.id, !id.isEmpty else {
      return Array("-DOCSTART-\(separator.text)O\n\n".utf8)
    }
    guard !id.utf8.contains(where: { "\t\n\r".utf8.contains($0) }) else {
      throw CorpusError(
        file: "CoNLL output", expected: "names of documents without tabs and line ends",
        found: id.quoted)
    }
    return Array("# newdoc id = \(id)\n".utf8)
  }

  /// - Parameter layers: the flat spans of each tag column.
  private func append(
    _ sentence: Sentence, _ layers: [[EntitySpan]], to result: inout [UInt8]
  ) throws(CorpusError) {
    guard !sentence.words.isEmpty else { return }
    let tags = try layers.map { (spans) throws(CorpusError) in
      try encode(spans, count: sentence.words.count)
    }
    let hasRows = sentence.rows.count == sentence.words.count
    if case .original = columns {
      for comment in sentence.comments { result += Array((comment + "\n").utf8) }
    }
    for (index, word) in sentence.words.enumerated() {
      var cells = [word.text]
      if case .original(let place) = columns, hasRows {
        cells = sentence.rows[index]
        for tags in tags { place.put(tags[index], into: &cells) }
      } else {
        for tags in tags { cells.append(tags[index]) }
      }
      for (column, cell) in cells.enumerated() {
        try check(cell, isFirst: column == 0)
        if column > 0 { result += separator.text.utf8 }
        result += cell.utf8
      }
      result.append(UInt8(ascii: "\n"))
    }
    result.append(UInt8(ascii: "\n"))
  }

  private func encode(_ spans: [EntitySpan], count: Int) throws(CorpusError) -> [String] {
    if spans.contains(where: \.label.isEmpty) {
      throw CorpusError(file: "CoNLL output", expected: "labels that are not empty", found: "none")
    }
    let tags = scheme.encode(spans, count: count)
    if let several = tags.first(where: { TagLists.tags(of: $0) != nil }) {
      throw CorpusError(
        file: "CoNLL output", expected: "labels that are not read as several tags",
        found: several.quoted)
    }
    var spelling = spelling
    if scheme != .io { spelling.isBare = false }
    return spelling == TagSpelling() ? tags : tags.map { spelling.write($0) }
  }

  private func check(_ cell: String, isFirst: Bool) throws(CorpusError) {
    let cannotHold: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t")
        || (byte == UInt8(ascii: " ") && separator == .spaces)
    }
    if isFirst, cell.utf8.elementsEqual("-DOCSTART-".utf8) {
      throw CorpusError(
        file: "CoNLL output", expected: "words that do not mark the start of a document",
        found: cell.quoted)
    }
    guard cell.utf8.contains(where: cannotHold) || (separator == .spaces && cell.isEmpty)
    else { return }
    throw CorpusError(
      file: "CoNLL output",
      expected: separator == .tab
        ? "words without tabs and line ends" : "words that are not empty and hold no white space",
      found: cell.quoted)
  }
}

extension ConllWriter.TagPlace {
  fileprivate func put(_ tag: String, into cells: inout [String]) {
    if case .replace(let column) = self {
      let index = column > 0 ? column - 1 : cells.count + column
      if cells.indices.contains(index) {
        cells[index] = tag
        return
      }
    }
    cells.append(tag)
  }
}
