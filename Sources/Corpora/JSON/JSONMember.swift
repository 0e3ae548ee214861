/// A member of a JSON object that the format gives no meaning to: kept as it stands.
public struct JSONMember: Hashable, Sendable {
  public var key: String
  /// The value's JSON text.
  public var json: String

  public init(key: String, json: String) {
    self.key = key
    self.json = json
  }
}

/// The members of other meaning as attributes: `json:` and the key, with the value's JSON text.
/// The attributes of the model are strings; so the members survive on their way through it, and
/// through other formats.
enum JSONMemberAttributes {
  static let prefix = "json:"

  /// - Parameter number: the key whose number becomes an attribute of that name.
  static func attributes(of members: [JSONMember], number: String? = nil) -> [Attribute] {
    members.map { member in
      if let number, member.key.hasSameBytes(as: number), isNumber(member.json) {
        return Attribute(number, member.json)
      }
      return Attribute(prefix + member.key, member.json)
    }
  }

  /// Takes off the last attributes that a reader would make of members again.
  ///
  /// - Parameters:
  ///   - leading: the keys that stand before all others when read, once each.
  ///   - number: the key whose number is an attribute of that name.
  ///   - isFree: whether a member of that value has no other meaning to the format.
  static func takeMembers(
    from attributes: inout [Attribute], leading: [String], number: String? = nil,
    isFree: (JSONMember, JSONValue) -> Bool
  ) -> [JSONMember] {
    var members: [JSONMember] = []
    for attribute in attributes.reversed() {
      let isNumberOfName = number.map { attribute.name.hasSameBytes(as: $0) } ?? false
      let isPrefixed = attribute.name.utf8.starts(with: prefix.utf8)
      guard isNumberOfName || isPrefixed, let value = value(of: attribute.value) else { break }
      let key = attribute.name.utf8.dropFirst(isPrefixed ? prefix.utf8.count : 0)
      let member = JSONMember(key: String(decoding: key, as: UTF8.self), json: attribute.value)
      if let number, member.key.hasSameBytes(as: number) {
        var isNumber = false
        if case .number = value { isNumber = true }
        guard isNumber == isNumberOfName else { break }
      }
      guard isFree(member, value) else { break }
      members.append(member)
    }
    members.reverse()
    while !isInOrder(members, leading: leading) { members.removeFirst() }
    attributes.removeLast(members.count)
    return members
  }

  private static func isInOrder(_ members: [JSONMember], leading: [String]) -> Bool {
    var last = -1
    for member in members {
      let place = leading.firstIndex { member.key.hasSameBytes(as: $0) } ?? leading.count
      guard place > last || (place == last && place == leading.count) else { return false }
      last = place
    }
    return true
  }

  /// The value of a JSON text that may stand in a line as it is.
  static func value(of text: String) -> JSONValue? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, !isSpace(first), !isSpace(last),
      !bytes.contains(where: { $0 == 0x0A || $0 == 0x0D })
    else { return nil }
    return try? JSONValue(parsing: bytes[...])
  }

  static func isNumber(_ text: String) -> Bool {
    if case .number? = value(of: text) { return true }
    return false
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
