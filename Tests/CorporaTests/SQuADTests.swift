import Foundation
import Testing

@testable import Corpora

@Suite struct SQuADTests {
  /// A file of one paragraph, whose title comes last.
  private func file(_ context: String, _ questions: String) -> String {
    #"{"version":"x","data":[{"paragraphs":[{"context":"\#(context)","qas":[\#(questions)]}],"#
      + #""title":"T"}]}"#
  }

  private func question(_ answers: String, _ more: String = "") -> String {
    #"{"id":"q","question":"W?","answers":[\#(answers)]\#(more)}"#
  }

  private func answer(_ text: String, _ start: String) -> String {
    #"{"text":"\#(text)","answer_start":\#(start),"ambiguous":true}"#
  }

  @Test func readsAnswersAsSpans() throws {
    let answers = [answer("Ana", "2"), answer("Ana Reis", "2"), answer("Ana", "2")]
    let corpus = try readCorpus(file("😀 Ana Reis.", question(answers.joined(separator: ","))))
    #expect(corpus.format == .squad)
    let document = corpus.documents[0]
    #expect(document.id == "T-1")
    #expect(document.annotations.map(\.range) == [2..<5, 2..<10])
    #expect(document.annotations.map { $0.attribute("count") } == ["2", nil])
    #expect(document.annotations[0].attribute("question-id") == "q")
    #expect(document.annotations[0].attribute("question") == "W?")
    #expect(corpus.sentences.map(describe) == ["😀/Ana/Reis/. [ANSWER 1-3]"])
  }

  @Test func misplacedAnswersAreFoundNearbyOrSetAside() throws {
    let answers = [
      answer("bb", "0"), answer("bb", "25"), answer("zz", "4"), answer("aa", "-1"),
      answer("bb", "1e300"), answer("aa", "99"),
    ]
    let corpus = try readCorpus(
      file("aa  bb  cc", question(answers.joined(separator: ","))))
    #expect(corpus.documents[0].annotations.map(\.range) == [4..<6])
    #expect(corpus.documents[0].annotations[0].attribute("count") == nil)
    #expect(
      corpus.report.repaired == ["answer found at most 20 characters from its place": 1])
    #expect(corpus.report.setAside.values.reduce(0, +) == 5)
  }

  @Test func impossibleQuestionsHaveNoSpan() throws {
    let text = file(
      "aa bb",
      question("", #","is_impossible":true,"plausible_answers":[\#(answer("bb", "3"))]"#))
    let corpus = try readCorpus(text)
    #expect(corpus.documents[0].annotations.isEmpty)
    #expect(
      corpus.report.setAside == [
        "question without an answer": 1, "plausible answer (another set)": 1,
      ])
    let all = try readCorpus(text) { $0.annotationSet = "all" }
    #expect(all.documents[0].annotations.map(\.label) == ["PLAUSIBLE"])
    #expect(failure(text) { $0.annotationSet = "x" }.contains("plausible_answers"))
    let file = try SQuADFile(.bytes(Array(text.utf8), name: "test"))
    #expect(file.paragraphs.allowNoAnswer)
    #expect(file.paragraphs[0].questions[0].isImpossible == true)
    #expect(file.paragraphs[0].questions[0].plausibleAnswers.map(\.range) == [3..<5])
  }

  @Test func errorsHaveTheirPlace() {
    let cases = [
      ("{\"data\":\n [3]}", "test:2:3: expected an article"),
      (
        "{\"data\":[{\"paragraphs\":\n[{\"context\":\"a\"}]}]}",
        "test:2:2: expected a paragraph with"
      ),
      (file("a", #"{"id":"q"}"#), "questions with an \"id\""),
      (file("a", question(#"{"answer_start":0}"#)), "a \"text\" in each"),
      (file("a", question("", #","is_impossible":1"#)), "true or false"),
      ("{\"x\":1}", "an object with \"data\""),
      ("{\"data\":[]} x", "test:1:13: expected nothing after the value"),
      ("{\"data\":" + String(repeating: "[", count: 200_000), "expected an article"),
      ("{\"x\":" + String(repeating: "[", count: 200_000), "levels deep"),
    ]
    for (text, message) in cases {
      let found = failure(text) { $0.format = .squad }
      #expect(found.contains(message), "\(text.prefix(80)): \(found)")
    }
  }

  @Test func damagedFilesAreErrorsOrDocuments() {
    let whole = Array(
      file("aé bb", question(answer("bb", "3"), #","is_impossible":false"#)).utf8)
    for end in whole.indices {
      #expect(failure(Array(whole[..<end])) { $0.format = .squad }.hasPrefix("test:1:"))
    }
    var seed: UInt64 = 13
    for _ in 0..<3000 {
      var damaged = whole
      for _ in 0..<3 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int((seed >> 33) % UInt64(whole.count))] = UInt8(truncatingIfNeeded: seed >> 20)
      }
      #expect(!failure(damaged) { $0.format = .squad }.hasPrefix("another error"), "seed 13")
    }
  }

  @Test(
    .enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"),
    arguments: [
      ("dev-1.1", 10_570, 18_015), ("dev-2.0", 11_873, 10_279), ("small-train", 8_858, 14_847),
      ("small-test", 1_190, 1_190),
    ])
  func sharedFiles(name: String, questions: Int, spans: Int) throws {
    let path = SharedCorpora.file("squad/\(name).json").path
    let file = try SQuADFile(.file(path))
    #expect(file.paragraphs.reduce(0) { $0 + $1.questions.count } == questions)
    #expect(file.report.repaired.isEmpty && file.report.setAside.isEmpty)
    let corpus = try CorpusReader.read([.file(path)], options: CorpusOptions(split: plainSplit))
    #expect(corpus.format == .squad)
    #expect(corpus.report.spans == spans)
    guard questions < 2000 else { return }
    let writer = JSONLinesWriter(split: plainSplit)
    for document in corpus.documents {
      let line = try writer.bytes(of: document)
      #expect(try readCorpus(line).documents == [document])
    }
  }
}
