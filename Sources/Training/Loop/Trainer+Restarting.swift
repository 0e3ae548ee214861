extension Trainer {
  /// What is done about trouble: the run begins again at lower rates, once, and this is true; after
  /// that it goes on with a warning, or ends where it can do no more.
  ///
  /// - Throws: `TrainingError.notFinite`.
  mutating func begunAgain(
    after trouble: Trouble, _ report: (TrainingEvent) -> Void
  ) throws -> Bool {
    let configuration = setup.configuration
    // Of a run that is too slow a slower one finds no more.
    let mayHelp = trouble != .collapsed || !progress.rates.areLow(usual: usualRates)
    if progress.restarts < configuration.restarts, mayHelp {
      try beginAgain(after: trouble, report)
      return true
    }
    if case .notFinite(let what, let step) = trouble {
      throw TrainingError.notFinite(
        what: what, epoch: progress.epoch + 1, step: step,
        saved: saver.hasSaved || setup.resumes)
    }
    guard !progress.hasWarned else { return false }
    progress.hasWarned = true
    let advice = mayHelp ? "lower" : "higher"
    let again = progress.restarts > 0 ? " again" : ""
    report(
      .warning(
        "epoch \(progress.epoch + (trouble == .collapsed ? 0 : 1)): the run has\(again) "
          + "\(trouble.text(collapse: task.collapse)); it goes on, and the best epoch is kept; try \(advice) learning rates"
      )
    )
    return false
  }

  /// From the initial weights and the same seed, at lower rates. What was best so far is kept until
  /// an epoch is better.
  private mutating func beginAgain(
    after trouble: Trouble, _ report: (TrainingEvent) -> Void
  ) throws {
    let rates = progress.rates.lowered(usual: usualRates)
    let isEpochsEnd = trouble == .collapsed
    let restart = TrainingRestart(
      epoch: progress.epoch + (isEpochsEnd ? 0 : 1),
      step: isEpochsEnd
        ? plan.batches(epoch: progress.epoch - 1).count
        : min(progress.step + 1, plan.batches(epoch: progress.epoch).count),
      reason: "the run has \(trouble.text(collapse: task.collapse))", learningRate: rates.prompt,
      headLearningRate: rates.head)
    initialWeights.restore(&model)
    optimiser = AdamW(weightDecay: setup.configuration.weightDecay)
    let before = progress
    progress = TrainingState.Progress(
      configuration: before.configuration, threads: before.threads, engine: before.engine,
      corpus: before.corpus,
      epoch: 0, step: 0, optimiserStep: 0, lossSum: 0, losses: 0, bestEpoch: before.bestEpoch,
      bestF1: before.bestF1, bestExact: before.bestExact, isFinished: false, rates: rates,
      hasFoundRates: before.hasFoundRates, restarts: before.restarts + 1,
      isBestEarlier: before.bestEpoch != nil)
    log.add(restart)
    report(.restarted(restart))
    // Untrained weights replace nothing that another run may have left.
    if saver.hasSaved || setup.resumes { try save(report) }
  }
}
