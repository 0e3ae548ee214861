import Kernels
import Logging

extension ServiceConfiguration {
  /// Every setting, in the order in which they are printed.
  static let settings: [Setting] = [
    .text("host", \.host), .integer("port", \.port, 0...65_535), .text("encoder", \.encoder),
    .list("adapter", \.adapter), .text("adapters", \.adapters),
    .one(
      "precision", \.precision, expected: "auto, float32, bf16 or int8",
      value: PrecisionChoice.init(text:), text: \.text),
    .one(
      "threads", \.threads, expected: "a number from 1",
      value: { text in Int(text).flatMap { $0 > 0 ? .some($0) : nil } },
      text: { $0.map(String.init) }),
    .text("tokens", \.tokens), .text("certificate", \.certificate), .text("key", \.key),
    .flag("insecure", \.insecure),
    .one(
      "log-level", \.logLevel,
      expected: "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
      value: Logger.Level.init(rawValue:), text: { $0.rawValue }),
    .flag("log-texts", \.logTexts),
    .integer("body-bytes", \.limits.bodyBytes), .integer("text-bytes", \.limits.textBytes),
    .integer("line-bytes", \.limits.lineBytes), .integer("adapter-bytes", \.limits.adapterBytes),
    .integer("loaded-adapters", \.limits.loadedAdapters),
    .integer("depth", \.limits.depth, 1...64), .integer("batch-items", \.limits.batchItems),
    .integer("items-at-a-time", \.limits.itemsAtATime),
    .integer("connections", \.limits.connections),
    .integer("requests-in-flight", \.limits.requestsInFlight),
    .seconds("request-seconds", \.limits.requestSeconds),
    .seconds("idle-seconds", \.limits.idleSeconds), .integer("queue-rows", \.limits.queueRows),
    .seconds("queue-seconds", \.limits.queueSeconds),
    .seconds("drain-seconds", \.drainSeconds, from: 0),
    .seconds("shutdown-seconds", \.shutdownSeconds),
  ]
}

extension ServiceConfiguration.PrecisionChoice {
  fileprivate init?(text: String) {
    if text == "auto" {
      self = .automatic
    } else if let precision = Precision(rawValue: text) {
      self = .fixed(precision)
    } else {
      return nil
    }
  }

  fileprivate var text: String? {
    switch self {
    case .asTrained: nil
    case .automatic: "auto"
    case .fixed(let precision): precision.rawValue
    }
  }
}
