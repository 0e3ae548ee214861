/// Takes words and tags from the rows of one file, and tells a damaged row from a whole one.
///
/// Where a column is counted from the end, every row must have as many columns as the file's
/// first: otherwise a row that lost its tag would show another column in its place.
public struct ConllColumns: Sendable {
  /// The tags of one column of a sentence.
  public struct Layer: Hashable, Sendable {
    /// nil where the dialect has one tag column.
    public var name: String?
    /// Where the tags stand: 1-based, negative from the end.
    public var column: Int
    /// With a hyphen after the prefix, whatever the file has.
    public var tags: [String]
  }

  /// The dialect, with the columns that the file's header names.
  public private(set) var dialect: ConllDialect
  private let file: String
  /// How many columns every row has, and the line that says so.
  private var width: (count: Int, line: Int)?

  public init(dialect: ConllDialect, file: String) {
    self.dialect = dialect
    self.file = file
  }

  // MARK: Whole sentences

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

  /// The words among the cells of a sentence.
  func words(of sentence: ConllSentence, rows: [[String]]) throws(CorpusError) -> [String] {
    var words: [String] = []
    words.reserveCapacity(rows.count)
    let column = dialect.wordColumn
    for (index, cells) in rows.enumerated() {
      let place = column > 0 ? column - 1 : cells.count + column
      guard cells.indices.contains(place) else {
        throw missing("word", column, in: sentence.rows[index])
      }
      words.append(cells[place])
    }
    return words
  }

  /// The tags of a sentence in the first tag column; nil in a file whose rows hold words alone.
  ///
  /// - Throws: `CorpusError` where a row has no tag column, or not the file's number of columns.
  public mutating func tags(of sentence: ConllSentence) throws(CorpusError) -> [String]? {
    guard try hasTags(sentence) else { return nil }
    return try tags(in: dialect.layers.first?.column ?? dialect.tagColumn, of: sentence)
  }

  /// The tags of a sentence in one column, what stands for `O` read as `O`; nil in a file whose rows
  /// hold words alone.
  ///
  /// - Parameter layer: the column's name, as `--annotation-set` gives it; nil or `all`: the first.
  /// - Throws: `CorpusError` where a row has no tag column, or not the file's number of columns, and
  ///   where no column has that name.
  public mutating func meantTags(
    of sentence: ConllSentence, layer name: String?
  ) throws(CorpusError) -> [String]? {
    guard let name, !name.hasSameBytes(as: "all") else {
      return try tags(of: sentence).map { $0.map { dialect.outside($0) == nil ? $0 : "O" } }
    }
    guard let layers = try layers(of: sentence) else { return nil }
    guard let layer = layers.first(where: { $0.name?.hasSameBytes(as: name) ?? false }) else {
      // A sentence may have fewer depths than another.
      if dialect.hasDepthColumns { return sentence.rows.map { _ in "O" } }
      throw CorpusError(
        .option, file: "--annotation-set",
        expected: "one of \(layers.compactMap(\.name).joined(separator: ", "))",
        found: name.quoted)
    }
    return layer.tags.map { dialect.outside($0) == nil ? $0 : "O" }
  }

  /// The tags of a sentence in every column that has tags; nil in a file whose rows hold words
  /// alone.
  ///
  /// - Throws: `CorpusError` where a row has no tag column, or not the file's number of columns.
  public mutating func layers(of sentence: ConllSentence) throws(CorpusError) -> [Layer]? {
    guard try hasTags(sentence) else { return nil }
    if dialect.hasDepthColumns {
      var layers: [Layer] = []
      for column in dialect.tagColumn...max(dialect.tagColumn, depthEnd(of: sentence)) {
        layers.append(
          Layer(
            name: "\(column - dialect.tagColumn + 1)", column: column,
            tags: try tags(in: column, of: sentence)))
      }
      return layers
    }
    guard !dialect.layers.isEmpty else {
      let column = dialect.tagColumn
      return [Layer(name: nil, column: column, tags: try tags(in: column, of: sentence))]
    }
    var layers: [Layer] = []
    for layer in dialect.layers {
      layers.append(
        Layer(
          name: layer.name, column: layer.column, tags: try tags(in: layer.column, of: sentence)))
    }
    return layers
  }

  /// Takes the columns' names from a header line.
  ///
  /// - Throws: `CorpusError` for a header without a tag column.
  public mutating func readHeader(_ line: ConllLine) throws(CorpusError) {
    let names = line.text.unicodeScalars.split(separator: "\t", omittingEmptySubsequences: false)
      .map { String($0) }
    dialect.readHeader(names)
    guard !dialect.layers.isEmpty || !dialect.namesLayers else {
      throw CorpusError(
        file: file, line: line.number, expected: "a header with a column NE-…",
        found: line.text.quoted)
    }
    width = (names.count, line.number)
  }

  // MARK: Rows

