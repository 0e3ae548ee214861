/// Parsing step by step, for files that are one big value.
extension JSONParser {
  /// Passes over a value, of which nothing is kept.
  mutating func skip() throws(JSONValue.Failure) {
    switch next {
    case UInt8(ascii: "{"):
      try nested { parser throws(JSONValue.Failure) in
        try parser.forEachMember { parser, _ throws(JSONValue.Failure) in try parser.skip() }
      }
    case UInt8(ascii: "["):
      try nested { parser throws(JSONValue.Failure) in
        try parser.forEachElement { parser throws(JSONValue.Failure) in try parser.skip() }
      }
    default: _ = try value()
    }
  }

  /// Calls `body` at each member's value, which it must take; the opening brace has been taken.
  mutating func forEachMember(
    _ body: (inout JSONParser, String) throws(JSONValue.Failure) -> Void
  ) throws(JSONValue.Failure) {
    skipSpace()
    if take("}") { return }
    repeat {
      try body(&self, try key())
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("a comma or a closing brace") }
  }

  /// Calls `body` at each element, which it must take; the opening bracket has been taken.
  mutating func forEachElement(
    _ body: (inout JSONParser) throws(JSONValue.Failure) -> Void
  ) throws(JSONValue.Failure) {
    skipSpace()
    if take("]") { return }
    repeat {
      skipSpace()
      try body(&self)
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("a comma or a closing bracket") }
  }

  /// Where an array's elements stand: bytes from the beginning.
  ///
  /// - Parameter start: of the array, which has been parsed before.
  static func elementOffsets(_ bytes: ArraySlice<UInt8>, at start: Int) -> [Int] {
    var parser = JSONParser(bytes)
    parser.seek(to: start)
    var offsets: [Int] = []
    guard parser.take("[") else { return [] }
    // What has been parsed before does not fail.
    try? parser.forEachElement { parser throws(JSONValue.Failure) in
      offsets.append(parser.offset)
      try parser.skip()
    }
    return offsets
  }
}
