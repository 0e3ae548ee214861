import Corpora
import Foundation
import Testing

@Suite struct QuestionCorpusTests {
  /// However long the first passage is, and whatever stands before.
  @Test func questionsAreTold() throws {
    let long = String(repeating: "Ada moved ", count: 40_000)
    for (text, isMeant) in [
      ("<questions version=\"1\"><passage id=\"p\"><text>\(long)", true),
      ("\u{FEFF}<?xml version=\"1.0\"?><!-- <corpus> -->\n<questions>", true),
      ("<questionnaire>", false), ("<corpus><questions>", false), ("<!-- <questions> ", false),
      ("{\"id\": 1, \"context\": \"\(long)\", \"question\": \"q\"}", true),
      ("{\"question\": \"q\", \"context\": \"c\"}", true),
      ("{\"text\": \"question\", \"context\": \"c\"}", false),
      ("{\"tokens\": [\"question\"]}", false), ("{\"data\": [{\"question\": 1}]}", false),
      ("Ada\tB-PER\n", false), ("", false),
    ] {
      let source = try ByteSource(.bytes(Array(text.utf8), name: "x"))
      #expect(try QuestionFormat.isMeant(by: source) == isMeant, "\(text.prefix(60))")
    }
    for (text, isMeant) in [("<?xml version='1.0'?><questions>", true), ("<corpus>", false)] {
      for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
        let bytes = Array(try #require("\u{FEFF}\(text)".data(using: encoding)))
        let source = try ByteSource(.bytes(bytes, name: "x"))
        #expect(try QuestionFormat.isMeant(by: source) == isMeant, "\(text) \(encoding)")
      }
    }
  }

  private func squad(_ context: String, _ questions: [String]) -> String {
    #"{"data":[{"title":"T","paragraphs":[{"context":"\#(context)","qas":["#
      + questions.joined(separator: ",") + "]}]}]}"
  }

  @Test func namesOfFormats() {
    #expect(QuestionFormat.allCases.map(\.rawValue) == ["squad", "jsonl", "xml"])
  }

