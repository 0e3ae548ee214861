/// Text as the XML that the writers of GATE and XMI put together.
struct EscapedXML {
  private(set) var bytes: [UInt8] = []
  /// For messages.
  let file: String

  init(file: String) {
    self.file = file
  }

  /// Markup, as it stands.
  mutating func markup(_ text: String) {
    bytes += text.utf8
  }

  /// Markup that has been escaped elsewhere.
  mutating func append(_ other: EscapedXML) {
    bytes += other.bytes
  }

  /// The text of an element.
  ///
  /// - Throws: `CorpusError` for a character that XML cannot hold.
  mutating func text(_ text: some Sequence<Unicode.Scalar>) throws(CorpusError) {
    for scalar in text { try append(scalar, isAttribute: false) }
  }

  mutating func text(_ text: String) throws(CorpusError) { try self.text(text.unicodeScalars) }

  /// ` name="value"`.
  ///
  /// - Throws: `CorpusError` for a character that XML cannot hold.
  mutating func attribute(_ name: String, _ value: String) throws(CorpusError) {
    try attribute(name, value.unicodeScalars)
  }

  mutating func attribute(
    _ name: String, _ value: some Sequence<Unicode.Scalar>
  ) throws(CorpusError) {
    markup(" \(name)=\"")
    for scalar in value { try append(scalar, isAttribute: true) }
    markup("\"")
  }

  private mutating func append(
    _ scalar: Unicode.Scalar, isAttribute: Bool
  ) throws(CorpusError) {
    switch scalar {
    case "&": markup("&amp;")
    case "<": markup("&lt;")
    case ">": markup("&gt;")
    case "\"" where isAttribute: markup("&quot;")
    // A parser reads a carriage return as a line feed, and any of these in an attribute as a
    // space.
    case "\r": markup("&#13;")
    case "\n" where isAttribute: markup("&#10;")
    case "\t" where isAttribute: markup("&#9;")
    case let scalar where scalar.isASCII:
      guard scalar.value >= 0x20 || scalar == "\n" || scalar == "\t" else {
        throw refusal(scalar)
      }
      bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    case "\u{FFFE}", "\u{FFFF}": throw refusal(scalar)
    default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }
  }

  private func refusal(_ scalar: Unicode.Scalar) -> CorpusError {
    CorpusError(
      file: file, expected: "characters that XML can hold",
      found: "U+" + String(repeating: "0", count: max(0, 4 - hex(scalar).count)) + hex(scalar))
  }

  private func hex(_ scalar: Unicode.Scalar) -> String {
    String(scalar.value, radix: 16, uppercase: true)
  }
}
