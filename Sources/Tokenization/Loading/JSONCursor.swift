/// Reads JSON from front to back, byte by byte.
///
/// Foundation's reader would take longer for a vocabulary than all the rest of a cold start, and would
/// put the tokens into a dictionary of `String`s, which makes one of tokens that are canonically equal.
struct JSONCursor {
  let file: String
  private let bytes: [UInt8]
  private(set) var index = 0
  private var depth = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// The first byte of the next value, `}` or `]`; nil at the end.
  mutating func peek() -> UInt8? {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return bytes[index]
      }
    }
    return nil
  }

  /// Reads an object; `member` gets each key and must read its value.
  mutating func object(
    _ member: (inout JSONCursor, [UInt8]) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    try open(UInt8(ascii: "{"), "an object")
    if try close(UInt8(ascii: "}"), isFirst: true) { return }
    var key: [UInt8] = []
    repeat {
      key.removeAll(keepingCapacity: true)
      try string(into: &key)
      guard peek() == UInt8(ascii: ":") else { throw unexpected("“:”") }
      index += 1
      try member(&self, key)
    } while try !close(UInt8(ascii: "}"), isFirst: false)
  }

  /// Reads an array; `element` must read each element.
  mutating func array(
    _ element: (inout JSONCursor) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    try open(UInt8(ascii: "["), "an array")
    if try close(UInt8(ascii: "]"), isFirst: true) { return }
    repeat { try element(&self) } while try !close(UInt8(ascii: "]"), isFirst: false)
  }

  private mutating func open(_ bracket: UInt8, _ expected: String) throws(TokenizerError) {
    guard peek() == bracket else { throw unexpected(expected) }
    guard depth < 512 else { throw unexpected("no more than 512 levels of nesting") }
    depth += 1
    index += 1
  }

  private mutating func close(_ bracket: UInt8, isFirst: Bool) throws(TokenizerError) -> Bool {
    let next = peek()
    if next == bracket {
      index += 1
      depth -= 1
      return true
    }
    if isFirst { return false }
    guard next == UInt8(ascii: ",") else {
      throw unexpected("“,” or “\(Character(Unicode.Scalar(bracket)))”")
    }
    index += 1
    return false
  }

  /// Reads a string and appends its UTF-8.
  mutating func string(into text: inout [UInt8]) throws(TokenizerError) {
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a string") }
    index += 1
    let start = index
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[start..<index]
        index += 1
        return
      case UInt8(ascii: "\\"):
        text += bytes[start..<index]
        try escapedRest(into: &text)
        return
      case 0..<0x20:
        throw unexpected("no bare control character in a string")
      default:
        index += 1
      }
    }
    throw unexpected("the end of a string")
  }

  /// Goes on with a string at its first backslash.
  private mutating func escapedRest(into text: inout [UInt8]) throws(TokenizerError) {
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 { throw unexpected("no bare control character in a string") }
      index += 1
      if byte == UInt8(ascii: "\"") { return }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard index < bytes.count else { break }
      let escape = bytes[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        var value = try hexadecimal()
        if value & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
          bytes[index + 1] == UInt8(ascii: "u")
        {
          index += 2
          value = try 0x10000 + (value & 0x3FF) << 10 + (hexadecimal() & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(value) else {
          throw unexpected("a Unicode scalar before this")
        }
        text += UTF8.encode(scalar).map(Array.init) ?? []
      default:
        index -= 1
        throw unexpected("an escape of JSON")
      }
    }
    throw unexpected("the end of a string")
  }

  private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue
      else { throw unexpected("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  mutating func string() throws(TokenizerError) -> String {
    var text: [UInt8] = []
    try string(into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads a whole number that is not negative.
  mutating func wholeNumber() throws(TokenizerError) -> Int {
    guard let first = peek(), first >= 0x30, first <= 0x39 else {
      throw unexpected("a whole number, not negative")
    }
    var value = 0
    while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = product.addingReportingOverflow(Int(bytes[index] - 0x30))
      if overflows || overflowsToo { throw unexpected("a number below 2^63") }
      value = sum
      index += 1
    }
    if index < bytes.count, [0x2E, 0x45, 0x65].contains(bytes[index]) {
      throw unexpected("a whole number")
    }
    return value
  }

  /// Reads `true`, `false` or `null`.
  mutating func boolOrNull() throws(TokenizerError) -> Bool? {
    _ = peek()
    if skip("true") { return true }
    if skip("false") { return false }
    if skip("null") { return nil }
    throw unexpected("true, false or null")
  }

  mutating func bool() throws(TokenizerError) -> Bool {
    let start = index
    guard let value = try boolOrNull() else {
      index = start
      throw unexpected("true or false")
    }
    return value
  }

  /// Reads `null`, if that is next.
  mutating func null() -> Bool {
    peek() == UInt8(ascii: "n") && skip("null")
  }

  /// Reads over any value.
  mutating func skipValue() throws(TokenizerError) {
    switch peek() {
    case UInt8(ascii: "{"): try object { (json, _) throws(TokenizerError) in try json.skipValue() }
    case UInt8(ascii: "["): try array { (json) throws(TokenizerError) in try json.skipValue() }
    case UInt8(ascii: "\""):
      var text: [UInt8] = []
      try string(into: &text)
    case UInt8(ascii: "-"), .some(0x30...0x39):
      while index < bytes.count,
        [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(bytes[index])
          || (0x30...0x39).contains(bytes[index])
      { index += 1 }
    default: _ = try boolOrNull()
    }
  }

  /// Checks that nothing follows.
  mutating func finish() throws(TokenizerError) {
    if peek() != nil { throw unexpected("the end of the file") }
  }

  private mutating func skip(_ word: StaticString) -> Bool {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[index..<end]) }
    if matches { index = end }
    return matches
  }

  /// The error for what stands at the cursor.
  func unexpected(_ expected: String) -> TokenizerError {
    let found =
      if index < bytes.count {
        "“"
          + String(decoding: bytes[index..<min(index + 16, bytes.count)], as: UTF8.self)
          .prefix { $0 != "\n" } + "”"
      } else {
        "the end of the file"
      }
    let before = bytes[..<min(index, bytes.count)]
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return .malformed(
      file: file, line: line, column: before.endIndex - lineStart + 1, expected: expected,
      found: found)
  }
}
