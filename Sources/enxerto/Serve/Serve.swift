import ArgumentParser
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Becomes `enxerto-server`, which stands beside this program: whoever trains and tags builds no HTTP stack.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve taggers and answerers over HTTP.",
    discussion: """
      The server is a program of its own, enxerto-server, beside this one:
        swift build -c release --product enxerto-server

      Example:
        enxerto serve --adapter news=adapters/news --port 8080
      """)

  @Argument(parsing: .captureForPassthrough, help: "What enxerto-server takes; --help shows it.")
  var arguments: [String] = []

  func run() throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let server = URL(fileURLWithPath: own).deletingLastPathComponent()
      .appendingPathComponent("enxerto-server").path
    guard FileManager.default.isExecutableFile(atPath: server) else {
      throw Failure(
        .missingInput,
        "\(server): expected the server, found none; swift build -c release --product enxerto-server makes it"
      )
    }
    var pointers = ([server] + arguments).map { strdup($0) }
    pointers.append(nil)
    execv(server, pointers)
    throw Failure(
      .inputOutput,
      "\(server): expected a program that starts, found \(String(cString: strerror(errno)))")
  }
}
