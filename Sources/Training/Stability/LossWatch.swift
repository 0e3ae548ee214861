import Foundation

/// Notices a loss that diverges: that stays, for many steps, far above what a model reaches
/// that reads nothing, after it was lower.
///
/// A run that learns too slowly is no such case: its loss is high, but has not risen.
struct LossWatch: Codable, Hashable, Sendable {
  /// When a loss counts as diverging.
  struct Limits: Hashable, Sendable {
    /// A mean loss, in nats.
    let loss: Double
    /// Steps in a row above it.
    let steps: Int

    /// - Parameters:
    ///   - chanceLoss: in nats: what a model reaches that reads nothing.
    ///   - totalSteps: of the run.
    init(chanceLoss: Double, totalSteps: Int) {
      // Of a corpus with hardly an entity the entropy is next to nothing, and one batch is above it.
      loss = 2 * max(chanceLoss, 0.1)
      steps = max(20, totalSteps / 20)
    }
  }

  /// How much of the mean is kept from step to step: the last ten steps count most.
  private static let decay = 0.9

  private var weighted = 0.0
  private var seen = 0
  /// The lowest mean so far.
  private var lowest: Double?
  private var stepsAbove = 0

  init() {}

  /// The running mean of the losses.
  var mean: Double {
    seen == 0 ? 0 : weighted / (1 - pow(Self.decay, Double(seen)))
  }

  /// Whether the numbers are such as `add` makes.
  var isPlausible: Bool {
    weighted.isFinite && weighted >= 0 && seen >= 0 && (0...seen).contains(stepsAbove)
      && (lowest ?? 0) >= 0
  }

  /// Takes the loss of one more step, a finite number; true where the run has diverged.
  mutating func add(_ loss: Double, limits: Limits) -> Bool {
    // Beyond this it matters no more how far.
    weighted = Self.decay * weighted + (1 - Self.decay) * min(loss, 1e6)
    seen += 1
    let mean = mean
    let lowest = min(lowest ?? mean, mean)
    self.lowest = lowest
    stepsAbove = mean > limits.loss && mean > 1.5 * lowest ? stepsAbove + 1 : 0
    return stepsAbove >= limits.steps
  }
}
