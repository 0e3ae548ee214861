public import Kernels

/// What training tells while it runs.
public enum TrainingEvent: Sendable {
  case began(TrainingPlan)
  /// Steps of the search for learning rates done, and all that it may make.
  case findingLearningRates(step: Int, steps: Int)
  case foundLearningRates(LearningRateFinding)
  case step(StepProgress)
  case evaluating(words: Int)
  case epoch(EpochSummary)
  /// The run begins again, from its initial weights.
  case restarted(TrainingRestart)
  /// A save of the adapter and all that resuming needs is complete.
  case saved(epoch: Int)
  case warning(String)
}

/// What is about to be done.
public struct TrainingPlan: Sendable {
  public var counts: TaskCounts
  public var trainedValues: Int
  public var softRows: Int
  /// Keys and values of a layer.
  public var deepRows: Int
  public var epochs: Int
  public var batchSize: TrainingConfiguration.BatchSize
  /// Those in effect; where they are looked for, those that the search starts from.
  public var rates: LearningRates
  /// What is looked for before the first step.
  public var search: LearningRateSearch
  /// How the encoder's products are made.
  public var arithmetic: Arithmetic
  /// What was chosen from the data, and why; nil where nothing was.
  public var choices: String?
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
  /// Mean loss over this epoch's steps so far, in nats.
  public var loss: Double
  /// In this run, over the time spent on steps.
  public var wordsPerSecond: Double
  /// Until the last epoch ends, in seconds.
  public var secondsLeft: Double
  /// Of the last evaluation; nil before the first.
  public var devF1: Double?
}

/// One line of `training.jsonl`: an epoch.
public struct EpochSummary: Codable, Sendable {
  /// From 1.
  public var epoch: Int
  /// Steps since the beginning.
  public var steps: Int
  /// Mean loss, of a word in tagging, of a window in answering; in nats.
  public var loss: Double
  public var devPrecision: Double?
  public var devRecall: Double?
  public var devF1: Double?
  /// The share of exact answers.
  public var devExact: Double?
  /// Whether this is the best epoch so far.
  public var isBest: Bool
  public var wordsPerSecond: Double
  public var seconds: Double
}

/// One line of `training.jsonl`: what a search for learning rates came to.
public struct LearningRateFinding: Codable, Sendable {
  /// `learning-rate`, which tells this line from others.
  public private(set) var event = "learning-rate"
  public var learningRate: Float
  public var headLearningRate: Float
  /// Whether the search was of use; otherwise the rates are the usual ones.
  public var isConclusive: Bool
  /// By what the usual rates were multiplied, and the loss there.
  public var factors: [Double]
  public var losses: [Double]
}

/// One line of `training.jsonl`: the run begins again, and the next epoch is again the first.
public struct TrainingRestart: Codable, Sendable {
  /// `restart`, which tells this line from others.
  public private(set) var event = "restart"
  /// Where it was found necessary, both from 1.
  public var epoch: Int
  public var step: Int
  public var reason: String
  /// From now on.
  public var learningRate: Float
  public var headLearningRate: Float
}
