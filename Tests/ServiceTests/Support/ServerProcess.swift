import Foundation

/// The program `enxerto-server`, running.
final class ServerProcess {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  struct Missing: Error {}

  private static func url() throws -> URL {
    let places = [
      URL(fileURLWithPath: CommandLine.arguments.first ?? ""), Bundle.main.bundleURL,
      URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
    ].map { $0.deletingLastPathComponent().appendingPathComponent("enxerto-server") }
    guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else { throw Missing() }
    return found
  }

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = try Self.url()
    process.arguments = arguments
    process.environment = environment.merging([
      "PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": "/dev/null",
    ]) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// What it says on its first line: where it listens.
  func port() async throws -> Int {
    let handle = output.fileHandleForReading
    let line = try await WebClient.blocking {
      var bytes = Data()
      while bytes.last != 0x0A, let byte = try handle.read(upToCount: 1), !byte.isEmpty {
        bytes += byte
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    return Int(
      line.split(separator: ":").last?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "")
      ?? 0
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Its exit code, and what it wrote.
  func end() async throws -> (code: Int32, output: String, errors: String) {
    let (output, errors) = (output.fileHandleForReading, errors.fileHandleForReading)
    async let written = WebClient.blocking { try output.readToEnd() ?? Data() }
    async let said = WebClient.blocking { try errors.readToEnd() ?? Data() }
    let texts = try await (
      String(decoding: written, as: UTF8.self), String(decoding: said, as: UTF8.self)
    )
    process.waitUntilExit()
    return (process.terminationStatus, texts.0, texts.1)
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}
