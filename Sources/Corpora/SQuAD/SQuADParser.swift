/// Reads the paragraphs of a SQuAD file one after another.
struct SQuADParser {
  private let places: JSONPlaces
  private var parser: JSONParser
  private(set) var version: String?
  private(set) var report = CorpusReport()

  init(file: String, bytes: ArraySlice<UInt8>) {
    places = JSONPlaces(file: file, bytes: bytes)
    parser = JSONParser(bytes)
  }

  typealias Body = (Passage) throws -> Void

  /// - Throws: `CorpusError` where the file is not SQuAD; whatever `body` throws.
  mutating func forEachParagraph(_ body: Body) throws {
    parser.skipSpace()
    var hasData = false
    try forEachMember("an object with \"data\"") { this, key throws in
      switch key {
      case "version": this.version = try this.value().string
      case "data":
        hasData = true
        try this.forEachElement("an array for \"data\"") { this throws in
          try this.article(body)
        }
      default: try this.skip()
      }
    }
    guard hasData else { throw places.error("an object with \"data\"", "none", at: 0) }
    parser.skipSpace()
    if parser.next != nil { throw places.error(parser.failure("nothing after the value")) }
  }

  // MARK: The parts

  /// The title may stand behind the paragraphs, so these are passed over first.
  private mutating func article(_ body: Body) throws {
    var title: String?
    var paragraphs: Int?
    let start = parser.offset
    try forEachMember("an article with \"paragraphs\"") { this, key throws in
      switch key {
      case "title": title = try this.value().string
      case "paragraphs":
        guard paragraphs == nil else {
          throw this.places.error(
            "\"paragraphs\" once in an object", "it twice", at: this.parser.offset)
        }
        paragraphs = this.parser.offset
        try this.skip()
      default: try this.skip()
      }
    }
    let end = parser.offset
    guard let paragraphs else {
      throw places.error("an article with \"paragraphs\"", "none", at: start)
    }
    parser.seek(to: paragraphs)
    var number = 0
    try forEachElement("an array for \"paragraphs\"") { this throws in
      number += 1
      try body(try this.paragraph(title: title, number: number))
    }
    parser.seek(to: end)
  }

  private mutating func paragraph(
    title: String?, number: Int
  ) throws -> Passage {
    let start = parser.offset
    let value = try value()
    let members = value.members ?? []
    guard let context = member("context", of: members)?.value.string else {
      throw places.error("a paragraph with a \"context\"", "none", at: start)
    }
    guard let list = member("qas", of: members), let questions = list.value.array else {
      throw places.error("a paragraph with an array \"qas\"", "none", at: start)
    }
    var paragraph = Passage(title: title, number: number, context: context, questions: [])
    paragraph.questions.reserveCapacity(questions.count)
    let placement = AnswerPlacement(context)
    for (index, question) in questions.enumerated() {
      paragraph.questions.append(try self.question(question, index, of: list, in: placement))
    }
    return paragraph
  }

  private mutating func question(
    _ value: JSONValue, _ index: Int, of list: JSONValue.Member, in placement: AnswerPlacement
  ) throws -> Question {
    let members = value.members ?? []
    guard let name = member("id", of: members), let id = self.name(name),
      let text = member("question", of: members)?.value.string
    else {
      let offsets = JSONParser.elementOffsets(places.bytes, at: list.range.lowerBound)
      throw places.error(
        "questions with an \"id\" and a \"question\"", "another",
        at: index < offsets.count ? offsets[index] : list.range.lowerBound)
    }
    var question = Question(id: id, question: text, answers: [])
    if let impossible = member("is_impossible", of: members), impossible.value != .null {
      guard case .bool(let value) = impossible.value else {
        throw places.error(
          "true or false for \"is_impossible\"", impossible.value.kind,
          at: impossible.range.lowerBound)
      }
      question.isImpossible = value
    }
    question.isAnnotated =
      question.isImpossible == true || member("answers", of: members) != nil
    question.answers = try answers("answers", of: members, in: placement)
    question.plausibleAnswers = try answers("plausible_answers", of: members, in: placement)
    return question
  }

  private mutating func answers(
    _ key: String, of members: [JSONValue.Member], in placement: AnswerPlacement
  ) throws -> [Answer] {
    guard let list = member(key, of: members), list.value != .null else { return [] }
    guard let values = list.value.array else {
      throw places.error(
        "an array for \(key.quoted)", list.value.kind, at: list.range.lowerBound)
    }
    var answers: [Answer] = []
    for value in values {
      guard let text = value["text"]?.string else {
        throw places.error(
          "a \"text\" in each of \(key.quoted)", "none", at: list.range.lowerBound)
      }
      let start = value["answer_start"]
      switch start {
      case nil, .null, .number: break
      case let other?:
        throw places.error(
          "a number for \"answer_start\"", other.kind, at: list.range.lowerBound)
      }
      answers.append(
        Answer(text: text, range: placement.range(of: text, start: start?.integer, &report)))
    }
    return answers
  }

  // MARK: JSON

  /// The last of equal keys, as readers of JSON have it.
  private func member(_ key: String, of members: [JSONValue.Member]) -> JSONValue.Member? {
    members.last { $0.key.hasSameBytes(as: key) }
  }

  /// A string, or the text of a number.
  private func name(_ member: JSONValue.Member) -> String? {
    switch member.value {
    case .string(let string): string
    case .number:
      String(
        decoding: places.bytes.dropFirst(member.range.lowerBound).prefix(member.range.count),
        as: UTF8.self)
    default: nil
    }
  }

  private mutating func value() throws -> JSONValue {
    do { return try parser.value() } catch { throw places.error(error) }
  }

  private mutating func skip() throws {
    do { try parser.skip() } catch { throw places.error(error) }
  }

  private mutating func forEachMember(
    _ expected: String, _ body: (inout SQuADParser, String) throws -> Void
  ) throws {
    guard parser.take("{") else { throw places.error(parser.failure(expected)) }
    parser.skipSpace()
    if parser.take("}") { return }
    repeat {
      let key: String
      do { key = try parser.key() } catch { throw places.error(error) }
      try body(&self, key)
      parser.skipSpace()
    } while parser.take(",")
    guard parser.take("}") else { throw places.error(parser.failure("a comma or a closing brace")) }
  }

  private mutating func forEachElement(
    _ expected: String, _ body: (inout SQuADParser) throws -> Void
  ) throws {
    guard parser.take("[") else { throw places.error(parser.failure(expected)) }
    parser.skipSpace()
    if parser.take("]") { return }
    repeat {
      parser.skipSpace()
      try body(&self)
      parser.skipSpace()
    } while parser.take(",")
    guard parser.take("]") else {
      throw places.error(parser.failure("a comma or a closing bracket"))
    }
  }
}
