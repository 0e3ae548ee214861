import Tasks

extension Trainer {
  /// Looks for learning rates, where they are asked for and not found yet; false where the caller
  /// stops it, and nothing is found.
  ///
  /// Weights and optimiser are afterwards as they were.
  mutating func findRates(
    shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> Bool {
    let search = setup.configuration.search
    guard search != .none, !progress.hasFoundRates else { return true }
    defer {
      initialWeights.restore(&model)
      optimiser = AdamW(weightDecay: setup.configuration.weightDecay)
    }
    let steps = LearningRateCurve.steps(totalSteps: schedule.totalSteps)
    var curve = LearningRateCurve()
    for (step, batch) in firstBatches(steps).enumerated() {
      let factor = LearningRateCurve.factor(step: step, of: steps)
      let (loss, norm) = gradients(of: batch, for: "learning rate ", at: (0, step))
      guard curve.add(factor: factor, loss: loss), norm.isFinite else { break }
      let rates = rates(times: factor)
      optimiser.update(&model, threads: setup.threads) { rates.rate(of: $0) }
      report(.findingLearningRates(step: step + 1, steps: steps))
      if shouldStop() { return false }
    }
    let suggestion = curve.suggestion
    progress.rates = rates(times: suggestion ?? 1)
    progress.hasFoundRates = true
    let finding = LearningRateFinding(
      learningRate: progress.rates.prompt, headLearningRate: progress.rates.head,
      isConclusive: suggestion != nil, factors: curve.factors, losses: curve.losses)
    log.add(finding)
    report(.foundLearningRates(finding))
    return true
  }

  private func rates(times factor: Double) -> LearningRates {
    var rates = setup.configuration.rates
    rates.prompt *= Float(factor)
    if setup.configuration.search == .both { rates.head *= Float(factor) }
    return rates
  }

  /// The batches of the first epochs, as training draws them.
  private func firstBatches(_ count: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var epoch = 0
    while batches.count < count {
      let next = plan.batches(epoch: epoch).prefix(count - batches.count)
      guard !next.isEmpty else { break }
      batches += next
      epoch += 1
    }
    return batches
  }
}
