import Foundation
import TestSupport
import Testing

/// `--precision` and `--engine`, on whatever machine this is: where it lacks something, that is said.
@Suite struct PrecisionTests {
  private func precision(of adapter: String, in workspace: Workspace) throws -> String? {
    let object = try JSONSerialization.jsonObject(
      with: Data(workspace.bytes(of: "\(adapter)/adapter.json")))
    return (object as? [String: Any])?["precision"] as? String
  }

  @Test func theAdapterRecordsWhatItWasTrainedAt() throws {
    let workspace = try Workspace()
    try workspace.addEncoder()
    for wanted in ["float32", "bf16", "int8", "auto"] {
      let result = try workspace.train("--precision", wanted, "--overwrite")
      #expect(result.exitCode == 0, "\(result.errors)")
      let recorded = try precision(of: "adapter", in: workspace)
      let isReplaced = result.errors.contains("float32 instead")
      #expect(
        wanted == "auto"
          ? ["float32", "bf16"].contains(recorded) : recorded == (isReplaced ? "float32" : wanted))
      let shown = try workspace.run("inspect", "adapter")
      #expect(shown.output.contains("precision") && shown.output.contains(recorded ?? "none"))
    }
  }

  /// Whatever makes the products: every word comes out, and the names are the same.
  @Test func enginesAndPrecisionsTagAlike() throws {
    let workspace = try Workspace.withTagger()
    let text = "Ana Reis went to Porto .\nI met Rui at Enxerto .\n"
    let usual = try workspace.run("tag", "--adapter", "adapter", input: text)
    expectSuccess(usual)
    #expect(usual.output.contains("B-PER"))
    for options in [
      ["--engine", "openblas"], ["--engine", "onednn"], ["--precision", "bf16"],
      ["--precision", "int8"], ["--precision", "auto"],
      ["--precision", "int8", "--engine", "openblas"],
    ] {
      let result = try Binary.run(
        ["tag", "--adapter", "adapter"] + options, input: Array(text.utf8), in: workspace.folder)
      #expect(result.exitCode == 0 && result.errorLines.isEmpty, "\(options): \(result.errors)")
      #expect(result.output == usual.output, "\(options)")
    }
  }

  @Test func whatCannotBeHadIsSaid() throws {
    let workspace = try Workspace.withAdapter()
    let result = try workspace.run(
      "tag", "--adapter", "adapter", "--precision", "int8", "--engine", "openblas",
      input: "Porto\n")
    #expect(result.exitCode == 0)
    #expect(result.warnings == ["warning: openblas has no int8: float32 instead"])
    let precision = try workspace.run("tag", "--adapter", "adapter", "--precision", "fp8")
    #expect(precision.exitCode == 64 && precision.errors.contains("'fp8'"))
    #expect(precision.errors.contains("'int8'") && precision.errors.contains("'auto'"))
    let engine = try workspace.run("evaluate", "--adapter", "adapter", "--engine", "mkl")
    #expect(engine.exitCode == 64 && engine.errors.contains("'onednn'"))
  }

  /// An interrupted run goes on in the arithmetic that it began in, or not at all.
  @Test func resumingKeepsTheEngine() throws {
    let workspace = try Workspace()
    try workspace.addEncoder()
    #expect(try workspace.train("--engine", "openblas").exitCode == 0)
    #expect(try workspace.train("--engine", "openblas", "--resume").exitCode == 0)
    let other = try workspace.train("--engine", "onednn", "--resume")
    // Without oneDNN, OpenBLAS takes its place, and nothing differs.
    if other.warnings.isEmpty {
      expectFailure(other, code: 64, "--engine")
    } else {
      #expect(other.exitCode == 0)
    }
  }

  @Test func evaluateSaysWhatItUses() throws {
    let workspace = try Workspace.withAdapter()
    try workspace.write(Workspace.corpus, to: "corpus.xml")
    let result = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--engine", "openblas")
    #expect(result.exitCode == 0 && result.errors.contains("float32 by OpenBLAS"))
  }
}
