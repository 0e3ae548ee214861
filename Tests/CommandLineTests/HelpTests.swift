import Testing

/// What every command says of itself.
struct HelpTests {
  @Test(arguments: [
    ["train", "ner"], ["tag"], ["evaluate"], ["convert"], ["inspect"],
  ])
  func showsAnExample(command: [String]) throws {
    let workspace = try Workspace()
    let result = try Binary.run(command + ["--help"], in: workspace.folder)
    expectSuccess(result)
    #expect(result.output.contains("enxerto \(command.joined(separator: " ")) "))
    #expect(result.output.contains("Example"))
    #expect(result.errors == "")
  }

  @Test(arguments: [[], ["train"]])
  func listsCommands(command: [String]) throws {
    let workspace = try Workspace()
    let result = try Binary.run(command + ["--help"], in: workspace.folder)
    expectSuccess(result)
    #expect(result.output.contains("SUBCOMMANDS"))
  }

  @Test(arguments: [[], ["convert"], ["train", "ner"]])
  func showsTheVersion(command: [String]) throws {
    let workspace = try Workspace()
    let result = try Binary.run(command + ["--version"], in: workspace.folder)
    expectSuccess(result)
    #expect(result.output.split(separator: ".").count == 3, "\(result.output)")
  }

  @Test(arguments: [
    (["frobnicate"], "frobnicate"), (["convert", "--to", "text", "--frobnicate"], "--frobnicate"),
    (["convert", "a"], "--to"), (["inspect"], "<path>"), (["inspect", "a", "b"], "b"),
    (["train", "ner", "--corpus", "a"], "--output"),
    (["train", "ner", "--corpus", "a", "--output", "b", "--epochs", "many"], "many"),
    (["evaluate", "--decoding", "best"], "best"),
  ])
  func refusesUnknownOptions(arguments: [String], part: String) throws {
    let workspace = try Workspace()
    expectUsage(try Binary.run(arguments, in: workspace.folder), part)
  }
}