  @Test("The same questions in each format", arguments: QuestionFormat.allCases)
  func sameQuestions(format: QuestionFormat) throws {
    for marked in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
      let bytes = marked + Array(QuestionSamples.text(of: format).utf8)
      let corpus = try readQuestions(bytes)
      #expect(corpus.formats == [format])
      #expect(try readQuestions(bytes, format).passages == corpus.passages)
      #expect(corpus.report.notes.isEmpty)
      #expect(corpus.questionCount == 2 && corpus.passages.allowNoAnswer)
      let passage = corpus.passages[0]
      #expect(passage.title == "T" && passage.number == 1 && passage.context == "aé 😀 bb")
      #expect(passage.questions.map(\.id) == ["1", "2"])
      #expect(passage.questions.map(\.answers) == [[Answer(text: "bb", range: 5..<7)], []])
      #expect(passage.questions[1].plausibleAnswers == [Answer(text: "aé", range: 0..<2)])
      #expect(passage.questions.map(\.isUnanswerable) == [false, true])
      let trainable = corpus.trainable()
      #expect(trainable.passages == corpus.passages)
      #expect(trainable.refusedCount == 0 && trainable.report.notes.isEmpty)
      #expect(trainable.questionCount == 2)
    }
  }

  @Test(arguments: [
    (" \n{\"version\" : [1, {\"data\":2}],\"data\":[]}", QuestionFormat.squad),
    ("{\"data\":\n[", .squad), ("{\"data\":{},\"question\":\"a\",\"context\":\"b\"}", .jsonl),
    ("{\"question\":\"a\",\"context\":\"b\",\"data\":[]}", .jsonl), ("{}", .jsonl),
    ("<?xml version='1.0'?><!-- x --><questions/>", .xml), ("\n<html>", .xml),
  ])
  func detection(text: String, format: QuestionFormat) {
    // Whatever comes of the text, it is what comes of it when its format is named.
    #expect(questionFailure(text) == questionFailure(text, format))
    for other in QuestionFormat.allCases where other != format {
      #expect(questionFailure(text) != questionFailure(text, other))
    }
  }

  @Test func othersAreRefused() {
    for (text, place) in [
      ("[{\"question\":1}]", "1:1"), ("\n  word\tO\nx", "2:3"), ("\"x\"", "1:1"), ("\u{0}", "1:1"),
    ] {
      let found = questionFailure(text)
      #expect(
        found.hasPrefix("test:\(place): expected questions: SQuAD (an object with \"data\"), JSON"),
        "\(found)")
    }
    #expect(questionFailure("\n  word\tO\nx").hasSuffix("found \"word\\tO\""))
    #expect(questionFailure([0xFF, 0xFE] + [0x7B, 0, 0x22, 0]).contains("iconv -f UTF-16"))
    #expect(questionFailure("<html><p/></html>").hasPrefix("test:1:1: expected <questions version"))
  }

  @Test func nothingToAskIsEmpty() {
    for text in [
      "", " \n\n", "\u{FEFF}", "{\"data\":[]}", "<questions version=\"1\"/>", squad("a", []),
    ] {
      let error = #expect(throws: CorpusError.self) { try readQuestions(text) }
      #expect(error?.kind == .empty)
      #expect(error?.description == "test: expected at least one question, found none")
    }
    #expect(throws: CorpusError.self) { try QuestionCorpus.read([]) }
    let missing = #expect(throws: CorpusError.self) {
      try QuestionCorpus.read([.file("/nowhere/at/all")])
    }
    #expect(missing?.kind == .missing)
  }

  @Test func severalInputsAreOneCorpus() throws {
    let inputs = QuestionFormat.allCases.map {
      CorpusInput.bytes(Array(QuestionSamples.text(of: $0).utf8), name: $0.rawValue)
    }
    let corpus = try QuestionCorpus.read(inputs + [.bytes([], name: "empty")])
    #expect(corpus.formats == [.squad, .jsonl, .xml, .jsonl])
    #expect(corpus.questionCount == 6)
    #expect(corpus.report.repaired == ["question id that came before": 4])
    #expect(corpus.trainable().questionCount == 6)
  }

  @Test func foldersStandForTheirFiles() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-questions-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for format in QuestionFormat.allCases {
      try Data(QuestionSamples.text(of: format).utf8).write(
        to: folder.appendingPathComponent(format.rawValue))
    }
    let corpus = try QuestionCorpus.read([.file(folder.path)])
    #expect(corpus.formats == [.jsonl, .squad, .xml])
    #expect(corpus.questionCount == 6)
  }

  @Test("A stream is read once", arguments: QuestionFormat.allCases)
  func streams(format: QuestionFormat) throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(QuestionSamples.text(of: format).utf8))
    // Opened before the other end is closed.
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    try pipe.fileHandleForWriting.close()
    let corpus = try QuestionCorpus.read([.file(path)])
    #expect(corpus.formats == [format])
    #expect(corpus.questionCount == 2)
  }

  // MARK: What can be trained on

  @Test func refusalsHaveTheirReasons() throws {
    let answer = #"{"text":"bb","answer_start":3}"#
    let corpus = try readQuestions(
      squad(
        "aa bb",
        [
          #"{"id":"good","question":"W?","answers":[\#(answer),{"text":"zz","answer_start":0}]}"#,
          #"{"id":"none","question":"W?","answers":[]}"#,
          #"{"id":"impossible","question":"W?","is_impossible":true}"#,
          #"{"id":"asked","question":"W?"}"#,
          #"{"id":"asked2","question":"W?","is_impossible":false}"#,
          #"{"id":"blank","question":" \n","answers":[\#(answer)]}"#,
          #"{"id":"off","question":"W?","answers":[{"text":"zz","answer_start":0}]}"#,
          #"{"id":"void","question":"W?","answers":[{"text":"","answer_start":0}]}"#,
          #"{"id":"space","question":"W?","answers":[{"text":" ","answer_start":2}]}"#,
          #"{"id":"no","question":"W?","is_impossible":true,"answers":[\#(answer)]}"#,
          #"{"id":"yes","question":"W?","is_impossible":false,"answers":[]}"#,
        ]))
    let trainable = corpus.trainable()
    #expect(trainable.passages.map { $0.questions.map(\.id) } == [["good", "none", "impossible"]])
    #expect(trainable.passages[0].questions[0].answers == [Answer(text: "bb", range: 3..<5)])
    #expect(
      trainable.report.setAside == [
        "question of which the file does not say the answer": 2, "question without text": 1,
        "question whose answer has no place in its passage": 3,
        "question said to have no answer, and one is there": 1,
        "question said to have an answer, and none is there": 1,
        "answer without a place, beside others": 1,
      ])
    #expect(trainable.refusedCount == 8)
    #expect(trainable.examples.map(\.id) == ["asked", "asked2", "blank", "off", "void"])
    #expect(trainable.examples[2].description == "test: question \"blank\": question without text")
    for question in corpus.passages[0].questions where !question.isUnanswerable {
      #expect(
        !trainable.passages[0].questions.contains { $0.id == question.id && $0.answers.isEmpty })
    }
  }

  @Test func passagesWithoutTextAreRefused() throws {
    for context in ["", " \\n\\u2003"] {
      let corpus = try readQuestions(
        squad(
          context,
          [
            #"{"id":"1","question":"W?","answers":[{"text":"","answer_start":0}]}"#,
            #"{"id":"2","question":"W?","answers":[],"is_impossible":true}"#,
          ]))
      let trainable = corpus.trainable()
      #expect(trainable.passages.isEmpty && trainable.questionCount == 0)
      #expect(trainable.report.setAside == ["passage without text": 2])
    }
  }

  @Test func idsThatCameBeforeAreCounted() throws {
    let question = #"{"id":"1","question":"W?","answers":[]}"#
    let corpus = try readQuestions(squad("a", [question, question, question]))
    #expect(corpus.questionCount == 3)
    #expect(corpus.report.repaired == ["question id that came before": 2])
    // Other bytes, though Swift takes the strings for equal.
    let lines = ["\u{E9}", "e\u{301}"].map {
      "{\"id\":\"\($0)\",\"question\":\"a\",\"context\":\"b\",\"answers\":[]}\n"
    }
    #expect(try readQuestions(lines.joined()).report.notes.isEmpty)
  }

  @Test(
    .enabled(if: SharedCorpora.arePresent, "\(SharedCorpora.absence)"),
    arguments: [
      ("dev-1.1", 10_570, false), ("dev-2.0", 11_873, true), ("small-train", 8_858, false),
      ("small-test", 1_190, false),
    ])
  func sharedFiles(name: String, questions: Int, allowsNoAnswer: Bool) throws {
    let path = SharedCorpora.file("squad/\(name).json").path
    let corpus = try QuestionCorpus.read([.file(path)])
    #expect(corpus.formats == [.squad])
    #expect(corpus.questionCount == questions)
    #expect(corpus.report.notes.isEmpty)
    #expect(corpus.passages.allowNoAnswer == (try SQuADFile(.file(path)).paragraphs.allowNoAnswer))
    #expect(corpus.passages.allowNoAnswer == allowsNoAnswer)
    #expect(answersStand(corpus.passages))
    let trainable = corpus.trainable()
    #expect(trainable.questionCount == questions && trainable.refusedCount == 0)
    #expect(trainable.passages == corpus.passages)
  }
}
