/// Writes JSON strings and numbers, the same on every machine.
package enum JSONText {
  /// Appends `text` in quotation marks. Only what JSON demands is escaped.
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { raw in
      var start = 0
      for index in 0..<raw.count {
        let byte = raw[index]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
          continue
        }
        bytes += raw[start..<index]
        escape(byte, to: &bytes)
        start = index + 1
      }
      bytes += raw[start...]
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x08: bytes += "\\b".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x0A: bytes += "\\n".utf8
    case 0x0C: bytes += "\\f".utf8
    case 0x0D: bytes += "\\r".utf8
    default:
      bytes += "\\u00".utf8
      for digit in [byte >> 4, byte & 15] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }

  /// Appends a whole number.
  static func append(_ number: Int, to bytes: inout [UInt8]) {
    if (0..<10).contains(number) {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
    } else {
      bytes += String(number).utf8
    }
  }

  /// Appends a fraction with at most four places (`0.9731`, `1`, `0`).
  package static func append(fraction: Double, to bytes: inout [UInt8]) {
    precondition(fraction.isFinite && abs(fraction) < 1e6, "not a fraction")
    let scaled = Int((fraction * 10_000).rounded())
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes += String(scaled.magnitude / 10_000).utf8
    var places = String(10_000 + scaled.magnitude % 10_000).utf8.dropFirst()
    while places.last == UInt8(ascii: "0") { places = places.dropLast() }
    guard !places.isEmpty else { return }
    bytes.append(UInt8(ascii: "."))
    bytes += places
  }
}
