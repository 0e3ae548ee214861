import Foundation
import Tasks

/// Where trials are while they run: `OUTPUT.trials/seed-N`, each an adapter's folder.
struct TrialFolders: Sendable {
  let output: AtomicFolder
  let url: URL

  init(output: URL) {
    self.output = AtomicFolder(output)
    let output = self.output.url
    url = output.deletingLastPathComponent()
      .appendingPathComponent(output.lastPathComponent + ".trials")
  }

  var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  func folder(seed: UInt64) -> URL { url.appendingPathComponent("seed-\(seed)") }

  func hasTrial(seed: UInt64) -> Bool {
    FileManager.default.fileExists(atPath: folder(seed: seed).path)
  }

  /// The files of a trial's adapter.
  func files(seed: UInt64) throws -> [(name: String, contents: Data)] {
    let folder = folder(seed: seed)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, try Data(contentsOf: folder.appendingPathComponent($0)))
    }
  }

  /// Removes the trials, in one step for whoever looks: a resumed run must not find some of them.
  ///
  /// - Throws: `AdapterError` where the folder holds anything else.
  func remove() throws {
    let manager = FileManager.default
    guard exists else { return }
    let names = try manager.contentsOfDirectory(atPath: url.path)
    // Locks and half-made folders of a killed run begin with a dot.
    if let other = names.first(where: { !$0.hasPrefix("seed-") && !$0.hasPrefix(".seed-") }) {
      throw AdapterError(
        .inputOutput, path: url.path, expected: "a folder of trials, to be removed",
        found: "\(other) in it")
    }
    // The name is one of those that the next run of the same output clears away.
    let doomed = url.deletingLastPathComponent()
      .appendingPathComponent(".\(output.url.lastPathComponent).saving-trials")
    try? manager.removeItem(at: doomed)
    try manager.moveItem(at: url, to: doomed)
    try? manager.removeItem(at: doomed)
  }
}
