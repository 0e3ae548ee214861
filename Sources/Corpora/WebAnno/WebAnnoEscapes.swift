/// Escapes of WebAnno TSV 3.
enum WebAnnoEscapes {
  /// A cell's text cut at `separator` where it is not escaped; escapes stay.
  static func split(_ cell: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = cell.startIndex
    var isEscaped = false
    for index in cell.indices {
      if isEscaped {
        isEscaped = false
      } else if cell[index] == UInt8(ascii: "\\") {
        isEscaped = true
      } else if cell[index] == separator {
        pieces.append(cell[start..<index])
        start = index + 1
      }
    }
    pieces.append(cell[start...])
    return pieces
  }

  /// `PER[3]` as `PER` and 3; the brackets of values are escaped.
  static func identifier(of value: ArraySlice<UInt8>) -> (value: ArraySlice<UInt8>, id: Int?) {
    guard value.last == UInt8(ascii: "]"), let open = value.lastIndex(of: UInt8(ascii: "[")),
      !isEscaped(open, in: value)
    else { return (value, nil) }
    let digits = value[(open + 1)..<(value.endIndex - 1)]
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let id = Int(String(decoding: digits, as: UTF8.self))
    else { return (value, nil) }
    return (value[..<open], id)
  }

  private static func isEscaped(_ index: Int, in value: ArraySlice<UInt8>) -> Bool {
    var count = 0
    var place = index
    while place > value.startIndex, value[place - 1] == UInt8(ascii: "\\") {
      count += 1
      place -= 1
    }
    return count % 2 == 1
  }

  /// A feature's value: a backslash takes the next character as it is, but `\t`, `\n`, `\r` are
  /// control characters.
  static func value(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      if isEscaped {
        isEscaped = false
        switch byte {
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        default: result.append(byte)
        }
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        result.append(byte)
      }
    }
    if isEscaped { result.append(UInt8(ascii: "\\")) }
    return String(decoding: result, as: UTF8.self)
  }

  /// The ways in which a line of text may be escaped, the likeliest first: by the version's rule,
  /// by others, not at all.
  static func readings(ofText bytes: ArraySlice<UInt8>, minorVersion: Int) -> [[Unicode.Scalar]] {
    let plain = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    guard bytes.contains(UInt8(ascii: "\\")) else { return [plain] }
    let java = java(plain)
    let own = controls(plain)
    let values = Array(value(bytes).unicodeScalars)
    return minorVersion <= 1 ? [java, own, values, plain] : [own, java, values, plain]
  }

  /// From 3.2 on: `\t \n \f \r \b \\`, and a backslash before any other control character.
  private static func controls(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      let scalar = text[index]
      index += 1
      guard scalar == "\\", index < text.count else {
        result.append(scalar)
        continue
      }
      if let meant = control(text[index]) {
        result.append(meant)
        index += 1
      } else if text[index] == "\\" || text[index].value < 0x20 {
        result.append(text[index])
        index += 1
      } else {
        result.append(scalar)
      }
    }
    return result
  }

  private static func control(_ letter: Unicode.Scalar) -> Unicode.Scalar? {
    switch letter {
    case "t": "\t"
    case "n": "\n"
    case "r": "\r"
    case "f": "\u{0C}"
    case "b": "\u{08}"
    default: nil
    }
  }

  /// Up to 3.1: as in Java, `\u20AC` among them (units of UTF-16).
  private static func java(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var units: [UInt16] = []
    var index = 0
    while index < text.count {
      let scalar = text[index]
      index += 1
      guard scalar == "\\", index < text.count else {
        units += UTF16.encode(scalar).map(Array.init) ?? []
        continue
      }
      let next = text[index]
      index += 1
      if next == "u", index + 4 <= text.count,
        text[index..<index + 4].allSatisfy(\.properties.isASCIIHexDigit),
        let unit = UInt16(String(scalars: text[index..<index + 4]), radix: 16)
      {
        units.append(unit)
        index += 4
      } else {
        units += UTF16.encode(control(next) ?? next).map(Array.init) ?? []
      }
    }
    return Array(String(decoding: units, as: UTF16.self).unicodeScalars)
  }
}
