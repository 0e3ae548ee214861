import Testing

/// A suite that tags with an adapter in its workspace.
protocol TaggingSuite {
  var workspace: Workspace { get }
}

extension TaggingSuite {
  func tag(_ more: String..., input: String = "") throws -> Binary.Result {
    try Binary.run(
      ["tag", "--adapter", "adapter", "--threads", "1"] + more, input: Array(input.utf8),
      in: workspace.folder)
  }

  /// The output, where the program has succeeded without a word of its own.
  func output(
    _ result: Binary.Result, location: SourceLocation = #_sourceLocation
  ) -> String {
    expectSuccess(result, location: location)
    #expect(result.errors == "", sourceLocation: location)
    return result.output
  }
}
