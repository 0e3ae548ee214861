/// Takes typed values out of one line of JSON, with messages that name line and column.
struct JSONFields {
  let file: String
  let line: Line

  /// - Parameter offset: of a byte of the line's content.
  func error(_ expected: String, _ found: String, at offset: Int?) -> CorpusError {
    let before = line.content.startIndex - line.bytes.startIndex
    return CorpusError(
      file: file, line: line.number, column: offset.map { $0 + before + 1 }, expected: expected,
      found: found)
  }

  /// The line's object.
  func object(_ expected: String) throws(CorpusError) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line.content)
    } catch {
      throw self.error(error.expected, error.found, at: error.offset)
    }
    guard let members = value.members else {
      throw error(expected, value.kind, at: 0)
    }
    return JSONObject(fields: self, members: members)
  }

  /// The JSON text of a value.
  func text(_ range: Range<Int>) -> String {
    let start = line.content.startIndex
    return String(
      decoding: line.content[start + range.lowerBound..<start + range.upperBound], as: UTF8.self)
  }

  /// Where the elements of an array begin.
  func elements(of member: JSONValue.Member) -> [Int] {
    JSONParser.elementOffsets(line.content, at: member.range.lowerBound)
  }

  /// Where an element of an array begins.
  func element(_ index: Int, of member: JSONValue.Member) -> Int {
    let offsets = elements(of: member)
    return index < offsets.count ? offsets[index] : member.range.lowerBound
  }

  /// A pair of offsets, start ≤ end ≤ count.
  func range(
    _ start: Int, _ end: Int, of what: String, in count: Int, at offset: @autoclosure () -> Int
  ) throws(CorpusError) -> Range<Int> {
    guard start >= 0, start <= end else {
      throw error("0 ≤ start ≤ end in each of the \(what)", "\(start) and \(end)", at: offset())
    }
    guard end <= count else {
      throw error("\(what) inside 0..<\(count)", "one that ends at \(end)", at: offset())
    }
    return start..<end
  }
}

/// The members of an object, taken one after the other.
struct JSONObject {
  let fields: JSONFields
  private var members: [JSONValue.Member]
  private var isTaken: [Bool]

  init(fields: JSONFields, members: [JSONValue.Member]) {
    self.fields = fields
    self.members = members
    isTaken = Array(repeating: false, count: members.count)
  }

  /// The members that nobody took, as they stand.
  var rest: [JSONMember] {
    zip(members, isTaken).compactMap { member, isTaken in
      isTaken ? nil : JSONMember(key: member.key, json: fields.text(member.range))
    }
  }

  /// The member of that name, if `isMeant`.
  ///
  /// - Throws: `CorpusError` where it comes twice.
  mutating func take(
    _ key: String, where isMeant: (JSONValue) -> Bool = { _ in true }
  ) throws(CorpusError) -> JSONValue.Member? {
    var found: Int?
    for index in members.indices where members[index].key.hasSameBytes(as: key) {
      guard isMeant(members[index].value) else { continue }
      guard found == nil else {
        throw fields.error(
          "\(key.quoted) once in an object", "it twice", at: members[index].range.lowerBound)
      }
      found = index
    }
    guard let found else { return nil }
    isTaken[found] = true
    return members[found]
  }

  /// A string; null is none.
  mutating func takeString(_ key: String) throws(CorpusError) -> String? {
    guard let member = try take(key), member.value != .null else { return nil }
    guard let string = member.value.string else {
      throw fields.error(
        "a string for \(key.quoted)", member.value.kind, at: member.range.lowerBound)
    }
    return string
  }

  /// A name: a string, or what else stands there as it is, of which a number is a name as well.
  mutating func takeName() throws(CorpusError) -> (id: String?, other: JSONMember?) {
    guard let member = try take("id") else { return (nil, nil) }
    if let string = member.value.string { return (string, nil) }
    let json = fields.text(member.range)
    let other = JSONMember(key: "id", json: json)
    if case .number = member.value { return (json, other) }
    return (nil, other)
  }

  mutating func takeAttributes() -> [Attribute] {
    guard
      let index = members.indices.first(where: {
        !isTaken[$0] && members[$0].key.hasSameBytes(as: "attributes")
          && JSONShape.isAttributes(members[$0].value)
      })
    else { return [] }
    isTaken[index] = true
    switch members[index].value {
    case .object(let values):
      return values.map { Attribute($0.key, $0.value.string ?? fields.text($0.range)) }
    case .array(let pairs):
      return pairs.compactMap { pair in
        guard let pair = pair.array, let name = pair.first?.string, let value = pair.last?.string
        else { return nil }
        return Attribute(name, value)
      }
    default: return []
    }
  }
}

/// What tells the format's own members from others of the same name.
enum JSONShape {
  static func isAttributes(_ value: JSONValue) -> Bool {
    switch value {
    case .object: true
    case .array(let pairs):
      pairs.allSatisfy { pair in
        guard let pair = pair.array else { return false }
        return pair.count == 2 && pair.allSatisfy { $0.string != nil }
      }
    default: false
    }
  }

  static func isSentences(_ value: JSONValue) -> Bool {
    guard let sentences = value.array else { return false }
    return sentences.allSatisfy { sentence in
      guard let words = sentence.array else { return false }
      return words.allSatisfy { $0.array != nil }
    }
  }

  static func isSections(_ value: JSONValue) -> Bool {
    guard let sections = value.array else { return false }
    return sections.allSatisfy { $0["start"] != nil && $0["end"] != nil }
  }

  /// Strings, or objects with a text.
  static func isTokens(_ value: JSONValue) -> Bool {
    guard let tokens = value.array else { return false }
    return tokens.allSatisfy { $0.string != nil || $0["text"]?.string != nil }
  }

  static func isTags(_ value: JSONValue) -> Bool {
    guard let tags = value.array else { return false }
    return tags.allSatisfy { $0.string != nil }
  }

  /// Objects or triples with offsets.
  static func isSpans(_ value: JSONValue) -> Bool {
    guard let spans = value.array else { return false }
    return spans.allSatisfy { span in
      if let triple = span.array { return triple.count == 3 && triple[0].integer != nil }
      return span["start"] != nil || span["start_offset"] != nil
    }
  }

  static func isFragments(_ value: JSONValue) -> Bool {
    guard let fragments = value.array, !fragments.isEmpty else { return false }
    return fragments.allSatisfy { $0.array?.count == 2 }
  }
}
