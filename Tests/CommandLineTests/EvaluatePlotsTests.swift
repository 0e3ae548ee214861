import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `enxerto evaluate`: calibration, and `--plots`.
struct EvaluatePlotsTests {
  private static let files = ["adapter/reliability.svg", "adapter/learning-curves.svg"]

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    expectSuccess(
      try workspace.train(
        "--epochs", "12", "--learning-rate", "0.01", "--head-learning-rate", "0.05"))
    return workspace
  }

  private func evaluate(_ workspace: Workspace, _ more: String...) throws -> Binary.Result {
    try Binary.run(
      ["evaluate", "--adapter", "adapter", "--corpus", "corpus.xml"] + more,
      in: workspace.folder)
  }

  @Test func drawsAndReports() throws {
    let workspace = try workspace()
    let result = try evaluate(workspace, "--plots", "--json")
    expectSuccess(result)
    #expect(result.warnings.isEmpty, "\(result.errors)")
    for file in Self.files {
      #expect(result.errors.contains("wrote \(file)\n"), "\(result.errors)")
      #expect(XMLParser(data: Data(try workspace.bytes(of: file))).parse(), "\(file) is XML")
      #expect(try workspace.text(of: file).contains("<svg "))
    }
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let calibration = try #require(object["calibration"] as? [String: Any])
    let bins = try #require(calibration["bins"] as? [[String: Any]])
    #expect(bins.count == 10)
    for bin in bins {
      #expect(Set(bin.keys) == ["from", "to", "count", "confidence", "accuracy"])
    }
    let counts = try #require(object["counts"] as? [String: Any])
    let predicted = try #require(counts["predicted"] as? Int)
    #expect(predicted > 0, "three sentences are learnt by heart")
    #expect(bins.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == predicted)
    #expect(calibration["spans"] as? Int == predicted)
    #expect((0...1).contains(try #require(calibration["ece"] as? Double)))
    #expect(calibration["temperature"] as? Double ?? 0 > 0)
    let curves = try workspace.text(of: Self.files[1])
    #expect(curves.contains("12 epochs, kept: epoch "))
    #expect(curves.contains("Learning curves of adapter"))

    // The same again, and in words.
    let drawings = try Self.files.map { try workspace.bytes(of: $0) }
    let table = try evaluate(workspace, "--plots")
    expectSuccess(table)
    #expect(try Self.files.map { try workspace.bytes(of: $0) } == drawings)
    let lines = table.output.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("expected calibration error: ") }.count == 1)
    #expect(lines.last?.hasPrefix("accuracy: ") == true)
    // Nothing else is left in the folder, and the adapter is as it was.
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.url("adapter").path)
    #expect(
      Set(names) == [
        "adapter.json", "adapter.safetensors", "training.safetensors", "training.jsonl",
        "reliability.svg", "learning-curves.svg",
      ])
    expectSuccess(try workspace.run("tag", "--adapter", "adapter", input: "Rui\n"))
  }

  @Test func withoutAHistoryThereIsAWarning() throws {
    let workspace = try Workspace.withAdapter()
    let log = workspace.url("adapter/training.jsonl")
    try FileManager.default.removeItem(at: log)
    let result = try evaluate(workspace, "--plots")
    expectSuccess(result)
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.contains("adapter/training.jsonl: expected") == true)
    #expect(workspace.exists(Self.files[0]) && !workspace.exists(Self.files[1]))
    try workspace.write("{\"epoch\":1,\"loss\":2}\n???\n", to: "adapter/training.jsonl")
    let strange = try evaluate(workspace, "--plots", "--quiet")
    expectSuccess(strange)
    #expect(strange.errors.contains("training.jsonl:2: expected an epoch"), "\(strange.errors)")
    #expect(strange.warnings.count == 1 && workspace.exists(Self.files[1]))
  }

  /// Found before there is anything to evaluate.
  @Test func saysWhereNothingCanBeWritten() throws {
    let workspace = try Workspace.withAdapter()
    try workspace.write("", to: "adapter/reliability.svg/file")
    expectFailure(
      try evaluate(workspace, "--plots"), code: 74, "adapter/reliability.svg", "a folder")
    expectSuccess(try evaluate(workspace))
  }

  /// Whoever may write anywhere (root, say) cannot see this.
  @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
  func readOnlyFoldersAreNamed() throws {
    let workspace = try Workspace.withAdapter()
    let folder = workspace.url("adapter").path
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    }
    expectFailure(try evaluate(workspace, "--plots"), code: 74, "adapter")
  }

  @Test func filesHaveNoFolderToDrawIn() throws {
    let workspace = try Workspace()
    try workspace.write("a\tB-X\n", to: "gold.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "gold.conll", "--plots")
    expectFailure(result, code: 64, "--plots")
    let scores = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "gold.conll", "--json")
    #expect(!scores.output.contains("calibration"))
  }

  @Test func theHelpHasAnExample() throws {
    let workspace = try Workspace()
    let help = try workspace.run("evaluate", "--help")
    expectSuccess(help)
    #expect(help.output.contains("--corpus corpora/test.xml --plots"))
  }
}
