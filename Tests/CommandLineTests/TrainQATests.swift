import Foundation
import Testing

/// `train qa` as a command.
struct TrainQATests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    return workspace
  }

  @Test func theSameSeedGivesTheSameAdapter() throws {
    let workspace = try workspace()
    expectSuccess(try workspace.trainQA(output: "a"))
    expectSuccess(try workspace.trainQA(output: "b"))
    expectSuccess(try workspace.trainQA(["--seed", "2"], output: "c"))
    let weights = "adapter.safetensors"
    #expect(try workspace.bytes(of: "a/\(weights)") == workspace.bytes(of: "b/\(weights)"))
    #expect(try workspace.bytes(of: "a/adapter.json") == workspace.bytes(of: "b/adapter.json"))
    #expect(try workspace.bytes(of: "a/\(weights)") != workspace.bytes(of: "c/\(weights)"))
    expectFailure(try workspace.trainQA(output: "a"), code: 64, "--overwrite")
    let resumed = try workspace.trainQA(["--resume", "--stride", "9"], output: "a")
    expectFailure(resumed, code: 64, "--stride")
  }

  @Test func everyKindOfPrompt() throws {
    let workspace = try workspace()
    for (index, options) in [
      [
        "--template", "{soft:2} {question} {soft:2} [SEP] {context} {soft:1}", "--deep-prompt", "0",
      ],
      ["--template", "{context} a b : {question} {soft:\"a b\"}", "--reparameterization", "mlp"],
      ["--precision", "float32", "--batch-questions", "2", "--window", "64", "--stride", "20"],
      ["--trials", "2"], ["--learning-rate", "auto", "--batch-words", "30"],
    ].enumerated() {
      let result = try workspace.trainQA(options, output: "adapter\(index)")
      expectSuccess(result)
      let answered = try workspace.run(
        "answer", "--adapter", "adapter\(index)",
        input: "{\"question\": \"a b\", \"context\": \"c d e\"}\n")
      expectSuccess(answered)
    }
  }

  @Test func progressIsShown() throws {
    let workspace = try workspace()
    try workspace.write(Workspace.questions, to: "questions.xml")
    let result = try workspace.run(
      "train", "qa", "--corpus", "questions.xml", "--dev", "questions.xml", "--encoder",
      Workspace.encoder, "--output", "a", "--epochs", "1", "--deep-prompt", "2", "--json")
    expectSuccess(result)
    for part in ["4 questions", "4 dev questions", "dev exact", "saved a: epoch 1"] {
      #expect(result.errors.contains(part), "\(part): \(result.errors)")
    }
    #expect(result.output.contains("\"devExact\": "))
  }

  @Test(arguments: [
    ["--window", "65"], ["--window", "63"], ["--stride", "33"], ["--stride=-1"],
    ["--answer-words", "0"], ["--batch-questions", "0"], ["--corpus-format", "conll"],
    ["--batch-questions", "2", "--batch-words", "9"], ["--template", "{question}"],
    ["--template", "{text}"], ["--template", "{soft:60} {question} [SEP] {context}"],
  ])
  func usage(options: [String]) throws {
    let workspace = try workspace()
    let result = try workspace.trainQA(options)
    #expect(result.exitCode == 64, "\(options): \(result.errors)")
    #expect(result.errors.contains("expected ") && result.errors.contains("found "))
    #expect(!workspace.exists("answers"))
  }

  /// Answers that do not stand where they should are told, and never trained on.
  @Test func badAnswers() throws {
    let workspace = try workspace()
    let line = "{\"id\": \"%\", \"question\": \"a\", \"context\": \"b c d\", \"answers\": [@]}\n"
    func questions(_ answers: [String]) -> String {
      answers.enumerated().map {
        line.replacingOccurrences(of: "%", with: "x\($0.offset)")
          .replacingOccurrences(of: "@", with: $0.element)
      }.joined()
    }
    let good = "{\"text\": \"c\", \"start\": 2}"
    let near = "{\"text\": \"d\", \"start\": 1}"
    let lost = "{\"text\": \"z\", \"start\": 1}"
    let result = try workspace.trainQA(corpus: questions([good, near, lost]))
    expectSuccess(result)
    #expect(result.errors.contains("repaired"), "\(result.errors)")
    #expect(result.errors.contains("refused") && result.errors.contains("x2"))
    expectFailure(
      try workspace.trainQA(corpus: questions([lost]), output: "b"), code: 65, "questions.xml")
    #expect(!workspace.exists("b"))
  }

  @Test func badCorpora() throws {
    let workspace = try workspace()
    for (corpus, part) in [
      ("", "question"), ("<questions version=\"1\"/>", "question"), ("{\"data\": []}", "question"),
      ("<corpus/>", "questions"), ("a b c", "questions"),
      ("{\"question\": \"a\", \"context\": \"b\"}", "answer"),
      ("{\"question\": \"a\"}", "context"),
      (
        "{\"question\": \"\(String(repeating: "a ", count: 70))\", \"context\": "
          + "\"\(String(repeating: "b ", count: 70))\", \"answer\": null, \"id\": \"long\"}", "long"
      ),
    ] {
      let result = try workspace.trainQA(corpus: corpus)
      expectFailure(result, code: 65)
      #expect(result.errors.contains(part), "\(corpus.prefix(30)): \(result.errors)")
      #expect(!workspace.exists("answers"))
    }
    expectFailure(
      try workspace.run(
        "train", "qa", "--corpus", "none.json", "--output", "a", "--encoder", Workspace.encoder),
      code: 66,
      "none.json")
  }
}
