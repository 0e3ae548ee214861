import Foundation

/// The built program, run as a shell would run it.
enum Binary {
  /// Foundation's `Process.run` crashed, once, when many tests started programs at the same time.
  private static let starting = NSLock()

  /// How a run ended.
  struct Result {
    /// nil where a signal, a trap say, ended the program.
    var exitCode: Int32?
    var output: String
    var errors: String

    /// The lines of standard error but for warnings.
    var errorLines: [String] {
      errors.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("warning: ") }
    }
    var warnings: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("warning: ") }
    }
  }

  struct NotFound: Error, CustomStringConvertible {
    var places: [String]
    var description: String { "expected the program enxerto at one of \(places), found none" }
  }

  struct TimedOut: Error, CustomStringConvertible {
    var arguments: [String]
    var description: String { "expected enxerto \(arguments) to end, found it still running" }
  }

  /// Beside the test bundle, or where `ENXERTO_BINARY` says.
  static func url() throws -> URL {
    let named = ProcessInfo.processInfo.environment["ENXERTO_BINARY"].map {
      URL(fileURLWithPath: $0)
    }
    let beside = [
      URL(fileURLWithPath: CommandLine.arguments.first ?? ""), Bundle.main.executableURL,
      Bundle.main.bundleURL, URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
    ].compactMap { $0?.deletingLastPathComponent().appendingPathComponent("enxerto") }
    let candidates = [named].compactMap { $0 } + beside
    let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    guard let found else { throw NotFound(places: candidates.map(\.path)) }
    return found
  }

  /// Runs the program.
  ///
  /// - Parameter environment: added to a bare one, in which the user has no folders outside
  ///   `directory`.
  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    in directory: URL, timeout: TimeInterval = 60
  ) throws -> Result {
    try run(
      executable: url(), arguments, input: input, environment: environment, in: directory,
      timeout: timeout)
  }

  /// Runs a line of bash in which `$enxerto` is the program.
  static func bash(_ line: String, in directory: URL) throws -> Result {
    try run(
      executable: URL(fileURLWithPath: "/bin/bash"), ["-c", line], input: [],
      environment: ["enxerto": url().path], in: directory, timeout: 60)
  }

  private static func run(
    executable: URL, _ arguments: [String], input: [UInt8], environment: [String: String],
    in directory: URL, timeout: TimeInterval
  ) throws -> Result {
    // Files rather than pipes: nothing can fill up, whatever is read first.
    let streams = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-streams-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: streams) }
    func file(_ name: String, _ contents: [UInt8]) throws -> URL {
      let url = streams.appendingPathComponent(name)
      try Data(contents).write(to: url)
      return url
    }
    let (output, errors) = (try file("output", []), try file("errors", []))

    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": directory.path,
      "XDG_CACHE_HOME": directory.appendingPathComponent(".cache").path,
    ].merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: file("input", input))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try starting.withLock { try process.run() }
    guard ended.wait(timeout: .now() + timeout) == .success else {
      process.terminate()
      throw TimedOut(arguments: arguments)
    }
    func text(_ url: URL) throws -> String {
      String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    return Result(
      exitCode: process.terminationReason == .exit ? process.terminationStatus : nil,
      output: try text(output), errors: try text(errors))
  }
}
