import Foundation
import Testing

/// `answer --documents`, with an adapter that knows four questions by heart.
@Suite struct AnswerDocumentsTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace.withAnswerer()
    try workspace.write("Ana Reis went to Porto. Rui stayed at home😀 in Faro.\n", to: "d/ana.txt")
    try workspace.write("\r\n\r\nThe old mill burnt down.\r\n", to: "d/more/mill.md")
    try workspace.write("not a document", to: "d/picture.png")
    try workspace.write([0xFF, 0xFE, 0x00], to: "d/broken.txt")
  }

  private func answer(_ more: [String], input: String = "") throws -> Binary.Result {
    try Binary.run(
      ["answer", "--adapter", "answers", "--threads", "1", "--documents", "d"] + more,
      input: Array(input.utf8), in: workspace.folder)
  }

  private struct Line: Decodable {
    struct Entry: Decodable {
      var answer: String?
      var confidence: Double
      var document: String?
    }
    var answer: String?
    var start: Int?
    var end: Int?
    var document: String?
    var nbest: [Entry]
  }

  private func lines(_ result: Binary.Result) throws -> [Line] {
    try result.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  @Test func answersNameTheirDocuments() throws {
    let input = """
      {"id": "a", "question": "what burnt?"}
      {"id": "b", "question": "where is Rui?", "context": "not looked at"}

      """
    let result = try answer([], input: input)
    expectSuccess(result)
    #expect(result.errors.contains("index: 2 documents"), "\(result.errors)")
    #expect(result.warnings.count == 1 && result.warnings[0].contains("broken.txt"))
    let found = try lines(result)
    #expect(found.map(\.document) == ["more/mill.md", "ana.txt"])
    #expect(found.map(\.answer) == ["old mill", "in Faro"])
    // Offsets are those of the documents.
    for line in found {
      let text = try workspace.text(of: "d/\(try #require(line.document))")
      let scalars = Array(text.unicodeScalars)
      let (start, end) = (try #require(line.start), try #require(line.end))
      #expect(String(String.UnicodeScalarView(scalars[start..<end])) == line.answer)
      #expect(abs(line.nbest.reduce(0) { $0 + $1.confidence } - 1) < 1e-4)
    }
  }

  /// Copies of a document do not share the confidence.
  @Test func whatCopiesSayCountsOnce() throws {
    let question = ["--question", "what burnt?", "--json"]
    let one = try lines(answer(question))[0]
    let text = try workspace.text(of: "d/more/mill.md")
    for number in 0..<6 { try workspace.write(text, to: "d/copy-\(number).md") }
    let many = try lines(answer(question))[0]
    #expect(many.answer == one.answer)
    #expect(abs(many.nbest[0].confidence - one.nbest[0].confidence) < 0.02)
  }

  @Test func theIndexFollowsTheFolder() throws {
    let question = ["--question", "what burnt?", "--json"]
    #expect(try lines(answer(question))[0].document == "more/mill.md")
    // Nothing has changed, and nothing is said.
    let again = try answer(question)
    #expect(!again.errors.contains("index:"), "\(again.errors)")
    try FileManager.default.removeItem(at: workspace.url("d/more/mill.md"))
    try workspace.write("The old mill burnt down.", to: "d/new.txt")
    let changed = try answer(question)
    #expect(changed.errors.contains("1 new, 0 changed, 1 removed"), "\(changed.errors)")
    #expect(try lines(changed)[0].document == "new.txt")
    // Elsewhere, where it is asked for.
    expectSuccess(try answer(question + ["--index", "my.sqlite"]))
    #expect(workspace.exists("my.sqlite"))
  }

  @Test func forAPerson() throws {
    let result = try answer(["--question", "where is Rui?"])
    expectSuccess(result)
    #expect(result.output.hasPrefix("ana.txt, from 44 on:\n"), "\(result.output)")
    #expect(result.output.contains("[[in Faro]]"))
    // Nothing to read: no answer.
    let none = try answer(["--question", "zzz"])
    #expect(none.output == "100.00 %  (no answer)\n")
  }

  @Test func whatCannotBe() throws {
    let question = ["--question", "who?"]
    func other(_ arguments: String...) throws -> Binary.Result {
      try Binary.run(
        ["answer", "--adapter", "answers"] + question + arguments, in: workspace.folder)
    }
    expectFailure(try other("--documents", "none"), code: 66, "none")
    try FileManager.default.createDirectory(
      at: workspace.url("empty"), withIntermediateDirectories: true)
    expectFailure(try other("--documents", "empty"), code: 65, "empty", ".txt")
    try workspace.write("something else", to: "other.sqlite")
    expectFailure(
      try other("--documents", "d", "--index", "other.sqlite"), code: 65, "other.sqlite")
    #expect(try workspace.text(of: "other.sqlite") == "something else")
    expectFailure(try answer(["--question", " ", "--quiet"]), code: 64, "question")
    expectUsage(try other("--documents", "d", "--context", "a.txt"), "--context")
    expectUsage(try other("--documents", "d", "--passages", "0"), "--passages")
    expectUsage(try other("--documents", "d", "--index-weight=-1"), "--index-weight")
    expectUsage(try other("--index", "a.sqlite"), "--index")
    expectFailure(
      try answer(["--quiet"], input: "{\"id\": 1}\n"), code: 65, "standard input:1", "question")
  }
}
