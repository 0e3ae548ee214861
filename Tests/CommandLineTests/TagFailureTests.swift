import Foundation
import Testing

/// What `enxerto tag` says of input, options and adapters that will not do.
@Suite struct TagFailureTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace.withAdapter() }

  private func tag(_ more: String..., input: [UInt8] = []) throws -> Binary.Result {
    try Binary.run(
      ["tag", "--adapter", "adapter", "--threads", "1"] + more, input: input,
      in: workspace.folder)
  }

  @Test(
    arguments: [
      (["--min-confidence", "2"], "--min-confidence: expected 0 to 1, found 2"),
      (["--min-confidence", "nan"], "--min-confidence: expected 0 to 1"),
      (["--min-confidence", "x"], "--min-confidence"),
      (["--input-format", "csv"], "found csv"), (["--input-format", "squad"], "squad"),
      (["--output-format", "xml"], "--output-format: expected conll or jsonl, found xml"),
      (["--scheme", "iob3"], "--scheme"), (["--decoding", "greedy"], "--decoding"),
      (["--word-column", "0"], "--word-column"), (["--encoding", "utf-9"], "--encoding"),
      (["--threads", "0"], "--threads"),
    ])
  func optionsThatDoNotFit(options: [String], message: String) throws {
    expectUsage(
      try Binary.run(["tag", "--adapter", "adapter"] + options, in: workspace.folder), message)
  }

  @Test func inputThatIsDamaged() throws {
    let invalid = try tag(input: Array("Ana\n\n".utf8) + [0x61, 0xFF, 0x0A])
    #expect(invalid.exitCode == 65)
    #expect(invalid.errorLines.count == 1)
    #expect(invalid.errors.contains("standard input:3:2: expected UTF-8"), "\(invalid.errors)")
    #expect(invalid.output.hasPrefix("Ana\t") && invalid.output.hasSuffix("\n\n\n"))

    let json = try tag(
      "--input-format", "jsonl", input: Array("{\"text\":\"a\"}\n{\"text\":\n".utf8))
    #expect(json.exitCode == 65 && json.errors.contains("standard input:2"), "\(json.errors)")
    #expect(json.output.hasPrefix("{\"text\":\"a\""))
    for line in [
      "[]", "{}", "{\"text\":1}", "{\"text\":\"a\",\"tokens\":[\"b\"]}", "{\"tokens\":[1]}", "x",
      "{", "\"", "{\"text\":\"\\ud800\"}", "{\"text\":\"a\"} b", "1e999999",
      String(repeating: "[", count: 9999),
    ] {
      expectFailure(
        try tag("--input-format", "jsonl", input: Array((line + "\n").utf8)), code: 65,
        "standard input:1")
    }

    let rows = try tag(
      "--input-format", "conll", "--word-column", "2", input: Array("a\tb\n\nc\n".utf8))
    #expect(rows.exitCode == 65 && rows.errors.contains("standard input:3"), "\(rows.errors)")
    #expect(rows.output.hasPrefix("a\tb\t"))

    let long = [UInt8](repeating: 0x61, count: (16 << 20) + 1)
    let tooLong = try tag(input: Array("Ana\n".utf8) + long)
    #expect(tooLong.exitCode == 65 && tooLong.errors.contains("standard input:2"))
    #expect(tooLong.errorLines.count == 1 && tooLong.output.hasPrefix("Ana\t"))
  }

  @Test func filesThatAreNotThere() throws {
    expectFailure(try tag("none.txt"), code: 66, "none.txt")
    expectFailure(try tag("corpus.xml/none.txt"), code: 66, "none.txt")
    expectFailure(try tag("models"), code: 74, "models", "a folder")
    try workspace.write("a\n", to: "locked.txt")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0], ofItemAtPath: workspace.url("locked.txt").path)
    // Root may read it all the same.
    if getuid() != 0 { expectFailure(try tag("locked.txt"), code: 74, "locked.txt") }
  }

  @Test func outputThatCannotBeWritten() throws {
    let result = try Binary.bash(
      "echo Ana | \"$enxerto\" tag --adapter adapter > /dev/full", in: workspace.folder)
    expectFailure(result, code: 74, "standard output")
  }

  @Test func adaptersThatWillNotDo() throws {
    expectFailure(
      try workspace.run("tag", "--adapter", "none", input: "a\n"), code: 66, "none", "adapter.json")
    expectFailure(
      try workspace.run("tag", "--adapter", "models", input: "a\n"), code: 66, "adapter.json")
    expectUsage(try workspace.run("tag", input: "a\n"), "--adapter")

    // The same shape, other weights.
    let weights = "models/\(Workspace.encoder)/model.safetensors"
    let whole = try workspace.bytes(of: weights)
    var changed = whole
    changed[changed.count - 1] ^= 1
    try workspace.write(changed, to: weights)
    expectFailure(try tag(input: [0x61]), code: 65, "SHA-256")
    try workspace.write(whole, to: weights)
    try workspace.addEncoder(Workspace.otherEncoder)
    expectFailure(
      try tag("--encoder", Workspace.otherEncoder, input: [0x61]), code: 65, "SHA-256")
    expectFailure(try tag("--encoder", "none", input: [0x61]), code: 66, "none")

    for file in ["adapter.json", "adapter.safetensors"] {
      let path = "adapter/\(file)"
      let whole = try workspace.bytes(of: path)
      for length in [0, 1, whole.count / 2, whole.count - 1] {
        try workspace.write(Array(whole.prefix(length)), to: path)
        // What is cut may be the line end alone.
        let result = try tag(input: [0x61])
        if result.exitCode != 0 { expectFailure(result, code: 65, file) }
        #expect(result.exitCode == 65 || length == whole.count - 1 && file == "adapter.json")
      }
      try FileManager.default.removeItem(at: workspace.url(path))
      expectFailure(try tag(input: [0x61]), code: 66, file)
      try workspace.write(whole, to: path)
    }
    expectSuccess(try tag(input: [0x61]))

    try FileManager.default.removeItem(at: workspace.url("models/\(Workspace.encoder)"))
    expectFailure(try tag(input: [0x61]), code: 66, Workspace.encoder, "adapter.json")
  }
}
