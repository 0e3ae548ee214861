/// How a file's bytes stand for text.
public enum TextEncoding: String, CaseIterable, Hashable, Sendable {
  case utf8 = "utf-8"
  /// ISO 8859-1.
  case latin1

  /// An encoding by any of its usual names, in upper or lower case.
  public init?(name: String) {
    switch name.lowercased() {
    case "utf-8", "utf8": self = .utf8
    case "latin1", "latin-1", "iso-8859-1", "iso8859-1": self = .latin1
    default: return nil
    }
  }

  /// The bytes as UTF-8. Latin-1 has no invalid bytes and no state, so any chunk will do; UTF-8
  /// passes unchanged and unchecked.
  public func utf8(_ bytes: [UInt8]) -> [UInt8] {
    guard self == .latin1, bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      if byte < 0x80 {
        result.append(byte)
      } else {
        result.append(0xC0 | byte >> 6)
        result.append(0x80 | byte & 0x3F)
      }
    }
    return result
  }
}
