import ArgumentParser
import Foundation

@main
struct Enxerto: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enxerto",
    abstract: """
      Named-entity recognition and question answering with a small adapter on a frozen pretrained encoder.
      """,
    version: "0.1.0",
    subcommands: [
      Train.self, Tag.self, Answer.self, Evaluate.self, Convert.self, Inspect.self, Serve.self,
    ])

  static func main() {
    // A reader that went away shows as an error of write, which ends the program quietly.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch {
        Failure.exit(with: error)
      }
    } catch {
      exit(withError: error)
    }
  }
}
