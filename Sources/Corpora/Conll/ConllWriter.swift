/// Writes CoNLL.
public struct ConllWriter: Sendable {
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
  }

  public var separator: ConllDialect.Separator
  public var scheme: TagScheme
  public var columns: Columns
  /// Whether every document starts with a `-DOCSTART-` line.
  public var marksDocuments: Bool

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

  // MARK: The document model

  /// A document, with a blank line after each sentence.
  ///
  /// - Throws: `CorpusError` for a word that the separator cannot carry.
  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    if marksDocuments {
      result += Array("-DOCSTART-\(separator.text)O\n\n".utf8)
    }
    for sentence in document.sentences { try append(sentence, to: &result) }
    return result
  }

  /// A sentence and the blank line after it.
  ///
  /// - Throws: `CorpusError` for a word that the separator cannot carry.
  public func bytes(of sentence: Sentence) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    try append(sentence, to: &result)
    return result
  }

  private func append(_ sentence: Sentence, to result: inout [UInt8]) throws(CorpusError) {
    guard !sentence.words.isEmpty else { return }
    let tags = scheme.encode(sentence.spans, count: sentence.words.count)
    let hasRows = sentence.rows.count == sentence.words.count
    if case .original = columns {
      for comment in sentence.comments { result += Array((comment + "\n").utf8) }
    }
    for (index, tag) in tags.enumerated() {
      var cells = [sentence.words[index].text, tag]
      if case .original(let place) = columns, hasRows {
        cells = sentence.rows[index]
        place.put(tag, into: &cells)
      }
      for (column, cell) in cells.enumerated() {
        try check(cell)
        if column > 0 { result += separator.text.utf8 }
        result += cell.utf8
      }
      result.append(UInt8(ascii: "\n"))
    }
    result.append(UInt8(ascii: "\n"))
  }

  private func check(_ cell: String) throws(CorpusError) {
    let cannotHold: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t")
        || (byte == UInt8(ascii: " ") && separator == .spaces)
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
