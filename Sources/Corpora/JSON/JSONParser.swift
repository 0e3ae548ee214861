/// A strict parser of JSON (RFC 8259) over UTF-8 bytes, in time linear in their number.
///
/// An escaped half of a surrogate pair is an error, having no place in UTF-8.
struct JSONParser {
  let bytes: ArraySlice<UInt8>
  private(set) var index: Int
  private var depth = 0
  private static let depthLimit = 64

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  mutating func document() throws(JSONValue.Failure) -> JSONValue {
    skipSpace()
    let value = try value()
    skipSpace()
    guard index == bytes.endIndex else { throw failure("nothing after the value") }
    return value
  }

  /// Where it is: bytes from the beginning.
  var offset: Int { index - bytes.startIndex }

  /// The next byte; nil at the end.
  var next: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  func failure(_ expected: String) -> JSONValue.Failure {
    let rest = String(decoding: bytes[index...].prefix(20), as: UTF8.self)
    return JSONValue.Failure(
      offset: index - bytes.startIndex, expected: expected,
      found: rest.isEmpty ? "the end" : rest.quoted)
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Goes to another place.
  mutating func seek(to offset: Int) { index = bytes.startIndex + offset }

  /// A key and its colon, with the space around them.
  mutating func key() throws(JSONValue.Failure) -> String {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw failure("a key in quotation marks") }
    let key = try string()
    skipSpace()
    guard take(":") else { throw failure("a colon") }
    skipSpace()
    return key
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  mutating func value() throws(JSONValue.Failure) -> JSONValue {
    switch next {
    case UInt8(ascii: "{"):
      return try nested { parser throws(JSONValue.Failure) in
        try parser.object()
      }
    case UInt8(ascii: "["):
      return try nested { parser throws(JSONValue.Failure) in
        try parser.array()
      }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
    default: throw failure("a JSON value")
    }
  }

  mutating func nested<Result>(
    _ body: (inout JSONParser) throws(JSONValue.Failure) -> Result
  ) throws(JSONValue.Failure) -> Result {
    guard depth < Self.depthLimit else {
      throw failure("JSON at most \(Self.depthLimit) levels deep")
    }
    depth += 1
    index += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONValue.Failure) -> JSONValue {
    var members: [JSONValue.Member] = []
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      let key = try key()
      let start = offset
      let value = try value()
      members.append(JSONValue.Member(key: key, value: value, range: start..<offset))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("a comma or a closing brace") }
    return .object(members)
  }

  private mutating func array() throws(JSONValue.Failure) -> JSONValue {
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      skipSpace()
      values.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("a comma or a closing bracket") }
    return .array(values)
  }

  private mutating func word(
    _ text: String, _ value: JSONValue
  ) throws(JSONValue.Failure) -> JSONValue {
    guard bytes[index...].starts(with: text.utf8) else { throw failure(text) }
    index += text.utf8.count
    return value
  }

  private mutating func number() throws(JSONValue.Failure) -> JSONValue {
    let start = index
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      throw failure("a number")
    }
    return .number(value)
  }

  private mutating func digits() throws(JSONValue.Failure) {
    let start = index
    while let byte = next, Self.isDigit(byte) { index += 1 }
    guard index > start else { throw failure("a digit") }
  }

  private mutating func string() throws(JSONValue.Failure) -> String {
    index += 1
    let start = index
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      index += 1
    }
    if next == UInt8(ascii: "\"") {
      defer { index += 1 }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
    var text = Array(bytes[start..<index])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &text)
      case 0..<0x20: throw failure("control characters to be escaped")
      default:
        text.append(byte)
        index += 1
      }
    }
    throw failure("a closing quotation mark")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONValue.Failure) {
    let plain: UInt8
    switch next {
    case UInt8(ascii: "u"):
      index += 1
      text += String(try escapedScalar()).utf8
      return
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = bytes[index]
    default: throw failure("an escape of JSON")
    }
    text.append(plain)
    index += 1
  }

  private mutating func escapedScalar() throws(JSONValue.Failure) -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, take("\\"), take("u") else { throw failure("a surrogate pair") }
    let second = try fourDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("the second half of a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONValue.Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
      else { throw failure("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
