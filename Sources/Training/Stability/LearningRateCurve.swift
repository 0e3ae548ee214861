import Foundation

/// What a learning-rate range test measures (Smith 2017, "Cyclical Learning Rates for Training Neural
/// Networks", section 3.3): the loss while the rates rise from step to step by the same factor.
struct LearningRateCurve: Codable, Hashable, Sendable {
  /// By what the usual rates are multiplied at the first and the last step.
  static let range = 1e-2...1e2
  /// What may come of it: the test is short and noisy, the usual rates are measured.
  static let suggestions = 0.1...10.0
  /// How much of the fall is done at the rates that are suggested.
  static let shareOfFall = 0.9
  /// How far they stay below those at which the loss has risen again by a quarter of its fall.
  static let belowRise = 4.0
  /// How many steps there are, at most and at least.
  static let stepRange = 30...100

  private(set) var factors: [Double] = []
  private(set) var losses: [Double] = []
  private var lowest = Double.greatestFiniteMagnitude

  init() {}

  /// How many steps the test of a run makes: fewer where the whole run has few.
  static func steps(totalSteps: Int) -> Int {
    min(max(totalSteps / 10, stepRange.lowerBound), stepRange.upperBound)
  }

  /// The factor of a step, from 0.
  static func factor(step: Int, of steps: Int) -> Double {
    let share = Double(step) / Double(max(1, steps - 1))
    return range.lowerBound * pow(range.upperBound / range.lowerBound, share)
  }

  /// Takes the loss before the update of a step; false where the test is over: nothing is learned
  /// from larger rates.
  mutating func add(factor: Double, loss: Double) -> Bool {
    guard loss.isFinite else { return false }
    factors.append(factor)
    losses.append(min(loss, 1e6))
    // The mean of five, since batches differ.
    let last = losses.suffix(5)
    let mean = last.reduce(0, +) / Double(last.count)
    if last.count == 5 { lowest = min(lowest, mean) }
    return mean <= 4 * lowest || losses.count < 10
  }

  /// The losses, each averaged with its neighbours on both sides, so that nothing is shifted.
  var smoothed: [Double] {
    let reach = max(2, losses.count / 12)
    return losses.indices.map { place in
      var (sum, weights) = (0.0, 0.0)
      for other in max(0, place - reach)...min(losses.count - 1, place + reach) {
        let weight = Double(reach + 1 - abs(other - place))
        sum += weight * losses[other]
        weights += weight
      }
      return sum / weights
    }
  }

  /// By what the usual rates are best multiplied; nil where the loss did not fall, so that the test
  /// says nothing.
  ///
  /// That is where nine tenths of the fall are done: the curve goes on almost level from there,
  /// so that where it is least is chance, until rates do harm.
  var suggestion: Double? {
    let smoothed = smoothed
    guard let first = smoothed.first, let last = factors.last,
      let least = smoothed.indices.min(by: { smoothed[$0] < smoothed[$1] }),
      smoothed[least] < 0.95 * first
    else { return nil }
    let fall = first - smoothed[least]
    let fallen = smoothed.firstIndex { $0 <= first - Self.shareOfFall * fall } ?? least
    let risen = smoothed.indices.first { $0 > least && smoothed[$0] > smoothed[least] + fall / 4 }
    let harmful = risen.map { factors[$0] } ?? last * Self.belowRise
    let factor = min(factors[fallen], harmful / Self.belowRise)
    return min(max(factor, Self.suggestions.lowerBound), Self.suggestions.upperBound)
  }
}
