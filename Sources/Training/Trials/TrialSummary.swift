/// What came of one seed.
public struct Trial: Codable, Hashable, Sendable {
  public var seed: UInt64
  /// The best epoch; nil where none was finished.
  public var epoch: Int?
  /// Its F1 on the dev corpus, a fraction.
  public var devF1: Double?
  /// The share of exact answers there; nil for other tasks.
  public var devExact: Double?
  /// How often the run began again at lower rates.
  public var restarts: Int
  /// Why the run ended before its time; what it had reached is kept.
  public var failure: String?

  public init(
    seed: UInt64, epoch: Int?, devF1: Double?, devExact: Double? = nil, restarts: Int = 0,
    failure: String? = nil
  ) {
    self.seed = seed
    self.epoch = epoch
    self.devF1 = devF1
    self.devExact = devExact
    self.restarts = restarts
    self.failure = failure
  }
}

/// What came of all seeds: the contents of `trials.json`.
public struct TrialSummary: Codable, Hashable, Sendable {
  /// The file in the adapter's folder.
  public static let file = "trials.json"

  /// In the order of the seeds.
  public let trials: [Trial]
  /// Whose adapter is kept: that of the highest dev F1, the first of several.
  public let bestSeed: UInt64?
  /// Of the dev F1 of the trials that have one.
  public let mean: Double?
  /// Of the same, as of a sample (over n − 1); nil where there are fewer than two.
  public let standardDeviation: Double?

  public init(_ trials: [Trial]) {
    self.trials = trials
    var best: (seed: UInt64, f1: Double)?
    for trial in trials {
      guard let f1 = trial.devF1 else { continue }
      if f1 > best?.f1 ?? -1 { best = (trial.seed, f1) }
    }
    bestSeed = best?.seed
    let scores = trials.compactMap(\.devF1)
    guard !scores.isEmpty else {
      mean = nil
      standardDeviation = nil
      return
    }
    let mean = scores.reduce(0, +) / Double(scores.count)
    self.mean = mean
    standardDeviation =
      scores.count < 2
      ? nil
      : (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count - 1))
        .squareRoot()
  }

  /// The trial whose adapter is kept.
  public var best: Trial? { trials.first { $0.seed == bestSeed } }
}
