/// What training tells while it runs.
public enum TrainingEvent: Sendable {
  case began(TrainingPlan)
  case step(StepProgress)
  case evaluating(words: Int)
  case epoch(EpochSummary)
  /// A save of the adapter and all that resuming needs is complete.
  case saved(epoch: Int)
  case warning(String)
}

/// What is about to be done.
public struct TrainingPlan: Sendable {
  public var trainingSentences: Int
  public var trainingWords: Int
  public var devSentences: Int
  public var labels: [String]
  public var trainedValues: Int
  public var softRows: Int
  public var epochs: Int
  public var totalSteps: Int
  /// Steps done before, by the run that is resumed.
  public var stepsDone: Int
}

/// Where training is.
public struct StepProgress: Sendable {
  /// From 1.
  public var epoch: Int
  public var epochs: Int
  /// Steps of this epoch done, and all of them.
  public var step: Int
  public var steps: Int
  /// Mean loss of a word over this epoch's steps so far, in nats.
  public var loss: Double
  /// In this run, over the time spent on steps.
  public var wordsPerSecond: Double
  /// Until the last epoch ends, in seconds.
  public var secondsLeft: Double
  /// Of the last evaluation; nil before the first.
  public var devF1: Double?
}

/// One line of `training.jsonl`.
public struct EpochSummary: Codable, Sendable {
  /// From 1.
  public var epoch: Int
  /// Steps since the beginning.
  public var steps: Int
  /// Mean loss of a word, in nats.
  public var loss: Double
  public var devPrecision: Double?
  public var devRecall: Double?
  public var devF1: Double?
  /// Whether this is the best epoch so far.
  public var isBest: Bool
  public var wordsPerSecond: Double
  public var seconds: Double
}
