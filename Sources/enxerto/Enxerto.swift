import ArgumentParser

@main
struct Enxerto: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "enxerto")
}
