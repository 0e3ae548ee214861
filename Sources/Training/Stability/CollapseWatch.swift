/// Notices a model that has collapsed: one that finds nothing (tags every word O) where there is something, late enough
/// in the run, and whose loss is that of a model that reads nothing.
struct CollapseWatch: Codable, Hashable, Sendable {
  /// What an epoch came to.
  struct Epoch: Sendable {
    /// Updates since the run began.
    var steps: Int
    /// Mean loss in training.
    var loss: Double
    /// What was found in the corpus that was evaluated, and what it has.
    var predicted: Int
    var gold: Int
  }

  /// From when on a model should have found something.
  struct Limits: Hashable, Sendable {
    /// Updates.
    let steps: Int
    /// A mean loss below this shows that something is learned, found or not.
    let loss: Double

    /// - Parameters:
    ///   - chanceLoss: in nats: what a model reaches that reads nothing.
    init(chanceLoss: Double, schedule: LearningRateSchedule) {
      // Few examples find nothing in their first epochs, and short runs may end before that.
      steps = max(schedule.warmupSteps, schedule.totalSteps / 4, Self.fewestSteps)
      loss = 0.9 * chanceLoss
    }

    static let fewestSteps = 100
  }

  static let epochs = 2

  /// Epochs in a row that found nothing.
  private(set) var silentEpochs = 0

  init() {}

  /// Takes one more epoch; true where the model has collapsed.
  mutating func add(_ epoch: Epoch, limits: Limits) -> Bool {
    let isSilent = epoch.predicted == 0 && epoch.gold > 0 && epoch.loss >= limits.loss
    silentEpochs = isSilent ? silentEpochs + 1 : 0
    return silentEpochs >= Self.epochs && epoch.steps >= limits.steps
  }
}