  /// Whether the rows have tags.
  ///
  /// - Throws: `CorpusError` where they have not the number of columns that they must have.
  mutating func hasTags(_ sentence: ConllSentence) throws(CorpusError) -> Bool {
    guard let start = sentence.rows.first else { return true }
    if dialect.allowsSurplusColumn { return try hasTagsOrSurplus(sentence) }
    if dialect.hasDepthColumns { width = (start.columnCount, start.line) }
    if !dialect.allowsUnevenRows || dialect.hasDepthColumns {
      let width = width ?? (start.columnCount, start.line)
      if self.width == nil { self.width = width }
      for row in sentence.rows where row.columnCount != width.count {
        throw CorpusError(
          file: file, line: row.line,
          expected: "\(Self.columns(width.count)), as in line \(width.line)",
          found: Self.columns(row.columnCount))
      }
    }
    return start.columnCount > 1 || dialect.tagColumn != -1 || dialect.isIrregular
  }

  private func hasTagsOrSurplus(_ sentence: ConllSentence) throws(CorpusError) -> Bool {
    let count = dialect.layers.last?.column ?? dialect.tagColumn
    for row in sentence.rows where row.columnCount != count && row.columnCount != count + 1 {
      throw CorpusError(
        file: file, line: row.line, expected: Self.columns(count),
        found: Self.columns(row.columnCount))
    }
    return true
  }

  /// The last column of tags in a file with one for each depth: LitBank ends its rows with a tab.
  private func depthEnd(of sentence: ConllSentence) -> Int {
    guard let count = sentence.rows.first?.columnCount else { return 0 }
    let isEmpty = sentence.rows.allSatisfy { sentence.field(count, of: $0)?.isEmpty ?? true }
    return isEmpty ? count - 1 : count
  }

  private func tags(
    in column: Int, of sentence: ConllSentence
  ) throws(CorpusError) -> [String] {
    var tags: [String] = []
    tags.reserveCapacity(sentence.rows.count)
    let isPlain = dialect.spelling == TagSpelling()
    for row in sentence.rows {
      var column = column
      if dialect.allowsSurplusColumn { column += surplus(of: row, in: sentence) }
      guard let field = sentence.field(column, of: row) else {
        if dialect.isIrregular {
          tags.append("")
          continue
        }
        throw missing("tag", column, in: row)
      }
      if field.count == 1, field.first == UInt8(ascii: "O") {
        tags.append("O")
      } else {
        let tag = String(decoding: field, as: UTF8.self)
        tags.append(isPlain ? tag : dialect.spelling.read(tag))
      }
    }
    return tags
  }

  /// How far the tags of a row stand to the right of where they should: a row with a column too
  /// many ends with its tags if the column before them holds none.
  func surplus(of row: ConllSentence.Row, in sentence: ConllSentence) -> Int {
    guard let last = dialect.layers.last?.column, row.columnCount > last,
      let first = sentence.field(dialect.tagColumn, of: row), !TagSpelling.isTag(first)
    else { return 0 }
    return 1
  }

  private func missing(
    _ what: String, _ column: Int, in row: ConllSentence.Row
  ) -> CorpusError {
    CorpusError(
      file: file, line: row.line,
      expected: "the \(what) in column \(column)", found: Self.columns(row.columnCount))
  }

  private static func columns(_ count: Int) -> String {
    count == 1 ? "1 column" : "\(count) columns"
  }
}

extension ConllDialect {
  /// Takes the tag columns from the names of the columns: those that start with `NE-`.
  mutating func readHeader(_ names: [String]) {
    guard namesLayers else { return }
    layers = []
    for (index, name) in names.enumerated() where name.utf8.starts(with: "NE-".utf8) {
      layers.append(Layer(name, column: index + 1))
    }
    if let word = names.firstIndex(where: { $0.hasSameBytes(as: "TOKEN") }) {
      wordColumn = word + 1
    }
    if let first = layers.first { tagColumn = first.column }
  }
}

extension ConllDialect {
  /// Why a cell stands for `O`.
  enum Outside {
    case meant, slip, empty
  }

  /// nil: the cell is `O`, or a tag.
  func outside(_ tag: String) -> Outside? {
    let bytes = tag.utf8
    switch bytes.count {
    case 0: return hasDepthColumns ? .empty : nil
    case 1: return hasHeader && bytes.first == UInt8(ascii: "_") ? .meant : nil
    case 3 where readsLabelOAsOutside:
      return bytes.elementsEqual("B-O".utf8) || bytes.elementsEqual("I-O".utf8) ? .slip : nil
    default: return nil
    }
  }
}

extension TagSpelling {
  /// Whether a cell is `O`, or a prefix, a hyphen and a label.
  static func isTag(_ field: ArraySlice<UInt8>) -> Bool {
    guard let first = field.first else { return false }
    if field.count == 1 { return first == UInt8(ascii: "O") }
    return field.count > 2 && field[field.startIndex + 1] == UInt8(ascii: "-") && isPrefix(first)
  }
}
