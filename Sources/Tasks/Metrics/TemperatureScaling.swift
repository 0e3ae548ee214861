public import Corpora
import Foundation

/// Fits the temperature that logits are divided by before they become probabilities (Guo et al.
/// 2017, *On Calibration of Modern Neural Networks*, section 4.2). Which spans are found stays as
/// it is.
///
/// With β = 1 / T the temperature is that of the least sum of
///
/// - the negative log-likelihood of what is seen on the dev corpus: that each span found is right or
///   not, with its confidence for the probability; or that each word has its tag;
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

  /// The temperature for the words of a dev corpus; 1 without any. The sum is strictly convex in β, so
  /// it has one minimum.
  ///
  /// - Parameters:
  ///   - logits: of each sentence, row-major, words × tags. What is not a number is the least.
  ///   - targets: the index of the right tag of each word, in `0..<tagCount`.
  public static func fit(logits: [[Float]], targets: [[Int]], tagCount: Int) -> Double {
    let words = DevWords(logits: logits, targets: targets, tagCount: tagCount)
    // The root of the slope lies between; Newton's step in log β, or half-way where it leaves.
    var low = log(1 / range.upperBound)
    var high = log(1 / range.lowerBound)
    var place = 0.0
    var size = Double.infinity
    for _ in 0..<200 {
      let (slope, growth) = words.derivatives(exp(place))
      if slope == 0 { break }
      if slope < 0 { low = place } else { high = place }
      var next = place - slope / growth
      // Newton's step must at least halve, or it may circle.
      if !(next > low && next < high && 2 * abs(next - place) < size) { next = (low + high) / 2 }
      size = abs(next - place)
      place = next
      if size < 1e-12 { break }
    }
    return min(max(exp(-place), range.lowerBound), range.upperBound)
  }

  /// The mean negative log-likelihood of a word at a temperature, in nats; 0 without words.
  public static func meanLoss(
    logits: [[Float]], targets: [[Int]], tagCount: Int, temperature: Double
  ) -> Double {
    let words = DevWords(logits: logits, targets: targets, tagCount: tagCount)
    return words.count == 0 ? 0 : words.loss(1 / temperature) / Double(words.count)
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

/// What the fit looks at: each word's logits, and which is the right one.
private struct DevWords {
  private let sentences: [(logits: Logits, targets: [Int])]
  let count: Int

  init(logits: [[Float]], targets: [[Int]], tagCount: Int) {
    precondition(logits.count == targets.count, "each sentence has logits and targets")
    sentences = zip(logits, targets).map { (Logits($0, tagCount: tagCount), $1) }
    for (logits, targets) in sentences {
      precondition(logits.wordCount == targets.count, "each word has a target")
    }
    count = targets.reduce(0) { $0 + $1.count }
  }

  /// The sum over the words of their negative log-likelihood.
  func loss(_ beta: Double) -> Double {
    var sum = 0.0
    forEachWord { gaps in
      // Gaps are to the right tag's logit, so the greatest is not negative.
      let greatest = gaps.max() ?? 0
      var total = 0.0
      for gap in gaps { total += exp(beta * (gap - greatest)) }
      sum += log(total) + beta * greatest
    }
    return sum
  }

  /// The derivative of loss and prior in β, and how fast it grows with log β.
  func derivatives(_ beta: Double) -> (slope: Double, growth: Double) {
    var slope = TemperatureScaling.priorWeight * (1 - 1 / beta)
    var curvature = TemperatureScaling.priorWeight / (beta * beta)
    forEachWord { gaps in
      let greatest = gaps.max() ?? 0
      var (total, first, second) = (0.0, 0.0, 0.0)
      for gap in gaps {
        let weight = exp(beta * (gap - greatest))
        total += weight
        first += weight * gap
        second += weight * gap * gap
      }
      let mean = first / total
      slope += mean
      curvature += max(0, second / total - mean * mean)
    }
    return (slope, beta * curvature)
  }

  /// - Parameter body: takes what each logit of a word has more than the right tag's.
  private func forEachWord(_ body: ([Double]) -> Void) {
    var gaps: [Double] = []
    for (logits, targets) in sentences {
      gaps = [Double](repeating: 0, count: logits.tagCount)
      for (word, target) in targets.enumerated() {
        let right = logits[word, target]
        for tag in gaps.indices { gaps[tag] = logits[word, tag] - right }
        body(gaps)
      }
    }
  }
}
