/// Takes words and tags from the rows of one file, and tells a damaged row from a whole one.
///
/// Where a column is counted from the end, every row must have as many columns as the file's
/// first: otherwise a row that lost its tag would show another column in its place.
public struct ConllColumns: Sendable {
  private let dialect: ConllDialect
  private let file: String
  private var first: (count: Int, line: Int)?

  public init(dialect: ConllDialect, file: String) {
    self.dialect = dialect
    self.file = file
  }

  /// The words of a sentence; its rows need not have tags.
  ///
  /// - Throws: `CorpusError` where a row has no word column.
  public func words(of sentence: ConllSentence) throws(CorpusError) -> [String] {
    var words: [String] = []
    words.reserveCapacity(sentence.rows.count)
    for row in sentence.rows {
      guard let word = sentence.text(dialect.wordColumn, of: row) else {
        throw missing("word", dialect.wordColumn, in: row)
      }
      words.append(word)
    }
    return words
  }

  /// The tags of a sentence; nil in a file whose rows hold words alone.
  ///
  /// - Throws: `CorpusError` where a row has no tag column, or not the file's number of columns.
  public mutating func tags(of sentence: ConllSentence) throws(CorpusError) -> [String]? {
    var tags: [String] = []
    tags.reserveCapacity(sentence.rows.count)
    for row in sentence.rows {
      if first == nil { first = (row.columnCount, row.line) }
      if let first, !dialect.allowsUnevenRows, row.columnCount != first.count {
        throw CorpusError(
          file: file, line: row.line,
          expected: "\(columns(first.count)), as in line \(first.line)",
          found: columns(row.columnCount))
      }
      if row.columnCount == 1, dialect.tagColumn == -1 { return nil }
      guard let tag = sentence.text(dialect.tagColumn, of: row) else {
        throw missing("tag", dialect.tagColumn, in: row)
      }
      tags.append(tag)
    }
    return tags
  }

  private func missing(
    _ what: String, _ column: Int, in row: ConllSentence.Row
  ) -> CorpusError {
    CorpusError(
      file: file, line: row.line,
      expected: "the \(what) in column \(column)", found: columns(row.columnCount))
  }

  private func columns(_ count: Int) -> String {
    count == 1 ? "1 column" : "\(count) columns"
  }
}
