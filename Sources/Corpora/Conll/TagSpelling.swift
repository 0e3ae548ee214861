/// How a file writes its tags: `B-PER`, `B_PER`, `b.PER`, or `PER` alone.
///
/// Inside, tags are always in the first spelling; the labels are never touched.
public struct TagSpelling: Hashable, Sendable {
  /// What stands between prefix and label.
  public enum Separator: String, CaseIterable, Hashable, Sendable {
    case hyphen = "-"
    case underscore = "_"
    case dot = "."

    var byte: UInt8 {
      switch self {
      case .hyphen: UInt8(ascii: "-")
      case .underscore: UInt8(ascii: "_")
      case .dot: UInt8(ascii: ".")
      }
    }
  }

  public var separator: Separator
  /// Whether prefixes (and `o`) are in lower case.
  public var hasLowerCase: Bool
  /// Whether labels stand without a prefix (the scheme IO).
  public var isBare: Bool

  public init(
    separator: Separator = .hyphen, hasLowerCase: Bool = false, isBare: Bool = false
  ) {
    self.separator = separator
    self.hasLowerCase = hasLowerCase
    self.isBare = isBare
  }

  /// The prefixes of all schemes.
  static func isPrefix(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "B"), UInt8(ascii: "I"), UInt8(ascii: "E"), UInt8(ascii: "S"),
      UInt8(ascii: "L"), UInt8(ascii: "U"), UInt8(ascii: "M"), UInt8(ascii: "W"):
      true
    default: false
    }
  }

  private static func upper(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
  }

  /// A cell of the file as a tag with a hyphen and a prefix in upper case; what is no tag in this
  /// spelling is left as it is.
  public func read(_ tag: String) -> String {
    guard self != TagSpelling() else { return tag }
    var bytes = Array(tag.utf8)
    guard let first = bytes.first else { return tag }
    if bytes.count == 1 {
      return hasLowerCase && first == UInt8(ascii: "o") ? "O" : tag
    }
    let prefix = hasLowerCase ? Self.upper(first) : first
    guard !isBare, bytes.count > 2, bytes[1] == separator.byte, Self.isPrefix(prefix)
    else { return tag }
    bytes[0] = prefix
    bytes[1] = UInt8(ascii: "-")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A tag with a hyphen as this spelling has it.
  public func write(_ tag: String) -> String {
    guard self != TagSpelling() else { return tag }
    var bytes = Array(tag.utf8)
    guard let first = bytes.first else { return tag }
    if bytes.count == 1 { return hasLowerCase && first == UInt8(ascii: "O") ? "o" : tag }
    guard bytes.count > 2, bytes[1] == UInt8(ascii: "-"), Self.isPrefix(first) else { return tag }
    if isBare { return String(decoding: bytes[2...], as: UTF8.self) }
    if hasLowerCase { bytes[0] += 0x20 }
    bytes[1] = separator.byte
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The spelling that most of the cells are in.
  ///
  /// - Parameter cells: of a tag column.
  init(cells: some Sequence<ArraySlice<UInt8>>) {
    self.init()
    var counts: [Separator: Int] = [:]
    var upper = 0
    var lower = 0
    var bare = 0
    for cell in cells {
      guard let first = cell.first else { continue }
      guard cell.count > 1 else {
        if first == UInt8(ascii: "o") { lower += 1 }
        if first == UInt8(ascii: "O") { upper += 1 }
        continue
      }
      let second = cell[cell.startIndex + 1]
      if cell.count > 2, Self.isPrefix(Self.upper(first)),
        let separator = Separator.allCases.first(where: { $0.byte == second })
      {
        counts[separator, default: 0] += 1
        if Self.isPrefix(first) { upper += 1 } else { lower += 1 }
      } else {
        bare += 1
      }
    }
    // In order of the cases, so that a tie is a hyphen's.
    for candidate in Separator.allCases where counts[candidate, default: 0] > 0 {
      if counts[candidate, default: 0] > counts[separator, default: 0] { separator = candidate }
    }
    hasLowerCase = lower > upper
    // Without an `O` it is a column of something else.
    isBare = counts.isEmpty && bare > 0 && upper > 0
  }
}
