public import Corpora

/// Scores of predicted spans over a corpus: of each label, and summed up in three ways.
///
/// The labels are those of gold and predicted spans together, so a gold label that an adapter does
/// not know counts as missed. As in `seqeval`, the spans of a sentence are a set: a repeated one
/// counts once.
public struct NERScores: Hashable, Sendable {
  /// The score of one label.
  public struct LabelScore: Hashable, Sendable {
    public let label: String
    public let score: EntityScore
  }

  /// Keyed by the label's bytes: composed and decomposed letters are different labels.
  private var counts: [[UInt8]: EntityScore] = [:]

  public init() {}

  /// Scores a corpus.
  ///
  /// - Parameters:
  ///   - gold: the right spans of each sentence.
  ///   - predicted: the spans found in each of the same sentences.
  /// - Throws: ``NERScoresError`` where the numbers of sentences differ.
  public init(gold: [[EntitySpan]], predicted: [[EntitySpan]]) throws(NERScoresError) {
    guard gold.count == predicted.count else {
      throw .sentences(gold: gold.count, predicted: predicted.count)
    }
    for (gold, predicted) in zip(gold, predicted) { add(gold: gold, predicted: predicted) }
  }

  /// Adds the counts of other sentences.
  public mutating func add(_ other: NERScores) {
    for (label, score) in other.counts { counts[label, default: EntityScore()] += score }
  }

  /// Adds counts of one label, as another scorer found them.
  mutating func add(_ score: EntityScore, label: some Sequence<UInt8>) {
    counts[Array(label), default: EntityScore()] += score
  }

  /// Every label's counts, by the label's bytes, in no order.
  var countsByLabel: [[UInt8]: EntityScore] { counts }

  /// Counts the spans of one more sentence.
  public mutating func add(gold: [EntitySpan], predicted: [EntitySpan]) {
    if gold.isEmpty, predicted.isEmpty { return }
    let gold = Set(gold.map(Key.init))
    let predicted = Set(predicted.map(Key.init))
    for key in gold { counts[key.label, default: EntityScore()].gold += 1 }
    for key in predicted {
      counts[key.label, default: EntityScore()].predicted += 1
      if gold.contains(key) { counts[key.label, default: EntityScore()].truePositives += 1 }
    }
  }

  private struct Key: Hashable {
    let label: [UInt8]
    let words: Range<Int>

    init(_ span: EntitySpan) {
      label = Array(span.label.utf8)
      words = span.words
    }
  }

  /// The score of each label, in the order of the labels' bytes.
  public var labels: [LabelScore] {
    counts.filter { $0.value.gold > 0 || $0.value.predicted > 0 }.sorted {
      $0.key.lexicographicallyPrecedes($1.key)
    }.map {
      LabelScore(label: String(decoding: $0.key, as: UTF8.self), score: $0.value)
    }
  }

  /// All labels counted together: what `conlleval` prints as overall, and the figure to report.
  public var micro: EntityScore {
    counts.values.reduce(into: EntityScore()) { sum, score in
      sum.truePositives += score.truePositives
      sum.predicted += score.predicted
      sum.gold += score.gold
    }
  }

  /// The plain mean of each measure over the labels; so F1 is the mean of F1s, as in scikit-learn.
  public var macro: Measures {
    let scores = labels.map(\.score)
    return Self.mean(scores, weights: scores.map { _ in 1 })
  }

  /// The mean of each measure over the labels, weighted by their gold spans; 0 without gold spans.
  public var weighted: Measures {
    let scores = labels.map(\.score)
    return Self.mean(scores, weights: scores.map { Double($0.gold) })
  }

  static func mean(_ scores: [EntityScore], weights: [Double]) -> Measures {
    var sum = Measures(precision: 0, recall: 0, f1: 0)
    var total = 0.0
    for (score, weight) in zip(scores, weights) {
      sum.precision += score.precision * weight
      sum.recall += score.recall * weight
      sum.f1 += score.f1 * weight
      total += weight
    }
    guard total > 0 else { return sum }
    return Measures(
      precision: sum.precision / total, recall: sum.recall / total, f1: sum.f1 / total)
  }
}

/// Why gold and predicted sentences cannot be compared.
public enum NERScoresError: Error, Hashable, Sendable, CustomStringConvertible {
  case sentences(gold: Int, predicted: Int)

  public var description: String {
    switch self {
    case .sentences(let gold, let predicted):
      "expected predictions for the \(gold) sentences of the gold corpus, found \(predicted)"
    }
  }
}
