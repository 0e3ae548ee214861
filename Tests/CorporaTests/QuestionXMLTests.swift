import Testing

@testable import Corpora

@Suite struct QuestionXMLTests {
  private func passage(_ text: String, _ questions: String) -> String {
    "<questions version=\"1\">\n<passage id=\"p\">\n<text>\(text)</text>\n\(questions)\n</passage>\n</questions>"
  }

  @Test func readsAll() throws {
    let corpus = try readQuestions(QuestionSamples.xml)
    #expect(corpus.formats == [.xml])
    #expect(corpus.report.notes.isEmpty)
    #expect(
      corpus.passages == [
        Passage(
          id: "p", title: "T", domain: "d", number: 1, context: "aé 😀 bb",
          questions: [
            Question(id: "1", question: "W?", answers: [Answer(text: "bb", range: 5..<7)]),
            Question(
              id: "2", question: "V?", answers: [],
              plausibleAnswers: [Answer(text: "aé", range: 0..<2)], isImpossible: true),
          ])
      ])
    #expect(corpus.passages.allowNoAnswer)
    #expect(corpus.places.map { $0.map(\.line) } == [[6, 10]])
  }

  @Test func textIsVerbatim() throws {
    let corpus = try readQuestions(
      passage(
        " a\r\n&lt;b&gt;<![CDATA[<c>]]><!-- no --> d&#x1F600;\u{E9} ",
        "<question id='q' answerable='yes'><ask> W? </ask>"
          + "<answer start='3'>&lt;b><![CDATA[<]]></answer><answer start=' 11 '>\u{E9}</answer></question>"
      ))
    let passage = corpus.passages[0]
    #expect(passage.context == " a\n<b><c> d😀é ")
    #expect(passage.questions[0].question == " W? ")
    #expect(
      passage.questions[0].answers == [
        Answer(text: "<b><", range: 3..<7), Answer(text: "é", range: 12..<13),
      ])
    #expect(passage.questions[0].isImpossible == false)
    #expect(corpus.report.repaired == ["answer found at most 20 characters from its place": 1])
  }

  @Test func placesAreRepairedOrSetAside() throws {
    let corpus = try readQuestions(
      passage(
        "aa bb cc",
        """
        <question id="1"><ask>W?</ask><answer start="0" end="2">bb</answer>
        <answer start="3" end="9">bb</answer><answer start="40">cc</answer></question>
        <question id="2"><ask>W?</ask><answer start="0">dd</answer></question>
        """))
    let answers = corpus.passages[0].questions.map { $0.answers.map(\.range) }
    #expect(answers == [[3..<5, 3..<5, nil], [nil]])
    #expect(
      corpus.report.notes == [
        "repaired: answer found at most 20 characters from its place (1)",
        "repaired: end of an answer that is not where its text ends (1)",
        "set aside: answer that does not stand at its place in the paragraph (2)",
      ])
    let trainable = corpus.trainable()
    #expect(trainable.passages[0].questions.map(\.id) == ["1"])
    #expect(trainable.examples.map(\.line) == [6])
  }

  @Test func schemaInstanceIsPassedOver() throws {
    let text = QuestionSamples.xml.replacing(
      "<questions ",
      with: "<questions xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        + "xsi:noNamespaceSchemaLocation=\"questions.xsd\" ")
    #expect(try readQuestions(text).questionCount == 2)
  }

  @Test func otherEncodings() throws {
    let text = QuestionSamples.xml.replacing("UTF-8", with: "UTF-16")
    let wide: [UInt8] =
      [0xFF, 0xFE]
      + text.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
    #expect(try readQuestions(wide).passages == readQuestions(QuestionSamples.xml).passages)
    let latin = QuestionSamples.xml.replacing("UTF-8", with: "ISO-8859-1").replacing("😀 ", with: "")
      .unicodeScalars
      .map { UInt8($0.value) }
    #expect(try readQuestions(latin).passages[0].context == "aé bb")
  }

  private static let question =
    "<question id=\"1\"><ask>W?</ask><answer start=\"0\">a</answer></question>"

  /// What stands in place of a line of a good file (0: of all of it), and the error.
  private static let cases: [(line: Int, text: String, message: String)] = [
    (0, "<question version=\"1\"/>", "1:1: expected <questions version=\"1\">, found <question>"),
    (
      1, "<questions>",
      "1:1: expected <questions version=\"1\">, found <questions> without a version"
    ),
    (
      1, "<questions version=\"2\">", "1:1: expected <questions version=\"1\">, found version \"2\""
    ),
    (
      1, "<questions version=\"1\" lang=\"en\">",
      "1:1: expected no attributes but version, language in <questions>, found \"lang\""
    ),
    (
      1, "<questions version=\"1\" xml:id=\"a\">",
      "1:1: expected no attributes but version, language"
    ),
    (
      1, "<questions version=\"1\" xmlns=\"urn:x\">",
      "1:1: expected elements without a namespace, found <questions> of \"urn:x\""
    ),
    (2, "<passage>", "2:1: expected an id in <passage>, found none"),
    (2, " <passage id=\" \">", "2:2: expected an id in <passage>, found an empty one"),
    (
      2, "<passage id=\"p\" name=\"x\">",
      "2:1: expected no attributes but id, title, domain in <passage>, found \"name\""
    ),
    (
      0, "<questions version=\"1\">\n<paragraph/></questions>",
      "2:1: expected <passage> in <questions>, found <paragraph>"
    ),
    (
      2, "x <passage id=\"p\">",
      "2:1: expected text in <text>, <ask>, <answer> and <plausible> alone, found \"x \""
    ),
    (3, "", "4:1: expected <text> first in a <passage>, found <question>"),
    (3, "<text/>", "3:1: expected a text in <text>, found none"),
    (3, "<text> \n</text>", "4:1: expected a text in <text>, found white space alone"),
    (3, "<text>a<b>b</b></text>", "3:8: expected text alone in <text>, found <b>"),
    (
      3, "<text>a</text><text>b</text>",
      "3:15: expected <question> behind the one <text> of a <passage>, found <text>"
    ),
    (3, "<text lang=\"x\">a</text>", "3:1: expected no attributes in <text>, found \"lang\""),
    (4, "<question><ask>W?</ask></question>", "4:1: expected an id in <question>, found none"),
    (
      4, "<question id=\"1\" answerable=\"maybe\"/>",
      "4:1: expected answerable=\"yes\" or \"no\" in <question>, found \"maybe\""
    ),
    (
      4, "<question id=\"1\" kind=\"x\"/>",
      "4:1: expected no attributes but id, answerable in <question>, found \"kind\""
    ),
    (
      4, "<question id=\"1\"></question>",
      "4:18: expected <ask> in a <question>, found the question's end"
    ),
    (4, "<question id=\"1\"/>", "4:1: expected <ask> in a <question>"),
    (
      4, "<question id=\"1\"><ask>W?</ask></question>",
      "4:31: expected <answer> (or answerable=\"no\" in <question>), found the question's end"
    ),
    (
      4, "<question id=\"1\"><answer start=\"0\">a</answer></question>",
      "4:18: expected <ask> first in a <question>, found <answer>"
    ),
    (
      4, "<question id=\"1\"><ask>é?</ask><ask>W?</ask></question>",
      "4:32: expected <answer> behind the one <ask> of a question, found <ask>"
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><plausible start=\"0\">a</plausible></question>",
      "4:31: expected <answer> behind the one <ask> of a question, found <plausible>"
    ),
    (
      4,
      "<question id=\"1\" answerable=\"no\"><ask>W?</ask><answer start=\"0\">a</answer></question>",
      "4:47: expected <plausible> behind the one <ask> of a question without an answer, found <answer>"
    ),
    (
      4, "<question id=\"1\"><ask> </ask></question>",
      "4:24: expected a text in <ask>, found white space alone"
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><answer>a</answer></question>",
      "4:31: expected start=\"…\" in <answer>, found <answer> without it"
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><answer start=\"0\"/></question>",
      "4:31: expected a text in <answer>, found none"
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><answer start=\"x\">a</answer></question>",
      "4:31: expected a number from 0 for start in <answer>, found \"x\""
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><answer start=\"-1\">a</answer></question>",
      "found \"-1\""
    ),
    (
      4, "<question id=\"1\"><ask>W?</ask><answer start=\"0\" end=\"1.5\">a</answer></question>",
      "4:31: expected a number from 0 for end in <answer>, found \"1.5\""
    ),
    (
      4,
      "<question id=\"1\"><ask>W?</ask><answer start=\"99999999999999999999\">a</answer></question>",
      "expected a number from 0 for start"
    ),
    (
      4, question + "\n" + question,
      "5:1: expected an id that no other <question> has, found \"1\" a second time"
    ),
    (
      4, question + "\n y" + question,
      "5:2: expected text in <text>, <ask>, <answer> and <plausible> alone, found \"y\""
    ),
    (
      5, "</passage><passage id=\"p\"><text>a</text></passage>",
      "5:11: expected an id that no other <passage> has, found \"p\" a second time"
    ),
    (
      5, "</passage>\n<passage id=\"q\"></passage>",
      "6:17: expected <text> in a <passage>, found the passage's end"
    ),
  ]

  @Test func errorsHaveTheirPlace() {
    let good = [
      "<questions version=\"1\">", "<passage id=\"p\">", "<text>a</text>", Self.question,
      "</passage>", "</questions>",
    ]
    #expect(questionFailure(good.joined(separator: "\n"), .xml) == "read: 1 questions")
    for (line, text, message) in Self.cases {
      // Far behind the error something else follows, so that libxml2 has it in hand.
      var lines = good
      if line > 0 { lines[line - 1] = text } else { lines = [text] }
      lines.append(String(repeating: "<!-- more -->\n", count: 20))
      let found = questionFailure(lines.joined(separator: "\n"), .xml)
      #expect(found.hasPrefix("test:") && found.contains(message), "\(text): \(found)")
    }
  }

  @Test func errorsFarInAFileHaveTheirPlace() {
    var questions = ""
    for number in 0..<30_000 {
      questions +=
        "<question id=\"\(number)\"><ask>W?</ask>\n\n<answer start=\"0\">a</answer>\n</question>\n"
    }
    let found = questionFailure(passage("a", questions + "<!-- <x> --><question id=\"7\"/>"))
    #expect(found.hasPrefix("test:120004:13: expected an id"), "\(found)")
  }
}
