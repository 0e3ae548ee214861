/// What is wrong with a corpus, and where.
public struct CorpusError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The bytes are not what the format asks for.
    case malformed
    /// The file is well formed and has nothing in it to read.
    case empty
    /// There is no such file.
    case missing
    /// The system could not read the file.
    case unreadable
    /// An option that cannot be met.
    case option
  }

  public var kind: Kind
  /// The file's name as the caller gave it.
  public var file: String
  /// 1-based.
  public var line: Int?
  /// 1-based; of a byte in CoNLL and JSON lines, as libxml2 counts in XML.
  public var column: Int?
  public var expected: String
  public var found: String

  public init(
    _ kind: Kind = .malformed, file: String, line: Int? = nil, column: Int? = nil,
    expected: String, found: String
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.expected = expected
    self.found = found
  }

  public var description: String {
    var place = file
    if let line {
      place += ":\(line)"
      if let column { place += ":\(column)" }
    }
    return "\(place): expected \(expected), found \(found)"
  }
}

extension String {
  /// The text in quotation marks, made short and fit for one line of a message.
  var quoted: String {
    var result = "\""
    for (index, scalar) in unicodeScalars.enumerated() {
      if index == 60 {
        result += "…"
        break
      }
      switch scalar {
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case let scalar where scalar.value < 0x20 || scalar.value == 0x7F:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
