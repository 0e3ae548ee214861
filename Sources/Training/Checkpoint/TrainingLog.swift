import Foundation

/// `training.jsonl`: one line an epoch, and one for each of what else decided the run.
struct TrainingLog: Sendable {
  private(set) var contents = Data()

  init() {}

  /// The log of the run that is resumed.
  init(folder: URL) throws {
    let url = folder.appendingPathComponent(TrainingState.logFile)
    if FileManager.default.fileExists(atPath: url.path) { contents = try Data(contentsOf: url) }
  }

  mutating func add(_ entry: some Encodable) {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    // An entry holds finite numbers and strings alone, which JSON can say.
    guard let line = try? coder.encode(entry) else { return }
    contents += line + Data("\n".utf8)
  }
}
