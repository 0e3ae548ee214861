import ArgumentParser
import Foundation
import Tasks
import Training

/// Where an adapter is to be saved, and whether it may be.
struct TrainingOutput {
  /// As the user wrote it.
  let name: String
  let target: URL
  let overwrite: Bool
  let resume: Bool
  let isOfTrials: Bool

  /// Makes sure that nothing is replaced that should not be, and that there is something to resume.
  func check() throws {
    if overwrite && resume {
      throw ValidationError("--overwrite and --resume: expected one of them, found both")
    }
    if isOfTrials { try checkTrials() }
    let manager = FileManager.default
    guard manager.fileExists(atPath: target.path) else {
      if resume && !isOfTrials {
        throw Failure(
          .missingInput, "\(name): expected an adapter to resume, found no such folder")
      }
      return
    }
    // Only adapters are replaced: a mistyped --output must not cost somebody's files.
    let isAdapter = manager.fileExists(
      atPath: target.appendingPathComponent(Adapter.configurationFile).path)
    let isEmpty = (try? manager.contentsOfDirectory(atPath: target.path))?.isEmpty ?? false
    if isEmpty { return }
    guard isAdapter else {
      throw Failure(
        .usage, "\(name): expected a new folder or an adapter's, found something else")
    }
    guard overwrite || resume else {
      throw Failure(
        .usage,
        "\(name): expected a new folder, found an adapter; --overwrite replaces it, "
          + "--resume goes on with it")
    }
  }

  private func checkTrials() throws {
    let manager = FileManager.default
    let trials = Trials.folder(ofOutput: target)
    if manager.fileExists(atPath: trials.path) {
      guard overwrite || resume else {
        throw Failure(
          .usage,
          "\(name).trials: expected no such folder, found the trials of an earlier run; "
            + "--overwrite removes them, --resume goes on with them")
      }
    } else if resume {
      let scores = target.appendingPathComponent(TrialSummary.file)
      guard manager.fileExists(atPath: scores.path) else {
        throw Failure(
          .missingInput, "\(name): expected trials to resume, found no \(name).trials")
      }
    }
  }
}
