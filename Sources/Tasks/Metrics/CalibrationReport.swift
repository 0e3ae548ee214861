public import Corpora

/// How well confidences say how often spans are right: predicted spans in bins of equal width by
/// their confidence (Guo et al. 2017, section 2).
///
/// Only sums are kept, whatever the size of the corpus.
public struct CalibrationReport: Hashable, Sendable {
  /// The spans whose confidence is above `from` and at most `to`; the first bin has 0 as well.
  public struct Bin: Hashable, Sendable {
    public let from: Double
    public let to: Double
    public fileprivate(set) var count = 0
    /// How many of them are right.
    public fileprivate(set) var correct = 0
    /// Of their confidences.
    public fileprivate(set) var confidenceSum = 0.0

    /// The mean; nil in an empty bin.
    public var confidence: Double? { count == 0 ? nil : confidenceSum / Double(count) }

    /// How much of them is right, in 0...1; nil in an empty bin.
    public var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }

    /// |accuracy − confidence|; nil in an empty bin.
    public var gap: Double? {
      count == 0 ? nil : abs(Double(correct) - confidenceSum) / Double(count)
    }
  }

  public private(set) var bins: [Bin]
  /// That the confidences were made with, where it is known (``TemperatureScaling``).
  public var temperature: Double?

  /// - Parameter binCount: at least 1.
  public init(binCount: Int = 10) {
    precondition(binCount > 0)
    let width = Double(binCount)
    bins = (0..<binCount).map { Bin(from: Double($0) / width, to: Double($0 + 1) / width) }
  }

  /// Counts one span.
  ///
  /// - Parameter confidence: in 0...1; what is outside counts as the nearer end, what is not a
  ///   number as 0.
  public mutating func add(confidence: Double, isRight: Bool) {
    // In this order, what is not a number becomes 0.
    let confidence = min(1, max(0, confidence.isNaN ? 0 : confidence))
    let index = self.index(of: confidence)
    bins[index].count += 1
    bins[index].confidenceSum += confidence
    if isRight { bins[index].correct += 1 }
  }

  /// Counts the spans of a sentence: right is one that gold has with the same label, byte for byte,
  /// and the same words.
  public mutating func add(_ predicted: [ScoredSpan], gold: [EntitySpan]) {
    for (confidence, isRight) in Self.events(predicted, gold: gold) {
      add(confidence: confidence, isRight: isRight)
    }
  }

  /// Each span's confidence, and whether gold has the span.
  static func events(
    _ predicted: [ScoredSpan], gold: [EntitySpan]
  ) -> [(confidence: Double, isRight: Bool)] {
    guard !predicted.isEmpty else { return [] }
    let gold = Set(gold.map(Key.init))
    return predicted.map { ($0.confidence, gold.contains(Key($0.span))) }
  }

  private struct Key: Hashable {
    let label: [UInt8]
    let words: Range<Int>

    init(_ span: EntitySpan) {
      label = Array(span.label.utf8)
      words = span.words
    }
  }

  /// The first bin that does not end before the confidence.
  private func index(of confidence: Double) -> Int {
    var index = min(bins.count - 1, Int(confidence * Double(bins.count)))
    // Products are rounded, limits are what they are.
    while index > 0, confidence <= bins[index].from { index -= 1 }
    while index < bins.count - 1, confidence > bins[index].to { index += 1 }
    return index
  }

  /// How many spans there are.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// How many are right.
  public var correct: Int { bins.reduce(0) { $0 + $1.correct } }

  /// The mean over all spans; nil without any.
  public var confidence: Double? {
    count == 0 ? nil : bins.reduce(0) { $0 + $1.confidenceSum } / Double(count)
  }

  /// How much of all spans is right; nil without any.
  public var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }

  /// The expected calibration error, in 0...1: the mean of the bins' gaps, each weighted by its
  /// spans (equation 3); nil without spans.
  public var expectedError: Double? {
    guard count > 0 else { return nil }
    return bins.reduce(0) { $0 + abs(Double($1.correct) - $1.confidenceSum) } / Double(count)
  }

  /// The greatest gap of a bin (equation 5); nil without spans.
  public var maximumError: Double? { bins.compactMap(\.gap).max() }
}
