/// Notices a tagger that has collapsed to `O`: one that finds no entity where there are some, late
/// enough in the run, and whose loss is that of the tags' frequencies.
struct CollapseWatch: Codable, Hashable, Sendable {
  /// What an epoch came to.
  struct Epoch: Sendable {
    /// Updates since the run began.
    var steps: Int
    /// Mean loss of a word in training.
    var loss: Double
    /// Spans found in the corpus that was tagged, and those that it has.
    var predicted: Int
    var gold: Int
  }

  /// From when on a tagger should have found something.
  struct Limits: Hashable, Sendable {
    /// Updates.
    let steps: Int
    /// A mean loss of a word below this shows that something is learned, found or not.
    let loss: Double

    /// - Parameters:
    ///   - tagEntropy: of the tags' frequencies, in nats.
    init(tagEntropy: Double, schedule: LearningRateSchedule) {
      // Few examples find nothing in their first epochs, and short runs may end before that.
      steps = max(schedule.warmupSteps, schedule.totalSteps / 4, Self.fewestSteps)
      loss = 0.9 * tagEntropy
    }

    static let fewestSteps = 100
  }

  static let epochs = 2

  /// Epochs in a row that found nothing.
  private(set) var silentEpochs = 0

  init() {}

  /// Takes one more epoch; true where the tagger has collapsed.
  mutating func add(_ epoch: Epoch, limits: Limits) -> Bool {
    let isSilent = epoch.predicted == 0 && epoch.gold > 0 && epoch.loss >= limits.loss
    silentEpochs = isSilent ? silentEpochs + 1 : 0
    return silentEpochs >= Self.epochs && epoch.steps >= limits.steps
  }
}
