public import Corpora

/// How many words have the right tag: the accuracy that `conlleval` and `seqeval` print.
public struct WordAccuracy: Hashable, Sendable {
  public private(set) var correct = 0
  public private(set) var total = 0

  public init() {}

  /// Counts one word.
  public mutating func add(isCorrect: Bool) {
    total += 1
    if isCorrect { correct += 1 }
  }

  /// Counts a sentence, whose words have the same tags, in the same scheme, on both sides or not.
  public mutating func add(gold: [String], predicted: [String]) {
    precondition(gold.count == predicted.count, "both sides tag the same words")
    for (left, right) in zip(gold, predicted) {
      add(isCorrect: left.utf8.elementsEqual(right.utf8))
    }
  }

  /// Counts a sentence of `count` words by the IOB2 tags that its spans would have.
  ///
  /// - Returns: false, with nothing counted, where spans overlap, which tags cannot say.
  public mutating func add(gold: [EntitySpan], predicted: [EntitySpan], count: Int) -> Bool {
    guard Self.areFlat(gold, count: count), Self.areFlat(predicted, count: count)
    else { return false }
    add(
      gold: TagScheme.iob2.encode(gold, count: count),
      predicted: TagScheme.iob2.encode(predicted, count: count))
    return true
  }

  private static func areFlat(_ spans: [EntitySpan], count: Int) -> Bool {
    var end = 0
    for words in spans.map(\.words).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard words.lowerBound >= end, !words.isEmpty, words.upperBound <= count
      else { return false }
      end = words.upperBound
    }
    return true
  }

  /// correct / total, in 0...1; 0 without words.
  public var fraction: Double { total == 0 ? 0 : Double(correct) / Double(total) }

  /// In percent, in `conlleval`'s order of operations.
  public var percentage: Double { total == 0 ? 0 : 100 * Double(correct) / Double(total) }
}
