import Tokenization

/// How brat's files hold what their lines have no room for: `%` and the two hexadecimal digits of
/// each byte. A `%` that could be read as such stands as `%25`.
enum BratText {
  /// A label or an attribute's name: white space and control characters cannot stand in one.
  static func escapedName(_ text: String) -> String {
    escaped(text) {
      $0.isWhiteSpace || $0.value < 0x20 || $0.value == 0x7F
    } isByte: { _ in
      true
    }
  }

  static func name(_ text: some Sequence<UInt8>) -> String {
    unescaped(Array(text)) { _ in true }
  }

  /// A note: only line ends cannot stand in one.
  static func escapedNote(_ text: String) -> String {
    escaped(text) {
      $0 == "\n" || $0 == "\r"
    } isByte: {
      isNoteEscape($0)
    }
  }

  static func note(_ text: some Sequence<UInt8>) -> String {
    unescaped(Array(text)) { isNoteEscape($0) }
  }

  private static func isNoteEscape(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "%")
  }

  /// Whether a value can stand in a line for an attribute.
  static func isValue(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      !$0.isWhiteSpace && $0.value >= 0x20 && $0.value != 0x7F
    }
  }

  /// Whether a value is a reference with its text, as lines for normalisations have it.
  static func isReference(_ text: String) -> Bool {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.first.map({ String(decoding: $0, as: UTF8.self) }), isValue(key),
      let colon = key.utf8.firstIndex(of: UInt8(ascii: ":"))
    else { return false }
    return colon > key.utf8.startIndex && key.utf8.index(after: colon) < key.utf8.endIndex
      && !text.utf8.contains { $0 == 0x0A || $0 == 0x0D }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// The byte that `%XX` at `index` stands for.
  private static func byte(at index: Int, of text: [UInt8]) -> UInt8? {
    guard text[index] == UInt8(ascii: "%"), index + 2 < text.count,
      let high = digits.firstIndex(of: text[index + 1]),
      let low = digits.firstIndex(of: text[index + 2])
    else { return nil }
    return UInt8(high * 16 + low)
  }

  private static func escaped(
    _ text: String, _ isEscaped: (Unicode.Scalar) -> Bool, isByte: (UInt8) -> Bool
  ) -> String {
    var result: [UInt8] = []
    func add(_ byte: UInt8) {
      result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    let bytes = Array(text.utf8)
    var index = 0
    for scalar in text.unicodeScalars {
      let end = index + UTF8.width(scalar)
      if isEscaped(scalar) {
        for byte in bytes[index..<end] { add(byte) }
      } else if let byte = byte(at: index, of: bytes), isByte(byte) {
        add(UInt8(ascii: "%"))
      } else {
        result += bytes[index..<end]
      }
      index = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func unescaped(_ text: [UInt8], _ isByte: (UInt8) -> Bool) -> String {
    let plain = String(decoding: text, as: UTF8.self)
    guard text.contains(UInt8(ascii: "%")) else { return plain }
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if let byte = byte(at: index, of: text), isByte(byte) {
        result.append(byte)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    // What gives no text was not meant so.
    return UTF8Check.firstInvalid(in: result[...]) == nil
      ? String(decoding: result, as: UTF8.self) : plain
  }
}
