import Foundation
import Tasks

/// The drawings in an adapter's folder.
struct AdapterPlots {
  private let folder: URL

  private static let reliability = "reliability.svg"
  private static let curves = "learning-curves.svg"

  /// - Throws: `AdapterError` where the folder takes no files: before there is anything to draw, for
  ///   finding that out may take long.
  init(folder path: String) throws {
    folder = URL(fileURLWithPath: path, isDirectory: true)
    for name in [Self.reliability, Self.curves] {
      var isFolder: ObjCBool = false
      let path = folder.appendingPathComponent(name).path
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      guard !isFolder.boolValue else {
        throw AdapterError(
          .inputOutput, path: path, expected: "a place for a file", found: "a folder")
      }
    }
    let name = ".plots-\(ProcessInfo.processInfo.processIdentifier)"
    try Self.write("", to: folder.appendingPathComponent(name), named: folder)
    try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
  }

  func draw(
    _ calibration: CalibrationReport, keptEpoch: Int?, common: CommonOptions
  ) throws {
    let name = folder.standardizedFileURL.lastPathComponent
    try write(ReliabilityDiagram(calibration, name: name).svg, to: Self.reliability, common)
    guard let history = history(common) else { return }
    try write(
      LearningCurves(history, name: name, keptEpoch: keptEpoch).svg, to: Self.curves, common)
  }

  /// nil where there is nothing to draw, which is said: what was evaluated can be drawn all the same.
  private func history(_ common: CommonOptions) -> TrainingHistory? {
    let path = folder.appendingPathComponent(TrainingHistory.file).path
    do {
      guard let history = try TrainingHistory(folder: folder) else {
        common.warn(
          "\(path): expected a line for each epoch, found no such file; no \(Self.curves)")
        return nil
      }
      if let line = history.otherLines.first {
        let count = history.otherLines.count
        common.warn(
          "\(path):\(line): expected an epoch, found something else, "
            + "in \(count == 1 ? "one line" : "\(count) lines"); not drawn")
      }
      guard !history.epochs.isEmpty else {
        common.warn("\(path): expected a line for each epoch, found none; no \(Self.curves)")
        return nil
      }
      return history
    } catch {
      common.warn("\(error); no \(Self.curves)")
      return nil
    }
  }

  private func write(_ text: String, to name: String, _ common: CommonOptions) throws {
    let url = folder.appendingPathComponent(name)
    try Self.write(text, to: url, named: url)
    common.say("wrote \(url.relativePath)")
  }

  /// Writes a file whole or not at all.
  ///
  /// - Parameter place: what the error names.
  private static func write(_ text: String, to url: URL, named place: URL) throws {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw AdapterError(
        .inputOutput, path: place.path, expected: "a place that can be written",
        found: error.localizedDescription)
    }
  }
}
