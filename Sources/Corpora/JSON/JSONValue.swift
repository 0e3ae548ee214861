/// A JSON value, its object keys in the order of the file.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONValue
    /// Where the value stands in the parsed bytes: 0-based.
    package var range: Range<Int>
  }

  /// What is not JSON, and where.
  package struct Failure: Error, Hashable, Sendable {
    /// 0-based, in bytes.
    package var offset: Int
    package var expected: String
    package var found: String
  }

  /// Reads one value that fills `bytes`, which must be UTF-8.
  ///
  /// - Throws: `Failure`.
  package init(parsing bytes: ArraySlice<UInt8>) throws(Failure) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  package subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    // The last of equal keys, as most readers have it.
    return members.last { $0.key.hasSameBytes(as: key) }?.value
  }

  /// What kind of value it is, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The members of an object, in the order of the file.
  var members: [Member]? {
    if case .object(let members) = self { return members }
    return nil
  }

  package var string: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  package var array: [JSONValue]? {
    if case .array(let values) = self { return values }
    return nil
  }

  /// The number, if it is a whole one.
  package var integer: Int? {
    if case .number(let value) = self { return Int(exactly: value) }
    return nil
  }
}
