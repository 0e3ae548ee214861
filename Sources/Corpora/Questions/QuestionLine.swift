/// One line of the question format `jsonl`.
///
///     {"id"?, "question", "context", "title"?, "answers"?, "plausible_answers"?,
///      "is_impossible"?, …}
///
/// Answers are `[{"text", "start"?, "end"?}, …]` or `{"text": […], "answer_start": […]}`; or, in
/// place of `answers`, the members `"answer": "…"` or null, `"start"` and `"end"` of the line. Other
/// members are passed over.
package struct QuestionLine: Sendable {
  struct Answer {
    var text: String
    /// Unicode scalars; as the line has them, of any size.
    var start: Int?
    var end: Int?
  }

  /// A number's text where the line has a number.
  package var id: String?
  /// The name as the line has it, in JSON.
  package var idJSON: String?
  package var question: String
  package var context: String
  var title: String?
  /// nil where the line says nothing of answers.
  var answers: [Answer]?
  var plausibleAnswers: [Answer]
  var isImpossible: Bool?
  /// Whether the line has `answer` beside `answers`, of which the latter counts.
  var hasOtherAnswer = false

  /// Reads a line; nil for a blank one.
  ///
  /// - Parameter needsContext: whether a line without `context` is an error; else it is empty.
  /// - Throws: `CorpusError` with line and column.
  package init?(_ line: Line, file: String, needsContext: Bool = true) throws(CorpusError) {
    guard !line.content.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
    let fields = JSONFields(file: file, line: line)
    var object = try fields.object(
      needsContext ? "an object with \"question\" and \"context\"" : "an object with \"question\"")
    question = try object.takeText("question")
    context =
      needsContext
      ? try object.takeText("context") : try object.takeString("context") ?? ""
    title = try object.takeString("title")
    (id, idJSON) = try object.takeID()
    answers = try object.takeAnswers("answers")
    plausibleAnswers = try object.takeAnswers("plausible_answers") ?? []
    let answer = try object.takeAnswer()
    if answers == nil { answers = answer } else { hasOtherAnswer = answer != nil }
    isImpossible = try object.takeBool("is_impossible")
  }
}

extension JSONObject {
  /// A text that must be there and be more than white space.
  fileprivate mutating func takeText(_ key: String) throws(CorpusError) -> String {
    guard let member = try take(key) else {
      throw fields.error("an object with \(key.quoted)", "one without", at: 0)
    }
    guard let text = member.value.string else {
      throw fields.error(
        "a string for \(key.quoted)", member.value.kind, at: member.range.lowerBound)
    }
    guard !text.isBlank else {
      throw fields.error(
        "a text for \(key.quoted)", text.isEmpty ? "an empty string" : "white space alone",
        at: member.range.lowerBound)
    }
    return text
  }

  /// A string, or the text of a number; null is none.
  fileprivate mutating func takeID() throws(CorpusError) -> (name: String?, json: String?) {
    guard let member = try take("id") else { return (nil, nil) }
    let json = fields.text(member.range)
    switch member.value {
    case .null: return (nil, nil)
    case .string(let string): return (string, json)
    case .number: return (json, json)
    default:
      throw fields.error(
        "a string or a number for \"id\"", member.value.kind, at: member.range.lowerBound)
    }
  }

  fileprivate mutating func takeBool(_ key: String) throws(CorpusError) -> Bool? {
    guard let member = try take(key) else { return nil }
    switch member.value {
    case .null: return nil
    case .bool(let value): return value
    default:
      throw fields.error(
        "true or false for \(key.quoted)", member.value.kind, at: member.range.lowerBound)
    }
  }

  // MARK: Answers

  private static let starts = ["start", "answer_start"]
  private static let ends = ["end", "answer_end"]

