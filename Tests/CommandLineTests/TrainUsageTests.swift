import Foundation
import Testing

/// Options of `train ner` that cannot be met.
struct TrainUsageTests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    return workspace
  }

  @Test(arguments: [
    ("{soft:2} {sentence}", "sentence"), ("{soft:2} {text", "column"), ("{soft:x} {text}", "soft"),
    ("{soft:2}", "text"), ("{text} {text}", "text"), ("} {text}", "column"),
    ("{soft:0} {text}", "soft"), ("{soft:99999999999999999999} {text}", "soft"),
    ("{soft:63} {text}", "rows"),
  ])
  func templates(template: String, part: String) throws {
    let workspace = try workspace()
    let result = try workspace.train("--template", template)
    // A message, and where it points, the template with a mark under the place.
    let lines = result.errors.split(separator: "\n")
    #expect([1, 3].contains(lines.count), "\(result.errors)")
    var message = result
    message.errors = lines.first.map(String.init) ?? ""
    expectFailure(message, code: 64)
    #expect(result.errors.contains(part), "\(result.errors)")
    #expect(!workspace.exists("adapter"))
  }

  @Test(arguments: [
    ["--epochs", "0"], ["--epochs", "10001"], ["--dropout", "1"], ["--learning-rate=-1"],
    ["--learning-rate", "nan"], ["--trials", "0"], ["--trials", "1001"], ["--restarts", "2"],
    [
      "--learning-rate", "auto", "--template", "{text}", "--deep-prompt", "0", "--shape", "off",
      "--biases", "off", "--head-learning-rate", "1",
    ],
    ["--deep-prompt=-1"], ["--deep-prompt", "4097"], ["--deep-first-layer", "2"],
    ["--deep-dropout", "1"], ["--encoder-dropout", "1"],
    ["--prompt-init", "text:"], ["--prompt-init", "zero", "--deep-reparameterization", "mlp"],
    ["--deep-positions", "shifted", "--deep-prompt", "4000"],
    ["--warmup", "2"], ["--clip", "0"], ["--batch-words", "0"], ["--threads", "0"],
    ["--batch-words", "9", "--batch-sentences", "9"], ["--encoding", "ebcdic"],
    ["--corpus-format", "word"], ["--tag-column", "0"],
    ["--word-column", "1", "--tag-column", "1"],
  ])
  func numbers(options: [String]) throws {
    let result = try refused(options)
    #expect(result.errors.contains("expected "), "\(result.errors)")
    #expect(result.errors.contains("found "), "\(result.errors)")
  }

  @Test(arguments: [
    ["--prompt-init", "ones"], ["--shape", "maybe"], ["--biases", "some"], ["--layers", "first"],
    ["--pooling", "max"], ["--deep-positions", "moved"], ["--deep-reparameterization", "lstm"],
    ["--decoding", "greedy"],
  ])
  func choices(options: [String]) throws {
    let result = try refused(options)
    #expect(result.errors.contains(options[0]), "\(result.errors)")
    #expect(result.errors.contains(options[1]), "\(result.errors)")
  }

  private func refused(_ options: [String]) throws -> Binary.Result {
    let workspace = try workspace()
    try workspace.write("a\tB-X\n\nb\tB-X\n", to: "a.conll")
    let result = try Binary.run(
      [
        "train", "ner", "--corpus", "a.conll", "--encoder", Workspace.encoder, "--output",
        "adapter", "--quiet",
      ] + options, in: workspace.folder)
    #expect(result.exitCode == 64, "\(options): \(result.errors)")
    #expect(!workspace.exists("adapter"))
    return result
  }

  @Test func occupiedOutput() throws {
    let workspace = try Workspace.withAdapter()
    let before = try workspace.bytes(of: "adapter/adapter.json")
    expectFailure(try workspace.train(), code: 64, "adapter:", "--overwrite", "--resume")
    #expect(try workspace.bytes(of: "adapter/adapter.json") == before)
    expectSuccess(try workspace.train("--overwrite", "--seed", "2"))

    // Only adapters are replaced.
    try workspace.write("dear diary", to: "diary/today.txt")
    expectFailure(
      try workspace.train("--overwrite", output: "diary"), code: 64, "diary", "something else")
    #expect(try workspace.text(of: "diary/today.txt") == "dear diary")
    expectFailure(
      try workspace.train("--overwrite", output: "corpus.xml"), code: 64, "corpus.xml")
  }

  @Test func resumingWhatCannotBe() throws {
    let workspace = try workspace()
    expectFailure(try workspace.train("--resume"), code: 66, "adapter", "no such folder")
    expectFailure(
      try workspace.train("--resume", "--overwrite"), code: 64, "--overwrite and --resume")
    expectSuccess(try workspace.train())
    // Another seed is another run.
    expectFailure(try workspace.train("--resume", "--seed", "9"), code: 64, "seed")
  }

  @Test func outputThatCannotBeWritten() throws {
    let workspace = try workspace()
    try workspace.write("", to: "file")
    let result = try workspace.train(output: "file/adapter")
    expectFailure(result, code: 74, "file")
  }
}
