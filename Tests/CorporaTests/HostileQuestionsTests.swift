import Corpora
import Kernels
import Testing

/// Question corpora that are damaged, or mean harm.
@Suite struct HostileQuestionsTests {
  private static let seed: UInt64 = 77

  @Test(arguments: QuestionFormat.allCases)
  func truncatedFiles(format: QuestionFormat) throws {
    // Several times the parser's step.
    var text = QuestionSamples.text(of: format)
    switch format {
    case .squad:
      let paragraph = text.dropFirst(text.prefix { $0 != "[" }.count + 1).dropLast(2)
      text =
        #"{"data":["# + Array(repeating: String(paragraph), count: 20).joined(separator: ",") + "]}"
    case .jsonl: text = String(repeating: text, count: 20)
    case .xml:
      let more = (0..<20).map { "<passage id=\"\($0)\"><text>é</text></passage>" }
      text = text.replacing("</questions>", with: more.joined(separator: "\n") + "</questions>")
    }
    let whole = Array(text.utf8)
    #expect(try readQuestions(whole, format).questionCount == (format == .xml ? 2 : 40))
    for end in stride(from: 0, to: whole.count - 2, by: 37) {
      for named in [format, nil] {
        let found = questionFailure(Array(whole[..<end]), named)
        #expect(!found.hasPrefix("another"), "\(end): \(found)")
        // Lines that are whole have been read.
        #expect(format == .jsonl || found.hasPrefix("test:"), "\(end): \(found)")
      }
    }
  }

  @Test(arguments: QuestionFormat.allCases)
  func damagedFiles(format: QuestionFormat) throws {
    let whole = Array(QuestionSamples.text(of: format).utf8)
    var random = RandomStream(seed: Self.seed, purpose: "cases")
    for round in 0..<1500 {
      let bytes = flipped(whole, using: &random)
      do {
        let corpus = try readQuestions(bytes, format)
        #expect(answersStand(corpus.passages), "seed \(Self.seed), round \(round)")
        #expect(answersStand(corpus.trainable().passages), "seed \(Self.seed), round \(round)")
      } catch {
        #expect(error is CorpusError, "seed \(Self.seed), round \(round): \(error)")
      }
    }
  }

  @Test func deepNesting() {
    let deep = String(repeating: "[", count: 200_000)
    for text in [
      "{\"question\":\"a\",\"context\":\"b\",\"answers\":" + deep,
      "{\"x\":" + deep, "{\"question\":\"a\",\"context\":\"b\",\"more\":" + deep,
    ] {
      let found = questionFailure(text)
      #expect(
        found.hasPrefix("test:1:") && found.contains("64 levels deep"), "\(found.prefix(200))")
    }
    #expect(questionFailure("{\"data\":" + deep).contains("expected an article"))
    let elements = String(repeating: "<a>", count: 100_000)
    for text in [
      elements, "<questions version=\"1\">" + elements,
      "<questions version=\"1\"><passage id=\"1\"><text>" + elements,
    ] {
      #expect(questionFailure(text, .xml).hasPrefix("test:1:"))
    }
  }

  @Test func entityBombs() {
    let declarations = "<!DOCTYPE questions [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
    let body = "<questions version=\"1\"><passage id=\"1\"><text>&b;</text></passage></questions>"
    #expect(questionFailure(declarations + body).contains("expected no entity declarations"))
    #expect(questionFailure(body).contains("only the five predefined entities"))
    let external = "<!DOCTYPE questions SYSTEM \"file:///etc/hostname\">"
    #expect(questionFailure(external + body).contains("only the five predefined entities"))
    #expect(
      questionFailure(external + QuestionSamples.xml.dropFirst(39)) == "read: 2 questions")
  }

  @Test func manyAnswersInAnXMLFile() throws {
    var text = "<questions version=\"1\"><passage id=\"p\"><text>"
    text += String(repeating: "wort ", count: 100_000)
    text += "</text><question id=\"q\"><ask>W?</ask>"
    for number in 0..<50_000 { text += "<answer start=\"\(number * 5 + 3)\">wort</answer>" }
    let corpus = try readQuestions(text + "</question></passage></questions>")
    #expect(corpus.report.repaired == ["answer found at most 20 characters from its place": 50_000])
    #expect(answersStand(corpus.passages))
  }

  @Test("Time does not grow with the square of a passage's questions", .timeLimit(.minutes(1)))
  func manyQuestionsOfOnePassage() throws {
    let answers = "\"answers\":[{\"text\":\"a\",\"start\":0}]"
    let lines = (0..<200_000).map {
      "{\"id\":\($0),\"question\":\"W\",\"context\":\"a\",\(answers)}\n"
    }
    let read = try readQuestions(lines.joined())
    #expect(read.passages.count == 1 && read.trainable().questionCount == 200_000)
    let elements = (0..<200_000).map {
      "<question id=\"\($0)\"><ask>W</ask><answer start=\"0\">a</answer></question>\n"
    }
    let xml = try readQuestions(
      "<questions version=\"1\"><passage id=\"1\"><text>a</text>" + elements.joined()
        + "</passage></questions>")
    #expect(xml.trainable().questionCount == 200_000)
  }

  @Test("Time does not grow with the square of a line", .timeLimit(.minutes(1)))
  func longLines() throws {
    func read(_ text: String) throws -> QuestionCorpus { try readQuestions(text, .jsonl) }
    let context = String(repeating: "a", count: 2_000_000)
    // Long answers that all but stand in it.
    let long = String(repeating: "a", count: 1_000_000) + "b"
    let found = try read(
      "{\"question\":\"W\",\"context\":\"\(context)\",\"answers\":[{\"text\":\"\(long)\"},"
        + "{\"text\":\"\(long)\",\"start\":7}]}")
    #expect(found.passages[0].questions[0].answers.map(\.range) == [nil, nil])
    // Many of them, in either form, and many members.
    let many = (0..<300_000).map { "{\"text\":\"a\($0)\"}" }.joined(separator: ",")
    let several = try read(
      "{\"question\":\"W\",\"context\":\"\(context)\",\"answers\":[\(many)]}")
    #expect(several.report.setAside.values.reduce(0, +) == 300_000)
    let texts = (0..<300_000).map { "\"a\($0)\"" }.joined(separator: ",")
    let starts = (0..<300_000).map { "\($0)" }.joined(separator: ",")
    let columns = try read(
      "{\"question\":\"W\",\"context\":\"a\",\"answers\":{\"text\":[\(texts)],\"answer_start\":[\(starts)]}}"
    )
    #expect(columns.passages[0].questions[0].answers.count == 300_000)
    let members = (0..<300_000).map { "\"m\($0)\":[]" }.joined(separator: ",")
    #expect(
      try read("{\(members),\"question\":\"W\",\"context\":\"a\"}").questionCount == 1)
    #expect(
      questionFailure("{\"question\":\"W\",\"context\":\"a\",\"answers\":[\(many),{}]}", .jsonl)
        .contains("found one without"))
  }
}
