import Kernels
import Testing

@testable import PTuning

struct TemplateTests {
  private func parse(_ text: String, _ fields: [String] = ["text"]) throws -> Template {
    try Template(parsing: text, fields: fields)
  }

  @Test func readsEveryKindOfElement() throws {
    let template = try parse(#"{soft:4} Find  people , {text}{soft:"person \"x\" \\"}[SEP] end"#)
    #expect(
      template.elements == [
        .soft(rows: 4), .words("Find people ,"), .field("text"),
        .softText("person \"x\" \\"), .special(.separator), .words("end"),
      ])
    #expect(
      template.description
        == #"{soft:4} Find people , {text} {soft:"person \"x\" \\"} [SEP] end"#)
  }

  @Test func bracesAreDoubledInWords() throws {
    let template = try parse("{{x}} a{{b {{{text}}}")
    #expect(template.elements == [.words("{x} a{b {"), .field("text"), .words("}")])
    #expect(template.description == "{{x}} a{{b {{ {text} }}")
    #expect(try parse(template.description) == template)
  }

  @Test func onlyListedSpecialsAreRecognised() throws {
    #expect(
      try parse("[MASK] [cls] [CLS]x{text}").elements == [
        .words("[MASK] [cls]"), .special(.classification), .words("x"), .field("text"),
      ])
  }

  @Test func spaceInsideBracesIsAllowed() throws {
    #expect(try parse("{ soft : 8 }\t{ text }") == parse("{soft:8} {text}"))
    #expect(Template.namedEntities == (try parse("{text}")))
  }

  @Test func specialsAreAddedWhereTheyAreNotPlaced() throws {
    func complete(_ text: String, _ fields: [String] = ["text"]) throws -> String {
      try parse(text, fields).completeElements.map {
        Template(elements: [$0]).description
      }.joined(separator: " ")
    }
    #expect(try complete("{soft:8} {text}") == "[CLS] {soft:8} {text} [SEP]")
    #expect(try complete("{soft:8} [CLS] {text}") == "{soft:8} [CLS] {text} [SEP]")
    #expect(try complete("{text} [SEP] {soft:2}") == "[CLS] {text} [SEP] {soft:2}")
    #expect(try complete("hint [SEP] {text}") == "[CLS] hint [SEP] {text} [SEP]")
    #expect(
      try complete("{question} [SEP] {context} {soft:2}", ["question", "context"])
        == "[CLS] {question} [SEP] {context} {soft:2} [SEP]")
  }

  @Test(
    arguments: [
      ("", 1, "{text}", "the end of the template"),
      ("{soft:8}", 9, "{text}", "the end of the template"),
      ("{txt}", 2, "{text} or {soft:…}", "\"txt\""),
      ("{}", 2, "{text} or {soft:…}", "\"}\""),
      ("{ } {text}", 3, "{text} or {soft:…}", "\"}\""),
      ("{text} {text}", 9, "{text} once", "it a second time"),
      ("{text", 6, "\"}\"", "the end of the template"),
      ("{", 2, "{text} or {soft:…}", "the end of the template"),
      ("{soft:8 {text}", 9, "\"}\"", "\"{\""),
      ("{soft:8 rows} {text}", 9, "\"}\"", "\"rows\""),
      ("{text 3}", 7, "\"}\"", "\"3\""),
      ("{soft} {text}", 6, "\":\" and a number of rows or a quoted text", "\"}\""),
      ("{text} }", 8, "}} for a brace, or a { before it", "\"}\""),
      ("[CLS] [CLS] {text}", 7, "one [CLS]", "another"),
      ("{soft:\"a b} {text}", 19, "a closing quote", "the end of the template"),
      ("{soft:\"a\\n\"} {text}", 10, "\" or \\ after a backslash", "\"n\""),
      ("{soft:\"a\\", 10, "\" or \\ after a backslash", "the end of the template"),
      ("{soft:\"a\" b} {text}", 11, "\"}\"", "\"b\""),
      ("{soft:\" \"} {text}", 7, "words between the quotes", "none"),
      ("é 😀 {Text}", 6, "{text} or {soft:…}", "\"Text\""),
    ])
  func errorsSayWhere(_ text: String, _ column: Int, _ expected: String, _ found: String) {
    let error = #expect(throws: TemplateError.self) { try parse(text) }
    #expect(error?.column == column)
    #expect(error?.expected == expected)
    #expect(error?.found == found)
  }

  @Test(arguments: ["0", "-1", "abc", "4097", "1.5", "+3", "٣", "99999999999999999999", "'x'", ""])
  func softLengthsAreLimited(_ length: String) {
    let error = #expect(throws: TemplateError.self) { try parse("{soft:\(length)} {text}") }
    #expect(error?.column == 7)
    #expect(error?.found == (length.isEmpty ? "\"}\"" : "\"\(length)\""))
    #expect(error?.expected == "a number of rows from 1 to 4096, or a text in \"quotes\"")
  }

  @Test func softLengthsReachTheLimit() throws {
    #expect(try parse("{soft:4096} {text}").elements.first == .soft(rows: 4096))
    #expect(try parse("{soft:1} {text}").elements.first == .soft(rows: 1))
  }

  @Test func everyFieldIsNeeded() {
    let error = #expect(throws: TemplateError.self) {
      try parse("{question} x", ["question", "context"])
    }
    #expect(error?.expected == "{context}")
    #expect(error?.column == 13)
  }

  @Test func messagesShowTheTemplateAndACaret() {
    let error = #expect(throws: TemplateError.self) { try parse("日本\t{soft:0} {text}") }
    #expect(
      error?.description == """
        template, column 10: expected a number of rows from 1 to 4096, or a text in "quotes", \
        found "0"
          日本 {soft:0} {text}
                   \("  ")^
        """)
    let long =
      String(repeating: "word ", count: 1000) + "{bad} " + String(repeating: "w", count: 500)
    let other = #expect(throws: TemplateError.self) { try parse(long) }
    let lines = other?.description.split(separator: "\n") ?? []
    #expect(lines.count == 3)
    #expect(lines.last?.unicodeScalars.count == 2 + 61 + 1)
    #expect(lines.dropFirst().first?.unicodeScalars.count == 2 + 122)
  }

  /// Canonical equivalence is not equality: a tokenizer may tell the two apart.
  @Test func equalityIsOfBytes() throws {
    #expect(try parse("\u{e9} {text}") != parse("e\u{301} {text}"))
  }

  /// Whatever parses has a description that parses to the same; nothing traps.
  @Test func randomTemplatesRoundTrip() {
    let seed: UInt64 = 20
    var random = RandomStream(seed: seed, purpose: "layouts")
    let pieces = [
      "{", "}", "{{", "}}", "{text}", "{soft:", "{soft:3}", "\"", "\\", "\\\"", " ", "\t", "a",
      "[CLS]", "[SEP]", "[", "é", "e\u{301}", "\r\n", ":", "8", "{soft:\"a b\"}", "text", "\0",
    ]
    var parsed = 0
    for round in 0..<20_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...7, using: &random) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      if Bool.random(using: &random) { text += "{text}" }
      do {
        let template = try parse(text)
        parsed += 1
        let again = try parse(template.description)
        #expect(again == template && again.elements == template.elements, "seed \(seed), \(round)")
        #expect(again.description.utf8.elementsEqual(template.description.utf8))
        #expect(template.fields == ["text"])
      } catch {
        let column = (error as? TemplateError)?.column ?? 0
        #expect((1...text.unicodeScalars.count + 1).contains(column), "seed \(seed), \(round)")
      }
    }
    #expect(parsed > 1000)
  }
}
