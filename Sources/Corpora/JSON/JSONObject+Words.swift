/// Words as a line of JSON gives them.
struct JSONTokens {
  struct Token {
    var text: String
    /// Where it stands in the line's text, if it says so.
    var start: Int?
    var end: Int?
  }

  var tokens: [Token]
  var member: JSONValue.Member
}

extension JSONObject {
  /// - Parameter isRequired: whether something else of that name is an error.
  mutating func takeTokens(isRequired: Bool) throws(CorpusError) -> JSONTokens? {
    for key in ["tokens", "words"] {
      let member = try take(key) { value in
        JSONShape.isTokens(value) || (isRequired && key == "tokens" && value != .null)
      }
      guard let member else { continue }
      guard let list = member.value.array else {
        throw fields.error(
          "an array for \"tokens\"", member.value.kind, at: member.range.lowerBound)
      }
      var tokens: [JSONTokens.Token] = []
      for (index, value) in list.enumerated() {
        guard let text = value.string ?? value["text"]?.string else {
          throw fields.error(
            "a string for each of \"tokens\"", value.kind, at: fields.element(index, of: member))
        }
        tokens.append(
          JSONTokens.Token(text: text, start: value["start"]?.integer, end: value["end"]?.integer))
      }
      return JSONTokens(tokens: tokens, member: member)
    }
    return nil
  }

  /// `[[[start, end, text?, spaceAfter?], …], …]`.
  mutating func takeSentences(_ scalars: [Unicode.Scalar]) throws(CorpusError) -> [[Word]]? {
    guard let member = try take("sentences", where: JSONShape.isSentences) else { return nil }
    var sentences: [[Word]] = []
    var last = 0..<0
    for (number, sentence) in (member.value.array ?? []).enumerated() {
      var words: [Word] = []
      for element in sentence.array ?? [] {
        guard let word = word(element, after: last, scalars) else {
          throw fields.error(
            "words as [start, end, text?, space after?], ascending, inside 0..<\(scalars.count)",
            "another in sentence \(number + 1)", at: fields.element(number, of: member))
        }
        last = word.range
        words.append(word)
      }
      sentences.append(words)
    }
    return sentences
  }

  private func word(
    _ value: JSONValue, after last: Range<Int>, _ scalars: [Unicode.Scalar]
  ) -> Word? {
    guard var items = value.array?[...], let start = items.popFirst()?.integer,
      let end = items.popFirst()?.integer, start >= last.lowerBound, end >= last.upperBound,
      start <= end, end <= scalars.count
    else { return nil }
    var text: String?
    var spaceAfter: Bool?
    if let string = items.first?.string {
      text = string
      items.removeFirst()
    }
    if case .bool(let value)? = items.first {
      spaceAfter = value
      items.removeFirst()
    }
    guard items.isEmpty else { return nil }
    let range = start..<end
    return Word(
      text: text ?? String(scalars: scalars[range]), range: range,
      spaceAfter: spaceAfter ?? Self.isSpaced(end, scalars))
  }

  /// Whether white space or nothing stands there.
  static func isSpaced(_ end: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    end == scalars.count || scalars[end].isWhiteSpace
  }

  mutating func takeSections(_ scalars: [Unicode.Scalar]) throws(CorpusError) -> [Section] {
    guard let member = try take("sections", where: JSONShape.isSections) else { return [] }
    var sections: [Section] = []
    for (index, value) in (member.value.array ?? []).enumerated() {
      let place = { [fields] in fields.element(index, of: member) }
      guard let start = value["start"]?.integer, let end = value["end"]?.integer else {
        throw fields.error("sections with whole \"start\" and \"end\"", "another", at: place())
      }
      let range = try fields.range(start, end, of: "sections", in: scalars.count, at: place())
      guard range.lowerBound >= sections.last?.range.upperBound ?? 0 else {
        throw fields.error("sections in order, without overlap", "another order", at: place())
      }
      var object = JSONObject(fields: fields, members: value.members ?? [])
      _ = try object.take("start")
      _ = try object.take("end")
      let attributes = object.takeAttributes()
      sections.append(
        Section(
          range: range, attributes: attributes + JSONMemberAttributes.attributes(of: object.rest)))
    }
    return sections
  }

