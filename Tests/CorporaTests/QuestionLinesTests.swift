import Testing

@testable import Corpora

@Suite struct QuestionLinesTests {
  private func line(_ answers: String, context: String = "aa bb cc bb") -> String {
    #"{"id":"q","question":"W?","context":"\#(context)"\#(answers.isEmpty ? "" : ",")\#(answers)}"#
      + "\n"
  }

  private func question(_ answers: String) throws -> Question {
    try readQuestions(line(answers)).passages[0].questions[0]
  }

  @Test(arguments: [
    #""answers":[{"text":"cc","start":6,"end":8}]"#,
    #""answers":[{"text":"cc","answer_start":6}]"#,
    #""answers":[{"text":"cc","start":null,"answer_start":6,"end":null}]"#,
    #""answers":{"text":["cc"],"answer_start":[6]}"#,
    #""answers":{"text":["cc"],"start":[6],"end":[8]}"#,
    #""answer":"cc","start":6,"end":8"#, #""answer":"cc","start":6,"is_impossible":null"#,
  ])
  func answersInEachForm(answers: String) throws {
    let corpus = try readQuestions(line(answers))
    #expect(corpus.formats == [.jsonl])
    #expect(corpus.report.notes.isEmpty)
    #expect(!corpus.passages.allowNoAnswer)
    let question = corpus.passages[0].questions[0]
    #expect(
      question == Question(id: "q", question: "W?", answers: [Answer(text: "cc", range: 6..<8)]))
    #expect(question.isAnnotated && !question.isUnanswerable)
  }

  @Test(arguments: [
    #""answers":[]"#, #""answers":null"#, #""answers":{"text":[],"answer_start":[]}"#,
    #""answer":null"#, #""answer":null,"start":null,"end":null"#, #""is_impossible":true"#,
    #""is_impossible":true,"answers":[]"#,
  ])
  func unanswerable(answers: String) throws {
    let question = try question(answers)
    #expect(question.isImpossible == true && question.isUnanswerable && question.isAnnotated)
    #expect(question.answers.isEmpty)
    #expect(try readQuestions(line(answers)).passages.allowNoAnswer)
  }

  @Test(arguments: ["", #""is_impossible":false"#, #""is_impossible":null,"start":3"#])
  func onlyAsked(answers: String) throws {
    let corpus = try readQuestions(line(answers))
    let question = corpus.passages[0].questions[0]
    #expect(!question.isAnnotated && !question.isUnanswerable && question.isImpossible != true)
    let trainable = corpus.trainable()
    #expect(trainable.passages.isEmpty && trainable.refusedCount == 1)
    #expect(
      trainable.examples.map(\.description) == [
        "test:1: question \"q\": question of which the file does not say the answer"
      ])
  }

  @Test func whatIsSaidTwiceIsCounted() throws {
    let both = try readQuestions(line(#""answer":"aa","answers":[{"text":"cc","start":6}]"#))
    #expect(both.passages[0].questions[0].answers == [Answer(text: "cc", range: 6..<8)])
    #expect(both.report.setAside == ["\"answer\" beside \"answers\"": 1])
  }

  @Test func linesOfOnePassageAreJoined() throws {
    let corpus = try readQuestions(
      """
      {"question":"1","context":"a","answers":[]}

      {"question":"2","context":"a","title":null,"answers":[]}\r
        \t
      {"question":"3","context":"a","title":"T","answers":[],"id":7}
      {"question":"4","context":"e\u{301}","title":"T","answers":[]}
      {"question":"5","context":"\u{E9}","title":"T","answers":[],"id":null}
      {"question":"6","context":"a","answers":[],"more":{"x":[1]}}
      """)
    #expect(
      corpus.passages.map { $0.questions.map(\.question) } == [
        ["1", "2"], ["3"], ["4"], ["5"], ["6"],
      ])
    #expect(corpus.passages.map(\.number) == [1, 2, 3, 4, 5])
    #expect(corpus.passages.map(\.title) == [nil, "T", "T", "T", nil])
    #expect(corpus.passages.flatMap(\.questions).map(\.id) == ["1", "3", "7", "6", "7", "8"])
    #expect(corpus.report.repaired == ["question id that came before": 1])
    #expect(corpus.questionCount == 6)
  }

  @Test func placesAreRepairedOrSetAside() throws {
    let answers = [
      #"{"text":"cc","start":6,"end":9}"#, #"{"text":"cc","start":1}"#,
      #"{"text":"cc","start":31}"#,
      #"{"text":"cc"}"#, #"{"text":"cc","start":-1}"#, #"{"text":"bb"}"#, #"{"text":"zz"}"#,
      #"{"text":"cc","start":9007199254740991}"#, #"{"text":" ","start":2}"#,
    ]
    let corpus = try readQuestions(line(#""answers":[\#(answers.joined(separator: ","))]"#))
    #expect(
      corpus.passages[0].questions[0].answers.map(\.range)
        == [6..<8, 6..<8, nil, 6..<8, 6..<8, nil, nil, nil, nil])
    #expect(
      corpus.report.repaired == [
        "end of an answer that is not where its text ends": 1,
        "answer found at most 20 characters from its place": 1,
        "answer without a place found where it stands in the passage": 2,
      ])
    #expect(
      corpus.report.setAside == [
        "answer that does not stand at its place in the paragraph": 2,
        "answer without a place that stands in the passage more than once": 1,
        "answer without a place that does not stand in the passage": 1,
        "answer without text": 1,
      ])
    let trainable = corpus.trainable()
    #expect(
      trainable.passages[0].questions[0].answers.map(\.range) == [6..<8, 6..<8, 6..<8, 6..<8])
    #expect(trainable.report.setAside == ["answer without a place, beside others": 5])
    #expect(trainable.refusedCount == 0)
  }

  @Test func offsetsCountScalars() throws {
    let context = #"😀\ud83d\ude00 e\u0301\r\nb\u00e9 Ω"#
    let answers = #"[{"text":"b\u00e9","start":7},{"text":"e\u0301","start":3},{"text":"\u00e9"}]"#
    let corpus = try readQuestions(line(#""answers":\#(answers)"#, context: context))
    #expect(corpus.passages[0].context.unicodeScalars.count == 11)
    #expect(corpus.passages[0].questions[0].answers.map(\.range) == [7..<9, 3..<5, 8..<9])
    #expect(answersStand(corpus.passages))
  }

  @Test func overlappingPlacesAreSeveral() throws {
    func range(_ answer: String, in context: String) throws -> Range<Int>? {
      try readQuestions(line(#""answer":"\#(answer)""#, context: context)).passages[0].questions[0]
        .answers[0].range
    }
    #expect(try range("aa", in: "baab") == 1..<3)
    #expect(try range("aa", in: "baaab") == nil)
    #expect(try range("abab", in: "abaabab") == 3..<7)
    #expect(try range("baab", in: "baab") == 0..<4)
    #expect(try range("baabb", in: "baab") == nil)
  }

  @Test func onlyAnswersOfLimitedNumberAreLookedFor() throws {
    let answers = (0..<120).map { #"{"text":"a\#($0)"}"# } + [#"{"text":"a0"}"#]
    let context = (0..<120).map { "a\($0)." }.joined(separator: " ")
    let corpus = try readQuestions(
      line(#""answers":[\#(answers.joined(separator: ","))]"#, context: context))
    #expect(
      corpus.report.setAside[
        "answer without a place, beyond the 100 of a question that are looked for"] == 20)
    let ranges = corpus.passages[0].questions[0].answers.map(\.range)
    #expect(ranges[99] != nil && ranges[100] == nil && ranges[119] == nil)
    // It has been found before.
    #expect(ranges[120] == 0..<2)
  }

  @Test func badLinesAreNamed() {
    let cases = [
      (#"{"context":"a"}"#, #"2:1: expected an object with "question", found one without"#),
      (#"{"question":"a"}"#, #"2:1: expected an object with "context", found one without"#),
      (#"{"question":"","context":"a"}"#, #"2:13: expected a text for "question", found an empty"#),
      (
        #"{"question":" \u00a0","context":"a"}"#,
        "2:13: expected a text for \"question\", found white"
      ),
      (#"{"question":"a","context":""}"#, #"2:27: expected a text for "context""#),
      (#"{"question":"a","context":"\n"}"#, "found white space alone"),
      (
        #"{"question":1,"context":"a"}"#, #"2:13: expected a string for "question", found a number"#
      ),
      (
        #"{"question":"a","context":["a"]}"#,
        #"2:27: expected a string for "context", found an array"#
      ),
      (#"{"question":"a","context":"a","title":3}"#, #"2:39: expected a string for "title""#),
      (
        #"{"question":"a","context":"a","id":{}}"#, #"2:36: expected a string or a number for "id""#
      ),
      (#"{"question":"a","context":"a","is_impossible":0}"#, "2:47: expected true or false"),
      (#"{"question":"a","context":"a","question":"b"}"#, #"2:42: expected "question" once"#),
      (#"{"question":"a","context":"a","answers":"b"}"#, "2:41: expected an array or an object"),
      (
        #"{"question":"a","context":"a","answers":[{"text":"a","start":0},{}]}"#,
        "2:65: expected an object with a \"text\" in each place of \"answers\", found one without"
      ),
      (
        #"{"question":"a","context":"a","answers":["a"]}"#,
        "2:42: expected an object with a \"text\" in each place of \"answers\", found a string"
      ),
      (
        #"{"question":"a","context":"a","answers":[{"text":1}]}"#,
        "2:50: expected a string for \"text\""
      ),
      (
        #"{"question":"a","context":"a","answers":[{"text":"a","start":"0"}]}"#,
        "2:62: expected a whole number for \"start\", found a string"
      ),
      (
        #"{"question":"a","context":"a","answers":[{"text":"a","answer_start":0.5}]}"#,
        "2:69: expected a whole number for \"answer_start\", found 0.5"
      ),
      (#"{"question":"a","context":"a","answers":[{"text":"a","start":1e300}]}"#, "found 1e+300"),
      (
        #"{"question":"a","context":"a","answers":[{"text":"a","start":0,"end":[]}]}"#,
        "whole number for \"end\", found an array"
      ),
      (
        #"{"question":"a","context":"a","answers":{"answer_start":[0]}}"#,
        "2:41: expected an array \"text\" in \"answers\""
      ),
      (
        #"{"question":"a","context":"a","answers":{"text":["a"],"answer_start":[]}}"#,
        "2:70: expected an array of 1 numbers for \"answer_start\", one for each \"text\", found 0"
      ),
      (
        #"{"question":"a","context":"a","answers":{"text":["a",2],"answer_start":[0,1]}}"#,
        "2:54: expected a string for each \"text\", found a number"
      ),
      (
        #"{"question":"a","context":"a","answers":{"text":["a","b"],"answer_start":[0,true]}}"#,
        "2:77: expected a whole number for \"answer_start\", found a boolean"
      ),
      (
        #"{"question":"a","context":"a","answer":["a"]}"#,
        "2:40: expected a string or null for \"answer\""
      ),
      (
        #"{"question":"a","context":"a","answer":"a","start":true}"#,
        "2:52: expected a whole number"
      ),
      (
        #"{"question":"a","context":"a""#,
        "2:30: expected a comma or a closing brace, found the end"
      ),
      (#" {"question":"a" "context":"a"}"#, "2:18: expected a comma or a closing brace"),
      (#"{"question":"a","context":"\ud83d"}"#, "a surrogate pair"),
      (
        #"[{"question":"a","context":"a"}]"#,
        "2:1: expected an object with \"question\" and \"context\", found an array"
      ),
      ("x", "2:1: expected a JSON value, found \"x\""),
    ]
    for (text, message) in cases {
      let found = questionFailure(#"{"question":"x","context":"y"}"# + "\n" + text, .jsonl)
      #expect(found.hasPrefix("test:2:") && found.contains(message), "\(text): \(found)")
    }
  }

  @Test func bytesThatAreNoUTF8HaveTheirPlace() throws {
    let bytes = Array(#"{"question":"a","context":""#.utf8) + [0xE9] + Array("\"}".utf8)
    #expect(questionFailure(bytes).hasPrefix("test:1:28: expected UTF-8 (or --encoding latin1)"))
    let corpus = try QuestionCorpus.read([.bytes(bytes, name: "test")], encoding: .latin1)
    #expect(corpus.passages[0].context == "é")
  }

  @Test func longLines() throws {
    let context = String(repeating: "wort 😀 ", count: 6_000_000)
    let bytes = Array(
      line(
        #""answers":[{"text":"ende","start":42000003},{"text":"ende"}]"#, context: context + "ende"
      ).utf8)
    #expect(bytes.count > 60_000_000)
    let corpus = try readQuestions(bytes)
    #expect(
      corpus.passages[0].questions[0].answers.map(\.range) == [
        42_000_000..<42_000_004, 42_000_000..<42_000_004,
      ])
    var collector = QuestionCollector()
    let error = #expect(throws: CorpusError.self) {
      try QuestionLinesReader.read(
        ByteSource(.bytes(Array("\n".utf8) + bytes, name: "test")), encoding: nil,
        limit: 1 << 20, into: &collector)
    }
    #expect(
      error?.description == "test:2: expected lines of at most 1048576 bytes, found a longer one")
  }
}
