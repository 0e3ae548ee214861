import Foundation
import Testing

/// `answer`, with an adapter that knows four questions by heart.
@Suite struct AnswerTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace.withAnswerer() }

  private static let first = "Ana Reis went to Porto. Rui stayed at home😀 in Faro."
  private static let second = "The old mill burnt down."

  private func answer(_ more: [String] = [], input: String = "") throws -> Binary.Result {
    try Binary.run(
      ["answer", "--adapter", "answers", "--threads", "1"] + more, input: Array(input.utf8),
      in: workspace.folder)
  }

  private func line(_ id: String, _ question: String, _ context: String) -> String {
    "{\"id\": \(id), \"question\": \"\(question)\", \"context\": \"\(context)\"}\n"
  }

  private struct Line: Decodable {
    struct Entry: Decodable {
      var answer: String?
      var start: Int?
      var end: Int?
      var confidence: Double
    }
    var answer: String?
    var start: Int?
    var end: Int?
    var confidence: Double
    var nbest: [Entry]
  }

  private func lines(_ result: Binary.Result) throws -> [Line] {
    try result.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  @Test func answersComeInOrderWithOffsets() throws {
    let input =
      line("\"a\"", "what burnt?", Self.second) + "\n" + line("7", "where is Rui?", Self.first)
      + line("null", "who went?", Self.first) + line("\"d\"", "why?", Self.first)
    let result = try answer(input: input)
    expectSuccess(result)
    #expect(result.errors == "")
    let found = try lines(result)
    #expect(found.map(\.answer) == ["old mill", "in Faro", "Ana Reis", nil])
    #expect(found.map(\.start) == [4, 44, 0, nil])
    #expect(found.map(\.end) == [12, 51, 8, nil])
    let ids = result.output.split(separator: "\n").map { $0.prefix { $0 != "," } }
    #expect(ids == ["{\"id\":\"a\"", "{\"id\":7", "{\"id\":null", "{\"id\":\"d\""])
    for line in found {
      #expect(abs(line.nbest.reduce(0) { $0 + $1.confidence } - 1) < 1e-4)
      #expect(line.nbest.first?.answer == line.answer)
      #expect(line.nbest.first?.confidence == line.confidence)
      #expect(line.nbest.contains { $0.answer == nil })
      #expect(zip(line.nbest, line.nbest.dropFirst()).allSatisfy { $0.confidence >= $1.confidence })
    }
  }

  @Test func theListIsAsLongAsAskedFor() throws {
    let input = line("1", "who went?", Self.first)
    for count in [1, 3] {
      let found = try lines(answer(["--nbest", "\(count)"], input: input))
      #expect(found[0].nbest.count == count + 1)
    }
    expectUsage(try answer(["--nbest", "0"], input: input), "--nbest")
  }

  /// What is long is read in windows, and found.
  @Test func longPassages() throws {
    let filler = Array(repeating: "so it was then", count: 400).joined(separator: " ")
    let context = "\(filler). \(Self.second) \(filler)."
    let found = try lines(answer(input: line("1", "what burnt?", context)))
    let start = try #require(found[0].start)
    #expect(start < context.unicodeScalars.count)
    let scalars = Array(context.unicodeScalars)
    let end = try #require(found[0].end)
    #expect(String(String.UnicodeScalarView(scalars[start..<end])) == found[0].answer)
  }

  @Test func forAPerson() throws {
    try workspace.write(Self.first, to: "notes.txt")
    let result = try answer(["--question", "where is Rui?", "--context", "notes.txt"])
    expectSuccess(result)
    #expect(result.output.contains("at home😀 [[in Faro]]."))
    #expect(result.output.contains(" %  in Faro"))
    let none = try answer(["--question", "why?", "--context", "-"], input: Self.first)
    #expect(none.output.hasPrefix(Self.first))
    #expect(none.output.contains("(no answer)"))
    let json = try answer(["--question", "who went?", "--context", "notes.txt", "--json"])
    #expect(try lines(json).map(\.answer) == ["Ana Reis"])
  }

  /// Text without white space, Windows line ends, and what a terminal would obey.
  @Test func oddTextsAreShown() throws {
    let long = String(repeating: "他住在北京大学", count: 300)
    for text in ["题目 \(long)", "\(long)\nend", String(repeating: "key,", count: 600)] {
      try workspace.write(text, to: "long.txt")
      let result = try answer(["--question", "key 京?", "--context", "long.txt"])
      expectSuccess(result)
      #expect(result.output.contains(" %  "), "\(result.output.suffix(200))")
    }
    try workspace.write("Rui stayed\r\nat home.\r\n\u{1B}[31m\u{9B}2J", to: "odd.txt")
    let shown = try answer(["--question", "who?", "--context", "odd.txt"]).output
    #expect(!shown.contains("\u{1B}") && !shown.contains("\u{9B}") && !shown.contains("\r"))
    #expect(shown.contains("\u{FFFD}[31m"), "\(shown)")
  }

  /// How many answers are told changes nothing in what the first is.
  @Test func theFirstAnswerIsTheSame() throws {
    let texts = [Self.first, Self.second, "a b c d e f g", "Porto is where Rui went, or Faro."]
    let input = ["who?", "what?", "where is it?"].flatMap { question in
      texts.map { line("1", question, $0) }
    }.joined()
    let few = try lines(answer(["--nbest", "1"], input: input))
    let many = try lines(answer(["--nbest", "40"], input: input))
    #expect(few.map(\.answer) == many.map(\.answer))
  }

  @Test func oddities() throws {
    // A byte order mark, carriage returns, and a last line without an end.
    let input =
      "\u{FEFF}" + line("1", "who went?", Self.first).replacingOccurrences(of: "\n", with: "\r\n")
      + line("2", "what burnt?", Self.second).dropLast()
    let found = try lines(answer(input: input))
    #expect(found.map(\.answer) == ["Ana Reis", "old mill"])
    #expect(try answer(input: "").output == "")
    #expect(try answer(input: "\n \n").output == "")
    let both = try answer(input: line("1", "who went?", Self.first), ["--threads", "2"])
    #expect(try lines(both).map(\.answer) == ["Ana Reis"])
  }

  private func answer(input: String, _ more: [String]) throws -> Binary.Result {
    try answer(more, input: input)
  }

  @Test func badLines() throws {
    let good = line("1", "who went?", Self.first)
    let long = String(repeating: "a ", count: 70)
    for (bad, parts) in [
      ("{\"question\": \"a\"}", ["standard input:2", "context"]),
      ("{\"context\": \"a\"}", ["standard input:2", "question"]),
      ("{\"question\": \"\", \"context\": \"a\"}", ["standard input:2"]),
      ("{\"question\": \"a\", \"context\": \" \"}", ["standard input:2"]),
      ("{\"question\": \"a\", \"context\": \"\\u0007\"}", ["standard input:2", "context"]),
      ("{\"question\": 3, \"context\": \"a\"}", ["standard input:2", "question"]),
      ("{\"question\": \"a\", \"context\":", ["standard input:2"]),
      ("[1]", ["standard input:2"]), ("who went?", ["standard input:2"]),
      (
        "{\"question\": \"\(long)\", \"context\": \"\(long)\"}",
        ["standard input:2", "wordpieces", "70"]
      ),
    ] {
      var result = try answer(input: good + bad + "\n" + good)
      // What came before is answered.
      #expect(try lines(result).map(\.answer) == ["Ana Reis"], "\(bad): \(result.errors)")
      result.output = ""
      expectFailure(result, code: 65)
      for part in parts { #expect(result.errors.contains(part), "\(part): \(result.errors)") }
    }
  }

  @Test func aLineWithoutEnd() throws {
    let result = try answer(
      input: "{\"question\": \"a\", \"context\": \"" + String(repeating: "ab ", count: 6 << 20))
    expectFailure(result, code: 65, "standard input")
  }

  @Test func usage() throws {
    expectUsage(try answer(["--question", "who?"]), "--context")
    expectUsage(try answer(["--context", "a.txt"]), "--question")
    expectUsage(try answer(["--question", "a", "--context", "b", "c.jsonl"]), "c.jsonl")
    expectFailure(
      try answer(["--question", "a", "--context", "none.txt"]), code: 66, "none.txt")
    expectFailure(try answer(["none.jsonl"]), code: 66, "none.jsonl")
    expectFailure(try answer(["."]), code: 74)
    try workspace.write("", to: "empty.txt")
    expectFailure(
      try answer(["--question", "a", "--context", "empty.txt"]), code: 65, "empty.txt")
    try workspace.write([0x61, 0xFF, 0x62], to: "bytes.txt")
    expectFailure(
      try answer(["--question", "a", "--context", "bytes.txt"]), code: 65, "bytes.txt:1", "0xFF")
  }

  @Test func tasksAreNotMixedUp() throws {
    expectFailure(
      try workspace.run("tag", "--adapter", "answers", input: "a\n"), code: 65, "ner", "qa")
    expectSuccess(try workspace.train())
    expectFailure(
      try workspace.run("answer", "--adapter", "adapter", input: line("1", "a", "b")), code: 65,
      "ner", "qa")
  }

  /// A link stays, and what it leads to is replaced; nothing that is no file is.
  @Test func predictionsGoWhereTheyAreSentTo() throws {
    func evaluate(_ path: String) throws -> Binary.Result {
      try workspace.run(
        "evaluate", "--adapter", "answers", "--corpus", "questions.xml", "--json", "--quiet",
        "--predictions", path)
    }
    try workspace.write("old", to: "real.json")
    let link = workspace.url("link.json")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: workspace.url("real.json"))
    expectSuccess(try evaluate("link.json"))
    #expect(try workspace.text(of: "real.json").contains("Ana Reis"))
    #expect(
      (try? FileManager.default.destinationOfSymbolicLink(atPath: link.path)) != nil)
    let before = try workspace.text(of: "questions.xml")
    expectFailure(try evaluate("./questions.xml"), code: 64, "questions.xml", "--corpus")
    #expect(try workspace.text(of: "questions.xml") == before)
    // A pipe is written into, and stays one.
    let piped = try Binary.bash(
      "mkfifo pipe; cat pipe > piped.json & \"$enxerto\" evaluate --adapter answers --corpus questions.xml "
        + "--quiet --predictions pipe && wait && test -p pipe", in: workspace.folder)
    expectSuccess(piped)
    #expect(try workspace.text(of: "piped.json").contains("Ana Reis"))
  }

  @Test func evaluation() throws {
    let result = try workspace.run(
      "evaluate", "--adapter", "answers", "--corpus", "questions.xml", "--json", "--predictions",
      "predicted.json", "--quiet", "--plots")
    expectSuccess(result)
    #expect(result.output.hasPrefix("{\"exact\":100.0,\"f1\":100.0,\"total\":4,"))
    #expect(result.output.contains("\"NoAns_total\":1"))
    #expect(
      try workspace.text(of: "predicted.json")
        == "{\n \"q1\": \"Ana Reis\",\n \"q2\": \"in Faro\",\n \"q3\": \"\",\n \"q4\": \"old mill\"\n}\n"
    )
    #expect(try workspace.text(of: "answers/learning-curves.svg").contains("exact"))
    #expect(workspace.exists("answers/reliability.svg"))
    let table = try workspace.run(
      "evaluate", "--adapter", "answers", "--corpus", "questions.xml", "--quiet")
    #expect(table.output.contains("NoAns"))
    expectUsage(
      try workspace.run(
        "evaluate", "--adapter", "answers", "--corpus", "questions.xml", "--decoding", "crf"),
      "--decoding")
    let corpus = try workspace.run("inspect", "questions.xml", "--json")
    #expect(
      corpus.output.hasPrefix(
        "{\"format\": \"xml\", \"passages\": 2, \"questions\": 4, \"unanswerable\": 1,"),
      "\(corpus.output)")
    // Questions without ids have those of their lines: each is scored for itself.
    let (one, other) = (
      "{\"question\": \"what burnt?\", \"context\": \"\(Self.second)\", \"answer\": \"old mill\", "
        + "\"start\": 4}\n",
      "{\"question\": \"who went?\", \"context\": \"\(Self.first)\", \"answer\": \"Ana Reis\", "
        + "\"start\": 0}\n"
    )
    try workspace.write(one, to: "one.jsonl")
    try workspace.write(other, to: "other.jsonl")
    let both = try workspace.run(
      "evaluate", "--adapter", "answers", "--corpus", "one.jsonl", "other.jsonl", "--json")
    #expect(
      both.output == "{\"exact\":100.0,\"f1\":100.0,\"total\":2}\n", "\(both.output)\(both.errors)")
    // Predictions are scored against questions in any format.
    let scored = try workspace.run(
      "evaluate", "--gold", "questions.xml", "--predicted", "predicted.json", "--json")
    #expect(scored.output.hasPrefix("{\"exact\":100.0,"), "\(scored.output)\(scored.errors)")
    let inspected = try workspace.run("inspect", "answers")
    for part in ["qa", "windows", "threshold", "{question} [SEP] {context}", "dev exact 100.00"] {
      #expect(inspected.output.contains(part), "\(part): \(inspected.output)")
    }
  }
}
