import ArgumentParser

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train an adapter.", subcommands: [TrainNER.self, TrainQA.self])
}
