/// How well predicted spans agree with gold spans, as counts and the measures made of them.
///
/// A predicted span is right where a gold span of its sentence has the same label and words.
/// As in `conlleval` and `seqeval`, a measure whose denominator is zero is zero.
public struct EntityScore: Hashable, Sendable {
  /// Predicted spans that are right.
  public var truePositives: Int
  /// All predicted spans.
  public var predicted: Int
  /// All gold spans.
  public var gold: Int

  public init(truePositives: Int = 0, predicted: Int = 0, gold: Int = 0) {
    self.truePositives = truePositives
    self.predicted = predicted
    self.gold = gold
  }

  /// Adds the counts of other sentences.
  public static func += (left: inout EntityScore, right: EntityScore) {
    left.truePositives += right.truePositives
    left.predicted += right.predicted
    left.gold += right.gold
  }

  /// Right among predicted: tp / predicted, in 0...1.
  public var precision: Double { predicted == 0 ? 0 : Double(truePositives) / Double(predicted) }

  /// Right among gold: tp / gold, in 0...1.
  public var recall: Double { gold == 0 ? 0 : Double(truePositives) / Double(gold) }

  /// The harmonic mean of both, 2pr / (p + r), computed from them as `conlleval` and `seqeval` do.
  public var f1: Double {
    let sum = precision + recall
    return sum == 0 ? 0 : 2 * precision * recall / sum
  }

  /// Precision, recall and F1 together.
  public var measures: Measures { Measures(precision: precision, recall: recall, f1: f1) }

  /// The same in percent, in `conlleval`'s order of operations, so that two printed decimals agree
  /// with it even where the third is a five.
  public var percentages: Measures {
    let precision = predicted == 0 ? 0 : 100 * Double(truePositives) / Double(predicted)
    let recall = gold == 0 ? 0 : 100 * Double(truePositives) / Double(gold)
    let sum = precision + recall
    return Measures(
      precision: precision, recall: recall, f1: sum == 0 ? 0 : 2 * precision * recall / sum)
  }
}

/// Precision, recall and F1, as fractions in 0...1 where nothing else is said.
public struct Measures: Hashable, Sendable, Codable {
  public var precision: Double
  public var recall: Double
  public var f1: Double

  public init(precision: Double, recall: Double, f1: Double) {
    self.precision = precision
    self.recall = recall
    self.f1 = f1
  }
}
