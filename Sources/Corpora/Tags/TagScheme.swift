/// How tags mark the words of a span.
public enum TagScheme: String, CaseIterable, Hashable, Sendable {
  /// `I-` for every word; `B-` only where a span follows another of the same label directly.
  case iob1
  /// `B-` for the first word, `I-` for the others (BIO).
  case iob2
  /// As `iob2`, with `E-` for the last word and `S-` for a single one (BIOES).
  case iobes
  /// As `iobes`, with `L-` for last and `U-` for single.
  case bilou
  /// As `iobes`, with `M-` for the middle and `W-` for a single word; read with `S-` as well (BMES).
  case bmewo
  /// `I-` for every word: spans of one label side by side become one.
  case io

  /// A scheme by any of its names, in upper or lower case: `IOB1`, `IOB2`, `BIO`, `IOBES`,
  /// `BIOES`, `BILOU`, `BMEWO`, `BMEOW`, `BMES`, `IO`.
  public init?(name: String) {
    switch name.lowercased() {
    case "iob1": self = .iob1
    case "iob2", "bio": self = .iob2
    case "iobes", "bioes": self = .iobes
    case "bilou": self = .bilou
    case "bmewo", "bmeow", "bmes": self = .bmewo
    case "io": self = .io
    default: return nil
    }
  }

  /// The name people use.
  public var displayName: String { rawValue.uppercased() }

  /// What the word of a span with that prefix is.
  enum Role: Hashable, Sendable {
    case begin, inside, end, single
  }

  func role(of prefix: UInt8) -> Role? {
    switch (prefix, self) {
    case (UInt8(ascii: "B"), .iob1), (UInt8(ascii: "B"), .iob2), (UInt8(ascii: "B"), .iobes),
      (UInt8(ascii: "B"), .bilou), (UInt8(ascii: "B"), .bmewo):
      .begin
    case (UInt8(ascii: "I"), .iob1), (UInt8(ascii: "I"), .iob2), (UInt8(ascii: "I"), .iobes),
      (UInt8(ascii: "I"), .bilou), (UInt8(ascii: "I"), .io), (UInt8(ascii: "M"), .bmewo):
      .inside
    case (UInt8(ascii: "E"), .iobes), (UInt8(ascii: "L"), .bilou), (UInt8(ascii: "E"), .bmewo):
      .end
    case (UInt8(ascii: "S"), .iobes), (UInt8(ascii: "U"), .bilou), (UInt8(ascii: "W"), .bmewo),
      (UInt8(ascii: "S"), .bmewo):
      .single
    default: nil
    }
  }

  /// The prefixes of the scheme in words: `B-, I-`.
  var prefixList: String {
    switch self {
    case .iob1, .iob2: "B-, I-"
    case .iobes: "B-, I-, E-, S-"
    case .bilou: "B-, I-, L-, U-"
    case .bmewo: "B-, M-, E-, W-"
    case .io: "I-"
    }
  }

  func prefix(of role: Role) -> String {
    switch (role, self) {
    case (_, .io): "I-"
    case (.begin, _): "B-"
    case (.inside, .bmewo): "M-"
    case (.inside, _): "I-"
    case (.end, .bilou): "L-"
    case (.end, .iobes), (.end, .bmewo): "E-"
    case (.end, .iob1), (.end, .iob2): "I-"
    case (.single, .bilou): "U-"
    case (.single, .bmewo): "W-"
    case (.single, .iobes): "S-"
    case (.single, .iob1), (.single, .iob2): "B-"
    }
  }

  /// One tag read in the scheme.
  struct Tag: Hashable, Sendable {
    var role: Role?
    var label: String

    static let outside = Tag(role: nil, label: "")

    /// Whether both have the same label, byte for byte.
    func hasLabel(of other: Tag) -> Bool {
      label.hasSameBytes(as: other.label)
    }
  }

  /// The tag, or nil if it is neither `O` nor a prefix of the scheme with a label.
  func parse(_ tag: String) -> Tag? {
    let bytes = tag.utf8
    guard let first = bytes.first else { return nil }
    if bytes.count == 1, first == UInt8(ascii: "O") { return .outside }
    let second = bytes.index(after: bytes.startIndex)
    if self == .io, bytes.count == 1 || bytes[second] != UInt8(ascii: "-") {
      // Labels alone: `ORG ORG O LOC`.
      return Tag(role: .inside, label: tag)
    }
    guard bytes.count > 2, bytes[second] == UInt8(ascii: "-"), let role = role(of: first)
    else { return nil }
    return Tag(role: role, label: String(tag[bytes.index(after: second)...]))
  }
}

/// A tag that does not belong to the scheme.
public struct UnknownTag: Error, Hashable, Sendable, CustomStringConvertible {
  /// Index of the word that has the tag.
  public var word: Int
  public var tag: String
  public var scheme: TagScheme

  public var expected: String {
    "a tag of \(scheme.displayName) (O, or \(scheme.prefixList) and a label)"
  }
  public var found: String { tag.quoted }
  public var description: String { "word \(word + 1): expected \(expected), found \(found)" }
}
