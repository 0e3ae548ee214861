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
    bytes.withUnsafeBytes { raw in
      var index = 0
      while index < raw.count {
        while index + 8 <= raw.count,
          isPlain(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
          index += 8
        }
        guard index < raw.count else { break }
        let length = sequenceLength(at: index, in: raw)
        guard length > 0 else { return Fault(byte: raw[index], offset: index) }
        index += length
      }
      return nil
    }
  }

  /// Whether eight bytes are all ASCII without NUL.
  private static func isPlain(_ word: UInt64) -> Bool {
    // With no high bit set, subtracting 1 from each byte sets one where there was a zero.
    word & 0x8080_8080_8080_8080 == 0
      && (word &- 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080 == 0
  }

  /// Length of the well-formed sequence at `index` (Unicode, table 3-7) that is not NUL; 0 if there
  /// is none.
  private static func sequenceLength(at index: Int, in raw: UnsafeRawBufferPointer) -> Int {
    let first = raw[index]
    if first < 0x80 { return first == 0 ? 0 : 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return 0
    }
    guard index + length <= raw.count, second.contains(raw[index + 1]) else { return 0 }
    for next in index + 2..<max(index + length, index + 2) where raw[next] & 0xC0 != 0x80 {
      return 0
    }
    return length
  }
}
