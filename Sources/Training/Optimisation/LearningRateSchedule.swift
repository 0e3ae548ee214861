/// Linear warm-up from 0, then linear decay to 0 (`get_linear_schedule_with_warmup` of transformers).
package struct LearningRateSchedule: Hashable, Sendable {
  package let warmupSteps: Int
  package let totalSteps: Int

  /// - Parameter warmup: the share of the steps that warm up, in [0, 1].
  package init(totalSteps: Int, warmup: Double) {
    self.init(totalSteps: totalSteps, warmupSteps: Int(Double(totalSteps) * warmup))
  }

  package init(totalSteps: Int, warmupSteps: Int) {
    self.totalSteps = totalSteps
    self.warmupSteps = warmupSteps
  }

  /// By what the rate of a step is multiplied; steps count from 0.
  package func factor(step: Int) -> Float {
    if step < warmupSteps { return Float(step) / Float(max(1, warmupSteps)) }
    return max(0, Float(totalSteps - step) / Float(max(1, totalSteps - warmupSteps)))
  }
}
