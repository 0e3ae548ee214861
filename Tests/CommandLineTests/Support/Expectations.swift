import Testing

/// Expects a command to end with one message that says what was expected and what was found.
///
/// - Parameter parts: texts that the message must hold: the place, what was found.
func expectFailure(
  _ result: Binary.Result, code: Int32, _ parts: String...,
  location: SourceLocation = #_sourceLocation
) {
  #expect(result.exitCode == code, "\(result.errors)", sourceLocation: location)
  #expect(result.output == "", sourceLocation: location)
  let lines = result.errorLines
  #expect(lines.count == 1, "\(result.errors)", sourceLocation: location)
  let message = lines.first ?? ""
  #expect(message.hasPrefix("enxerto: "), "\(message)", sourceLocation: location)
  for part in ["expected ", "found "] + parts {
    #expect(message.contains(part), "\(part) in \(message)", sourceLocation: location)
  }
  for trace in ["Fatal error", ".swift:", "Stack dump", "Error(", "kind:", "Optional("] {
    #expect(!result.errors.contains(trace), "\(result.errors)", sourceLocation: location)
  }
}

/// Expects the parser of arguments to refuse them and to show the usage.
func expectUsage(
  _ result: Binary.Result, _ part: String, location: SourceLocation = #_sourceLocation
) {
  #expect(result.exitCode == 64, "\(result.errors)", sourceLocation: location)
  #expect(result.output == "", sourceLocation: location)
  #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location)
}

/// Expects a command to do its work.
func expectSuccess(_ result: Binary.Result, location: SourceLocation = #_sourceLocation) {
  #expect(result.exitCode == 0, "\(result.errors)", sourceLocation: location)
}
