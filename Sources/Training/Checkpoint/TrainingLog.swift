import Foundation

/// `training.jsonl`: one line an epoch.
struct TrainingLog: Sendable {
  private(set) var contents = Data()

  init() {}

  /// The log of the run that is resumed.
  init(folder: URL) throws {
    let url = folder.appendingPathComponent(TrainingState.logFile)
    if FileManager.default.fileExists(atPath: url.path) { contents = try Data(contentsOf: url) }
  }

  mutating func add(_ summary: EpochSummary) {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    // A summary holds finite numbers and strings alone, which JSON can say.
    guard let line = try? coder.encode(summary) else { return }
    contents += line + Data("\n".utf8)
  }
}
