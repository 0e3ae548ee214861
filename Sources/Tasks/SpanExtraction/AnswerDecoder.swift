import Foundation

/// A run of words with the probability that it is the answer.
package struct ScoredAnswer: Hashable, Sendable {
  /// Words of the passage.
  package var words: Range<Int>
  package var probability: Double
  /// The logarithm of its odds against no answer, all that overlaps with it included.
  package var score: Double
}

/// What is found in a passage.
package struct AnswerPrediction: Hashable, Sendable {
  /// Disjoint runs of words, the most probable first.
  package var answers: [ScoredAnswer]
  /// The probability that there is no answer; with those of `answers` the sum is one.
  package var nullProbability: Double
  /// The logarithm of how much likelier no answer is than the best answer, before the threshold: what the threshold is
  /// compared with.
  package var nullMargin: Double

  /// The best answer; nil where no answer is likelier.
  package var answer: ScoredAnswer? {
    guard let best = answers.first, best.probability >= nullProbability else { return nil }
    return best
  }
}

/// Makes answers with probabilities of candidates.
package struct AnswerDecoder: Sendable {
  /// See ``AnsweringConfiguration/nullThreshold``.
  package var nullThreshold: Double?
  /// The most answers that are told.
  package var limit: Int

  package init(nullThreshold: Double?, limit: Int = 5) {
    self.nullThreshold = nullThreshold
    self.limit = max(1, limit)
  }

  /// Candidates that overlap with a better one say the same in other words: it gains their probability. What is beyond
  /// the limit, which changes nothing in what comes first, counts for nothing, so that the list and "no answer" together are certain.
  package func prediction(_ candidates: SpanCandidates) -> AnswerPrediction {
    guard let best = candidates.best.first else {
      return AnswerPrediction(answers: [], nullProbability: 1, nullMargin: .infinity)
    }
    var groups: [(words: Range<Int>, weight: Double)] = []
    func answer(_ group: (words: Range<Int>, weight: Double), of total: Double) -> ScoredAnswer {
      ScoredAnswer(
        words: group.words, probability: group.weight / total,
        score: best.score + log(group.weight))
    }
    for candidate in candidates.best {
      let weight = exp(candidate.score - best.score)
      if let group = groups.firstIndex(where: { $0.words.overlaps(candidate.words) }) {
        groups[group].weight += weight
      } else {
        groups.append((candidate.words, weight))
      }
    }
    // Of equal weights the better candidate comes first.
    let order = groups.indices.sorted {
      groups[$0].weight != groups[$1].weight ? groups[$0].weight > groups[$1].weight : $0 < $1
    }
    groups = order.prefix(limit).map { groups[$0] }
    let margin = -best.score - log(groups[0].weight)
    let null = nullThreshold.map { exp(-best.score - $0) } ?? 0
    // The null's odds may be beyond all numbers.
    let total = groups.reduce(null) { $0 + $1.weight }
    guard total.isFinite else {
      return AnswerPrediction(
        answers: groups.map { answer($0, of: .infinity) }, nullProbability: 1,
        nullMargin: margin)
    }
    return AnswerPrediction(
      answers: groups.map { answer($0, of: total) },
      nullProbability: null / total, nullMargin: margin)
  }
}
