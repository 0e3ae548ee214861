/// Where a run of bytes stops being UTF-8.
package enum UTF8Check {
  /// The offset of the first byte that begins no valid sequence, or nil if all is valid.
  package static func firstInvalid(in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBytes { raw in
      var index = 0
      let count = raw.count
      while index < count {
        while index + 8 <= count,
          raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          index += 8
        }
        guard index < count else { break }
        let length = sequenceLength(at: index, in: raw)
        guard length > 0 else { return index }
        index += length
      }
      return nil
    }
  }

  /// Length of the well-formed sequence at `index` (Unicode, table 3-7); 0 if there is none.
  private static func sequenceLength(at index: Int, in raw: UnsafeRawBufferPointer) -> Int {
    let first = raw[index]
    if first < 0x80 { return 1 }
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
