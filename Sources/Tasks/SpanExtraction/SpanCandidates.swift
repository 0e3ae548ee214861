package import PTuning

/// A run of words that may be the answer.
package struct SpanCandidate: Hashable, Sendable {
  /// Words of the whole passage.
  package var words: Range<Int>
  /// The logarithm of how much likelier it is than that its window has no answer: the sum of its two logits less that
  /// of the two of `[CLS]`.
  package var score: Double
}

/// The best candidates of a passage's windows.
///
/// A score is a ratio within its window, so that scores of different windows can be compared: were the windows' answers
/// drawn one by one, and all but one turned out to be none, the odds of a candidate would be those
/// (docs/derivations.md).
package struct SpanCandidates: Sendable {
  /// How many are kept.
  package static let limit = 64

  /// The best first.
  package private(set) var best: [SpanCandidate] = []
  /// Whether every logit so far was a finite number; others give no candidates.
  package private(set) var isFinite = true
  private let maximumWords: Int

  /// - Parameter best: candidates to begin with, the best first.
  package init(_ best: [SpanCandidate] = [], maximumWords: Int) {
    self.best = best
    self.maximumWords = maximumWords
  }

  /// Adds those of a window: every start with every end that is not before it, of at most so many words.
  ///
  /// - Parameter logits: of the rows that the head reads, [rows, 2] row after row.
  package mutating func add(_ window: Layout, logits: [Float]) {
    guard logits.allSatisfy(\.isFinite) else {
      isFinite = false
      return
    }
    let places = SpanPlaces(window)
    let ends = places.ends.map { Double(logits[2 * $0 + 1]) }
    let null = Double(logits[2 * places.null]) + Double(logits[2 * places.null + 1])
    for (start, place) in places.starts.enumerated() {
      let base = Double(logits[2 * place]) - null
      for end in start..<min(start + maximumWords, ends.count) {
        let score = base + ends[end]
        guard isWanted(score) else { continue }
        let first = window.words.lowerBound
        add(SpanCandidate(words: first + start..<first + end + 1, score: score))
      }
    }
  }

  /// Adds those of later windows.
  package mutating func add(_ others: SpanCandidates) {
    isFinite = isFinite && others.isFinite
    for candidate in others.best where isWanted(candidate.score) { add(candidate) }
  }

  private func isWanted(_ score: Double) -> Bool {
    guard best.count == Self.limit, let last = best.last else { return true }
    return score > last.score
  }

  /// Of the same words in several windows the better counts.
  private mutating func add(_ candidate: SpanCandidate) {
    if let same = best.firstIndex(where: { $0.words == candidate.words }) {
      guard best[same].score < candidate.score else { return }
      best.remove(at: same)
    }
    var place = best.count
    while place > 0, best[place - 1].score < candidate.score { place -= 1 }
    best.insert(candidate, at: place)
    if best.count > Self.limit { best.removeLast() }
  }
}
