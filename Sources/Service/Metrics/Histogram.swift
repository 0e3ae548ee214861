import Synchronization

/// Observations counted in buckets, as Prometheus has them.
final class Histogram: Sendable {
  private struct State {
    var counts: [Int]
    var sum = 0.0
    var count = 0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  /// - Parameter bounds: the upper bounds of the buckets, rising.
  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  /// From 0.5 ms to 30 s.
  static func ofTime() -> Histogram {
    Histogram(bounds: [
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ])
  }

  func observe(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
      state.count += 1
    }
  }

  func observe(_ time: Duration) { observe(time / .seconds(1)) }

  /// Its lines in the text format.
  ///
  /// - Parameter labels: such as `path="/v1/tag"`; empty for none.
  func lines(name: String, labels: String = "") -> String {
    let state = state.withLock { $0 }
    var (text, total) = ("", 0)
    let comma = labels.isEmpty ? "" : ","
    for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], state.counts) {
      total += count
      text += "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(total)\n"
    }
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    return text + "\(name)_sum\(braces) \(state.sum)\n\(name)_count\(braces) \(state.count)\n"
  }
}