  /// The line's own answer: empty for null, nil where there is none.
  fileprivate mutating func takeAnswer() throws(CorpusError) -> [QuestionLine.Answer]? {
    guard let member = try take("answer") else { return nil }
    switch member.value {
    case .null: return []
    case .string(let text):
      return [
        QuestionLine.Answer(
          text: text, start: try takeOffset(Self.starts), end: try takeOffset(Self.ends))
      ]
    default:
      throw fields.error(
        "a string or null for \"answer\"", member.value.kind, at: member.range.lowerBound)
    }
  }

  /// A list of answers, in either form: empty for null, nil where there is none.
  fileprivate mutating func takeAnswers(
    _ key: String
  ) throws(CorpusError) -> [QuestionLine.Answer]? {
    guard let member = try take(key) else { return nil }
    switch member.value {
    case .null: return []
    case .array(let values):
      var answers: [QuestionLine.Answer] = []
      answers.reserveCapacity(values.count)
      for (index, value) in values.enumerated() {
        var object = JSONObject(fields: fields, members: value.members ?? [])
        guard let text = try object.takeString("text") else {
          throw fields.error(
            "an object with a \"text\" in each place of \(key.quoted)",
            value.members == nil ? value.kind : "one without",
            at: fields.element(index, of: member))
        }
        answers.append(
          QuestionLine.Answer(
            text: text, start: try object.takeOffset(Self.starts),
            end: try object.takeOffset(Self.ends)))
      }
      return answers
    case .object(let members):
      var object = JSONObject(fields: fields, members: members)
      return try object.takeColumns(of: member)
    default:
      throw fields.error(
        "an array or an object for \(key.quoted)", member.value.kind,
        at: member.range.lowerBound)
    }
  }

  /// `{"text": […], "answer_start": […]}`.
  private mutating func takeColumns(
    of member: JSONValue.Member
  ) throws(CorpusError) -> [QuestionLine.Answer] {
    guard let texts = try take("text"), let values = texts.value.array else {
      throw fields.error(
        "an array \"text\" in \(member.key.quoted)", "none", at: member.range.lowerBound)
    }
    let starts = try takeOffsets(Self.starts, count: values.count)
    let ends = try takeOffsets(Self.ends, count: values.count)
    var answers: [QuestionLine.Answer] = []
    answers.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let text = value.string else {
        throw fields.error(
          "a string for each \"text\"", value.kind, at: fields.element(index, of: texts))
      }
      answers.append(
        QuestionLine.Answer(text: text, start: starts?[index] ?? nil, end: ends?[index] ?? nil))
    }
    return answers
  }

  /// The offset under the first of the keys that has one; null is none.
  private mutating func takeOffset(_ keys: [String]) throws(CorpusError) -> Int? {
    for key in keys {
      guard let member = try take(key), member.value != .null else { continue }
      return try offset(member.value, of: member, at: member.range.lowerBound)
    }
    return nil
  }

  /// The offsets under the first of the keys that is there, one for each text.
  private mutating func takeOffsets(
    _ keys: [String], count: Int
  ) throws(CorpusError) -> [Int?]? {
    for key in keys {
      guard let member = try take(key), member.value != .null else { continue }
      guard let values = member.value.array, values.count == count else {
        throw fields.error(
          "an array of \(count) numbers for \(key.quoted), one for each \"text\"",
          member.value.array.map { "\($0.count)" } ?? member.value.kind,
          at: member.range.lowerBound)
      }
      var offsets: [Int?] = []
      offsets.reserveCapacity(count)
      for (index, value) in values.enumerated() {
        offsets.append(
          value == .null
            ? nil : try offset(value, of: member, at: fields.element(index, of: member)))
      }
      return offsets
    }
    return nil
  }

  private func offset(
    _ value: JSONValue, of member: JSONValue.Member, at place: @autoclosure () -> Int
  ) throws(CorpusError) -> Int {
    guard let offset = value.integer else {
      var found = value.kind
      if case .number(let number) = value { found = "\(number)" }
      throw fields.error("a whole number for \(member.key.quoted)", found, at: place())
    }
    return offset
  }
}
