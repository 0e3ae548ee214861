import Kernels
import Tasks

/// What an adapter is trained for, as the loop sees it: examples, their losses, and scores on a dev corpus.
protocol TrainingTask: Sendable {
  /// The words of each example: what a batch may hold, and what a rate counts.
  var exampleWords: [Int] { get }
  /// The loss of a model that reads nothing, in nats.
  var chanceLoss: Double { get }
  /// Changes with anything that is trained on or selected by, in hexadecimal.
  var fingerprint: String { get }
  /// What there is, for the log.
  var counts: TaskCounts { get }
  /// What the adapter says beside its numbers.
  var adapter: AdapterConfiguration { get }
  /// How a model shows that it has collapsed: "it tags every word O".
  var collapse: String { get }

  /// How many losses an example has part in.
  func lossCount(of example: Int) -> Int

  /// The mean loss of a batch; the gradients of `model` become those of this batch.
  ///
  /// - Parameter random: a stream of this step alone.
  mutating func gradients(
    of model: inout AdapterModel, batch: [Int],
    random: (_ purpose: String, _ shard: Int) -> RandomStream
  ) -> Double

  /// The scores of a model on the dev corpus; where there is none, on some of the training corpus.
  mutating func evaluate(_ model: FoldedModel) -> DevScores

  /// Writes down what was fitted in the last evaluation on a dev corpus.
  func settle(_ configuration: inout AdapterConfiguration)
}

/// How much there is to train on and to select by.
public struct TaskCounts: Hashable, Sendable {
  /// What an example of a corpus is called, in the plural: sentences or questions.
  public var unit: String
  public var training: Int
  /// Of all examples together, questions' passages counted once for each window of each question.
  public var trainingWords: Int
  public var dev: Int
  public var devWords: Int
  /// What is told in addition: the labels, say.
  public var detail: String
}

/// What a model comes to on a dev corpus.
struct DevScores: Sendable {
  /// nil for tasks that have none.
  var precision: Double?
  var recall: Double?
  /// Of exact answers; nil for tasks that have none.
  var exact: Double?
  /// What the best epoch is selected by, a fraction.
  var f1: Double
  /// What was found, and what there was to find.
  var predicted: Int
  var gold: Int
  /// Whether what it is all made of were numbers.
  var isFinite = true
}
