import Encoders
import Foundation
import Kernels
import Tasks

/// Everything that continuing a run needs beside the adapter: the trained parameters, the
/// optimiser's moments, and where the run was. Kept in `training.safetensors`.
struct TrainingState: Sendable {
  static let file = "training.safetensors"
  static let logFile = "training.jsonl"

  /// Numbers and settings, kept as JSON in the file's metadata.
  struct Progress: Codable, Hashable, Sendable {
    var configuration: TrainingConfiguration
    var threads: Int
    /// What made the encoder's products: another gives other last bits.
    var engine: ProductEngine
    /// The same of what is trained.
    var trainedEngine = Product.fastest
    /// A fingerprint of what is trained on and selected by.
    var corpus: String
    /// Epochs done, and steps of the next one done.
    var epoch: Int
    var step: Int
    /// Updates of the optimiser.
    var optimiserStep: Int
    /// Sums over the epoch's steps so far.
    var lossSum: Double
    var losses: Int
    /// The best epoch so far and its dev F1.
    var bestEpoch: Int?
    var bestF1: Double?
    var bestExact: Double?
    var lastF1: Double?
    var isFinished: Bool
    /// Those in effect: as configured, as found, or lowered by a restart.
    var rates: LearningRates
    /// Whether they were looked for, and need not be again.
    var hasFoundRates = false
    /// How often the run has begun again.
    var restarts = 0
    /// Whether the best epoch is one of before the restart.
    var isBestEarlier = false
    var lossWatch = LossWatch()
    var collapseWatch = CollapseWatch()
    /// Whether the user was told of trouble that there is no restart left for.
    var hasWarned = false
  }

  var progress: Progress
  /// By the parameter's name.
  var values: [String: [Float]]
  var moments: [String: AdamW.Moments]

  init(progress: Progress, model: AdapterModel, optimiser: AdamW) {
    self.progress = progress
    var values: [String: [Float]] = [:]
    var model = model
    model.visitParameters { values[$0.name] = $0.value.values }
    self.values = values
    moments = optimiser.moments
  }

  /// The bytes of `training.safetensors`.
  func contents() throws -> Data {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try coder.encode(progress), as: UTF8.self)
    var tensors: [SafetensorsWriter.Tensor] = []
    for name in values.keys.sorted() {
      guard let value = values[name] else { continue }
      tensors.append((name, [value.count], value))
      guard let moments = moments[name] else { continue }
      tensors.append(("\(name).first_moment", [value.count], moments.first))
      tensors.append(("\(name).second_moment", [value.count], moments.second))
    }
    return SafetensorsWriter.encode(tensors, metadata: ["progress": json])
  }

  /// Reads the state that an adapter's folder keeps.
  ///
  /// - Parameter check: looks at the progress before the rest is read: a state of other options may
  ///   have other tensors than `model`, and the options are what the user can do something about.
  init(
    folder: URL, model: AdapterModel, check: (Progress, _ path: String) throws -> Void
  ) throws {
    let url = folder.appendingPathComponent(Self.file)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw AdapterError(
        .missing, path: folder.path, expected: "\(Self.file), to resume from", found: "none")
    }
    let file = try SafetensorsFile(mapping: url)
    guard let json = file.metadata["progress"],
      let progress = try? JSONDecoder().decode(Progress.self, from: Data(json.utf8))
    else {
      throw AdapterError(
        .malformed, path: url.path, expected: "the progress of a training run", found: "none")
    }
    try check(progress, url.path)
    self.progress = progress
    var values: [String: [Float]] = [:]
    var moments: [String: AdamW.Moments] = [:]
    var model = model
    func numbers(_ name: String, count: Int) throws -> [Float] {
      let numbers = try file.tensor(name, shape: [count]).values
      guard Matrix(rows: 1, columns: count, values: numbers).isFinite else {
        throw AdapterError(
          .malformed, path: url.path, expected: "finite numbers in \(name)",
          found: "one that is not")
      }
      return numbers
    }
    try model.visitParameters { parameter in
      let (name, count) = (parameter.name, parameter.value.count)
      values[name] = try numbers(name, count: count)
      if file.contains("\(name).first_moment") {
        moments[name] = AdamW.Moments(
          first: try numbers("\(name).first_moment", count: count),
          second: try numbers("\(name).second_moment", count: count))
      }
    }
    self.values = values
    self.moments = moments
  }

  /// Gives a model the values of this state.
  func restore(_ model: inout AdapterModel) {
    model.visitParameters { parameter in
      guard let values = values[parameter.name] else { return }
      parameter.value = Matrix(
        rows: parameter.value.rows, columns: parameter.value.columns, values: values)
    }
  }
}
