/// Fits by how much "no answer" must be likelier than the best answer before it is what is said: the threshold of the
/// best F1 on a dev corpus, as the official evaluation of SQuAD 2.0 looks for it (`find_best_thresh`).
package enum NullThreshold {
  /// What came of one question.
  package struct Outcome: Sendable {
    /// How much likelier no answer is than the best one.
    package let margin: Double
    /// The scores of the best answer.
    let exact: Double
    let f1: Double
    /// Whether there is a right answer.
    let isAnswerable: Bool

    /// - Parameters:
    ///   - answer: the text of the best answer.
    ///   - gold: the right ones; none where there is no answer.
    package init(answer: String, gold: [String], margin: Double) {
      self.margin = margin
      isAnswerable = !gold.isEmpty
      (exact, f1) = SQuADScores.scores(answer, of: gold, version: gold.isEmpty ? .v2 : .v1)
    }
  }

  /// The threshold; 0 where there are no questions of either kind.
  package static func fit(_ outcomes: [Outcome]) -> Double {
    guard outcomes.contains(where: \.isAnswerable), !outcomes.allSatisfy(\.isAnswerable)
    else { return 0 }
    // From none answered on, the surest first.
    let order = outcomes.filter { !$0.margin.isNaN }.sorted { $0.margin < $1.margin }
    var sum = 0.0
    var best = (sum: 0.0, threshold: order.first.map { $0.margin - 1 } ?? 0)
    for (index, outcome) in order.enumerated() {
      sum += outcome.isAnswerable ? outcome.f1 : -1
      let next = index + 1 < order.count ? order[index + 1].margin : outcome.margin + 1
      guard sum > best.sum, next > outcome.margin else { continue }
      best = (sum, (outcome.margin + next) / 2)
    }
    return best.threshold.isFinite ? best.threshold : 0
  }

  /// The scores under a threshold, as fractions; nil: every question is answered.
  package static func scores(
    _ outcomes: [Outcome], threshold: Double?
  ) -> (exact: Double, f1: Double, answered: Int) {
    var (exact, f1, answered) = (0.0, 0.0, 0)
    for outcome in outcomes {
      if let threshold, outcome.margin > threshold {
        let score = outcome.isAnswerable ? 0.0 : 1
        exact += score
        f1 += score
      } else {
        answered += 1
        exact += outcome.exact
        f1 += outcome.f1
      }
    }
    let count = Double(max(1, outcomes.count))
    return (exact / count, f1 / count, answered)
  }
}
