import ArgumentParser
import Foundation
import Service

/// Serves adapters over HTTP; `enxerto serve` starts it.
@main
struct EnxertoServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enxerto serve", abstract: "Serve taggers and answerers over one encoder.",
    discussion: """
      Every setting has an environment variable as well (ENXERTO_SERVE_PORT), and a name in a file of JSON (--config); an option wins
      over a variable, a variable over the file. Listens on this machine alone unless told otherwise.

      Example:
        enxerto serve --adapter news=adapters/news --port 8080
      """)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("An adapter's name and folder; may be repeated.", valueName: "name=folder"))
  var adapter: [String] = []
  @Option(
    help: ArgumentHelp(
      "A folder of adapters: all in it are loaded, and requests may load from it and put into it.",
      valueName: "folder"))
  var adapters: String?
  @Option(help: "The encoder: a folder, or a name under models/; the first adapter remembers it.")
  var encoder: String?
  @Option(help: "Where to listen; any but a loopback address needs --tokens or --insecure.")
  var host: String?
  @Option(help: "The port to listen on; 0: one that is free.") var port: String?
  @Option(
    help:
      "float32, bf16, int8 or auto, for all adapters; as the first was trained unless said.")
  var precision: String?
  @Option(help: "Threads that take rows through the encoder; all processors unless said.")
  var threads: String?
  @Option(
    help: ArgumentHelp(
      "A file of bearer tokens, each with its rights and adapters.", valueName: "file"))
  var tokens: String?
  @Option(
    help: ArgumentHelp("A file with the certificate's chain (PEM), for TLS.", valueName: "file"))
  var certificate: String?
  @Option(help: ArgumentHelp("A file with the certificate's key (PEM).", valueName: "file"))
  var key: String?
  @Flag(help: "Listen to everybody without tokens.") var insecure = false
  @Option(help: ArgumentHelp("A file of settings.", valueName: "file")) var config: String?
  @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String?
  @Flag(help: "Write texts into the log.") var logTexts = false
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Any setting by its name; may be repeated.", valueName: "name=value"))
  var settings: [String] = []
  @Flag(help: "Print every setting and where it comes from, and end.") var printConfig = false

  private func options() throws -> [String: [String]] {
    var options: [String: [String]] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ConfigurationFault("--set: expected NAME=VALUE, found \(setting)")
      }
      options[parts[0], default: []].append(parts[1])
    }
    if !adapter.isEmpty { options["adapter", default: []] += adapter }
    let given: [(String, String?)] = [
      ("adapters", adapters),
      ("encoder", encoder), ("host", host), ("port", port), ("precision", precision),
      ("threads", threads), ("tokens", tokens), ("certificate", certificate), ("key", key),
      ("insecure", insecure ? "true" : nil), ("log-level", logLevel),
      ("log-texts", logTexts ? "true" : nil),
    ]
    for (name, value) in given {
      if let value { options[name, default: []].append(value) }
    }
    return options
  }

  func run() async throws {
    do {
      let environment = ProcessInfo.processInfo.environment
      let (configuration, origins) = try ServiceConfiguration.read(
        options: options(), environment: environment, file: config.map { URL(fileURLWithPath: $0) })
      if printConfig {
        print(configuration.text(origins: origins), terminator: "")
        return
      }
      try await Server(configuration, environment: environment).run()
    } catch {
      FileHandle.standardError.write(Data("enxerto serve: \(error)\n".utf8))
      throw ExitCode(ServerFailure.code(of: error))
    }
  }
}
