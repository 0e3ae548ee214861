import Tokenization

/// Where bytes stop being text.
enum TextCheck {
  /// A byte that text in UTF-8 does not have.
  struct Fault: Equatable, CustomStringConvertible {
    let byte: UInt8
    /// Its offset in the file.
    let offset: Int

    var description: String {
      if byte == 0 { return "a NUL byte at byte offset \(offset)" }
      let shown = String(byte, radix: 16, uppercase: true)
      return "not UTF-8: byte 0x\(byte < 16 ? "0" : "")\(shown) at byte offset \(offset)"
    }
  }

  /// The first byte that is NUL or begins no well-formed sequence.
  static func firstFault(in bytes: [UInt8]) -> Fault? {
    let offsets = [bytes.firstIndex(of: 0), UTF8Check.firstInvalid(in: bytes[...])]
    return offsets.compactMap { $0 }.min().map { Fault(byte: bytes[$0], offset: $0) }
  }
}
