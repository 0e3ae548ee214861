import Foundation
import PTuning
import Tasks

/// Writes adapters of one run: the best weights so far beside the state of training.
struct AdapterSaver: Sendable {
  let folder: AtomicFolder
  let configuration: AdapterConfiguration
  /// The best epoch's; nil before the first epoch ends.
  var best: Adapter?
  /// Whether this run has saved anything.
  private(set) var hasSaved = false

  init(folder: AtomicFolder, configuration: AdapterConfiguration) {
    self.folder = folder
    self.configuration = configuration
  }

  /// What inference needs of a model: its reparameterization folded away.
  ///
  /// - Parameter settle: writes down what was fitted on the dev corpus.
  func adapter(
    _ model: AdapterModel, outcome: AdapterConfiguration.Outcome?,
    settle: (inout AdapterConfiguration) -> Void = { _ in }
  ) -> Adapter {
    var configuration = configuration
    configuration.outcome = outcome
    settle(&configuration)
    return Adapter(configuration: configuration, model: model.folded())
  }

  /// Replaces the folder, whole. Before the first epoch ends it holds the weights of the moment.
  mutating func save(
    model: AdapterModel, state: TrainingState, log: TrainingLog
  ) throws {
    let adapter = best ?? adapter(model, outcome: nil)
    var files = try adapter.files()
    files.append((TrainingState.file, try state.contents()))
    files.append((TrainingState.logFile, log.contents))
    try folder.save(files)
    hasSaved = true
  }
}
