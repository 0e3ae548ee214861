public import Corpora
import Foundation

/// Fits the temperature that logits are divided by before they become probabilities (Guo et al.
/// 2017, *On Calibration of Modern Neural Networks*, section 4.2). Which spans are found stays as
/// it is.
///
/// With β = 1 / T the temperature is that of the least sum of
///
/// - the negative log-likelihood of what is seen on the dev corpus: that each span found is right or
///   not, with its confidence for the probability;
/// - 4 (β − log β), a prior (gamma, with its mode at 1) under which log T deviates by about a half. So
///   a few that are all right do not make a tagger sure of everything, and without any it is 1.
///
/// People see the confidences of spans. Words are mostly outside of spans, easily told and many, so
/// that a temperature for words can leave spans as badly calibrated as they were.
public enum TemperatureScaling {
  /// How much the prior weighs.
  static let priorWeight = 4.0

  /// What is fitted stays within.
  public static let range = 0.05...20.0

  /// The temperature for the spans that are found on a dev corpus; 1 without any.
  ///
  /// - Parameters:
  ///   - decoder: that finds the spans; its own temperature does not matter.
  ///   - logits: of each sentence, row-major, words × tags.
  ///   - gold: the right spans of each sentence.
  public static func fit(
    decoder: TagDecoder, logits: [[Float]], gold: [[EntitySpan]]
  ) -> Double {
    precondition(logits.count == gold.count, "each sentence has logits and gold spans")
    // Dividing by a temperature changes no choice: tags are chosen once.
    let sentences = zip(logits, gold).compactMap { logits, gold in
      let tags = decoder.tags(logits: logits)
      return tags.contains { $0 != TagSet.outside } ? (logits, gold, tags) : nil
    }
    return fit { temperature in
      let tempered = TagDecoder(
        tagSet: decoder.tagSet, method: decoder.method, transitions: decoder.transitions,
        temperature: temperature)
      var events = SpanEvents()
      for (logits, gold, tags) in sentences {
        events.add(tempered.scoredSpans(of: tags, logits: logits), gold: gold)
      }
      return events
    }
  }

  /// The temperature for spans whose confidences depend on it as `events` says.
  ///
  /// - Parameter events: the spans found, always the same ones, as they are at a temperature.
  public static func fit(events: (_ temperature: Double) -> SpanEvents) -> Double {
    guard events(1).count > 0 else { return 1 }
    func sum(_ logarithm: Double) -> Double {
      let beta = exp(-logarithm)
      return events(exp(logarithm)).loss + priorWeight * (beta - log(beta))
    }
    // The best of a grid in log T, for there may be several valleys; then the bottom of its own, by
    // golden section.
    let (first, last) = (log(range.lowerBound), log(range.upperBound))
    let count = 12
    let step = (last - first) / Double(count)
    let grid = (0...count).map { first + Double($0) * step }
    let sums = grid.map(sum)
    let best = sums.indices.min { sums[$0] < sums[$1] } ?? 0
    var (low, high) = (max(first, grid[best] - step), min(last, grid[best] + step))
    let ratio = (5.0.squareRoot() - 1) / 2
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (leftSum, rightSum) = (sum(left), sum(right))
    while high - low > 1e-3 {
      if leftSum <= rightSum {
        (high, right, rightSum) = (right, left, leftSum)
        left = high - ratio * (high - low)
        leftSum = sum(left)
      } else {
        (low, left, leftSum) = (left, right, rightSum)
        right = low + ratio * (high - low)
        rightSum = sum(right)
      }
    }
    return min(max(exp((low + high) / 2), range.lowerBound), range.upperBound)
  }
}

/// How sure a tagger was of spans, and whether it was right to.
public struct SpanEvents: Hashable, Sendable {
  public private(set) var count = 0
  /// The sum of their negative log-likelihoods, in nats.
  public private(set) var loss = 0.0

  public init() {}

  /// Counts one span. No single one that is wrong outweighs all others, however sure the tagger was.
  public mutating func add(confidence: Double, isRight: Bool) {
    count += 1
    loss -= log(max(isRight ? confidence : 1 - confidence, 1e-12))
  }

  /// Counts the spans of a sentence; right is what ``CalibrationReport`` has as right.
  public mutating func add(_ found: [ScoredSpan], gold: [EntitySpan]) {
    for (confidence, isRight) in CalibrationReport.events(found, gold: gold) {
      add(confidence: confidence, isRight: isRight)
    }
  }
}
