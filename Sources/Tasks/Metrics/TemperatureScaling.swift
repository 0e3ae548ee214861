import Foundation

/// Fits the temperature that logits are divided by before they become probabilities (Guo et al.
/// 2017, *On Calibration of Modern Neural Networks*, section 4.2). Which tags are chosen stays as
/// it is.
///
/// With β = 1 / T the temperature is that of the least
///
///     ∑ (log ∑ exp(β z) − β z*) + β − log β
///
/// over the words of the dev corpus, with z all logits of a word and z* that of its right tag: their negative log-likelihood, and a prior on β (gamma, with
/// its mode at 1) that weighs about as much as one word. The sum is strictly convex in β, so it has
/// one minimum; the prior keeps it finite where every word is right, and at 1 where there is none.
public enum TemperatureScaling {
  /// What is fitted stays within.
  public static let range = 0.05...20.0

  /// The temperature for the words of a dev corpus; 1 without any.
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
    var slope = 1 - 1 / beta
    var curvature = 1 / (beta * beta)
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