  /// - Parameter tokens: their number; nil for a line without.
  mutating func takeTags(tokens: Int?, hasSpans: Bool) throws(CorpusError) -> [String]? {
    guard let tokens else {
      guard !hasSpans, let member = try take("tags"), member.value != .null else { return nil }
      throw fields.error(
        "\"tags\" with \"tokens\" only", "with \"text\"", at: member.range.lowerBound)
    }
    var found = try take("tags") { $0 != .null }
    if found == nil { found = try take("ner_tags", where: JSONShape.isTags) }
    for key in ["labels", "ner"] where found == nil && !hasSpans {
      found = try take(key) { JSONShape.isTags($0) && $0.array?.count == tokens }
    }
    guard let member = found else { return nil }
    guard let list = member.value.array else {
      throw fields.error(
        "an array for \(member.key.quoted)", member.value.kind, at: member.range.lowerBound)
    }
    var tags: [String] = []
    for (index, value) in list.enumerated() {
      guard let tag = value.string else {
        throw fields.error(
          "a string for each of \(member.key.quoted)", value.kind,
          at: fields.element(index, of: member))
      }
      tags.append(tag)
    }
    guard tags.count == tokens else {
      throw fields.error(
        "\(tokens) tags, one for each token", "\(tags.count)", at: member.range.lowerBound)
    }
    return tags
  }
}

extension JSONFields {
  /// The words of a text that the tokens are, each the next of its kind in the text or where it
  /// says that it stands.
  func words(
    _ tokens: JSONTokens, in scalars: [Unicode.Scalar]
  ) throws(CorpusError) -> [Word] {
    var words: [Word] = []
    words.reserveCapacity(tokens.tokens.count)
    var cursor = 0
    for (index, token) in tokens.tokens.enumerated() {
      let pattern = Array(token.text.unicodeScalars)
      let place = { [self] in element(index, of: tokens.member) }
      let start: Int
      if let told = token.start {
        start = told
        guard told >= cursor, told <= scalars.count, pattern.count <= scalars.count - told,
          token.end.map({ $0 == told + pattern.count }) ?? true,
          scalars[told..<told + pattern.count].elementsEqual(pattern)
        else {
          throw error(
            "the token \(token.text.quoted) where it says, behind the one before",
            "another text at \(told)", at: place())
        }
      } else if let found = Self.first(pattern, in: scalars, from: cursor) {
        start = found
      } else {
        throw error(
          "the tokens in the text, in order", "no \(token.text.quoted) behind \(cursor)",
          at: place())
      }
      cursor = start + pattern.count
      words.append(
        Word(
          text: token.text, range: start..<cursor,
          spaceAfter: JSONObject.isSpaced(cursor, scalars)))
    }
    return words
  }

  /// The first place of `pattern` (Knuth, Morris and Pratt: no text makes it slow).
  private static func first(
    _ pattern: [Unicode.Scalar], in scalars: [Unicode.Scalar], from start: Int
  ) -> Int? {
    guard !pattern.isEmpty else { return start }
    guard pattern.count <= scalars.count - start else { return nil }
    if scalars[start..<start + pattern.count].elementsEqual(pattern) { return start }
    var borders = [0]
    var border = 0
    for index in pattern.indices.dropFirst() {
      while border > 0, pattern[index] != pattern[border] { border = borders[border - 1] }
      if pattern[index] == pattern[border] { border += 1 }
      borders.append(border)
    }
    var matched = 0
    for index in start..<scalars.count {
      while matched > 0, scalars[index] != pattern[matched] { matched = borders[matched - 1] }
      if scalars[index] == pattern[matched] { matched += 1 }
      if matched == pattern.count { return index + 1 - matched }
    }
    return nil
  }
}
