/// The rows of one sentence, with the exact bytes they had in the file.
public struct ConllSentence: Hashable, Sendable {
  /// One row.
  public struct Row: Hashable, Sendable {
    /// 1-based line in the file.
    public let line: Int
    /// The row without its line end, in the sentence's bytes.
    public let content: Range<Int>
    /// Indices of the row's columns in the sentence's list of columns.
    let fields: Range<Int>

    /// How many columns the row has.
    public var columnCount: Int { fields.count }
  }

  /// The sentence's lines, with line ends, and comment lines that stand between its rows.
  public internal(set) var bytes: [UInt8] = []
  public internal(set) var rows: [Row] = []
  /// Comment lines inside the sentence: their place in `bytes`, without line ends.
  var comments: [Range<Int>] = []
  var fields: [Range<Int>] = []
  /// What parts the columns; nil while no row of the file has had two.
  public internal(set) var separator: ConllDialect.Separator?

  init() {}

  /// The bytes of a column, 1-based or negative from the end; nil if the row has no such column.
  public func field(_ column: Int, of row: Row) -> ArraySlice<UInt8>? {
    let index = column > 0 ? column - 1 : row.columnCount + column
    guard (0..<row.columnCount).contains(index) else { return nil }
    return bytes[fields[row.fields.lowerBound + index]]
  }

  /// The text of a column, 1-based or negative from the end; nil if the row has no such column.
  public func text(_ column: Int, of row: Row) -> String? {
    field(column, of: row).map { String(decoding: $0, as: UTF8.self) }
  }

  /// All columns of a row.
  public func columns(of row: Row) -> [String] {
    bytes.withUnsafeBufferPointer { bytes in
      fields[row.fields].map { field in
        String(decoding: UnsafeBufferPointer(rebasing: bytes[field]), as: UTF8.self)
      }
    }
  }
}

/// A line between sentences.
public struct ConllLine: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Empty, or spaces and tabs only.
    case blank
    case comment
    /// `-DOCSTART-`, with any columns or none.
    case documentStart
    /// The names of the columns (HIPE).
    case header
  }

  public let kind: Kind
  /// The line as it stands in the file, line end included.
  public let bytes: [UInt8]
  /// The line without its line end (and byte order mark).
  public let text: String
  /// 1-based.
  public let number: Int
}

/// What a CoNLL file is made of, in the order of the file.
public enum ConllEvent: Hashable, Sendable {
  case line(ConllLine)
  case sentence(ConllSentence)
}
