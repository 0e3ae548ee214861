import Foundation
import Inference
import Kernels
import Tasks

/// What is told of an adapter.
struct AdapterDescription: Encodable {
  var name: String
  var task: String
  var labels: [String]
  var template: String
  /// That it was trained at.
  var precision: String
  var encoder: String
  var bytes: Int
  var loaded: Date
  /// Between 0 and 1, where it was measured when it was trained.
  var devF1: Double?
  var devExact: Double?

  init(_ adapter: LoadedAdapter) {
    let configuration = adapter.configuration
    name = adapter.name
    task = configuration.task.rawValue
    labels = configuration.labels
    template = configuration.template
    precision = configuration.precision.rawValue
    encoder = configuration.encoder.name
    bytes = adapter.byteCount
    loaded = adapter.loadedAt
    devF1 = configuration.outcome?.devF1
    devExact = configuration.outcome?.devExact
  }
}
