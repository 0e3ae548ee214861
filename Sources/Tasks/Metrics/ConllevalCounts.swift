import Corpora

/// Counts as `conlleval` (2004 version) does, over gold and predicted tags side by side.
///
/// For tags of any scheme its figures are those of ``ConllevalChunks`` compared as sets. For tags
/// of none (`S` without a label, `[-X`) the script can end a chunk on one side only, or never, and
/// calls others right than a comparison of spans would; so the script's own walk is made here.
public struct ConllevalCounts: Sendable {
  /// Its accuracy: words, without boundaries, whose prefix and label are the same.
  public private(set) var accuracy = WordAccuracy()
  private var last = (gold: ConllevalTag.outside, predicted: ConllevalTag.outside)
  /// Whether a chunk is open that started on both sides with one label.
  private var inCorrect = false

  public init() {}

  /// Counts one sentence and the break after it.
  ///
  /// - Parameters:
  ///   - boundaries: words that are no words but `-X-`, which parts sentences.
  ///   - isEnd: whether the file ends with the sentence's last row, so that no break follows;
  ///     the script then calls chunks right that a break would have ended on one side only.
  /// - Returns: the counts of the sentence alone.
  public mutating func add(
    gold: [String], predicted: [String], boundaries: Set<Int> = [], isEnd: Bool = false
  ) -> NERScores {
    precondition(gold.count == predicted.count, "both sides tag the same words")
    var scores = NERScores()
    for (index, tags) in zip(gold, predicted).enumerated() {
      if boundaries.contains(index) {
        step(.outside, .outside, &scores)
        continue
      }
      let (right, found) = (ConllevalTag(tags.0), ConllevalTag(tags.1))
      step(right, found, &scores)
      accuracy.add(isCorrect: right.isSame(as: found))
    }
    if !isEnd { step(.outside, .outside, &scores) }
    return scores
  }

  /// Ends the last chunk, where nothing has ended it yet: counts to add to those of the last
  /// sentence.
  public mutating func finish() -> NERScores {
    var scores = NERScores()
    if inCorrect { countCorrect(&scores) }
    inCorrect = false
    return scores
  }

  private mutating func step(
    _ gold: ConllevalTag, _ predicted: ConllevalTag, _ scores: inout NERScores
  ) {
    if inCorrect {
      let goldEnds = last.gold.ends(before: gold)
      let predictedEnds = last.predicted.ends(before: predicted)
      if goldEnds, predictedEnds, last.gold.hasLabel(of: last.predicted) {
        inCorrect = false
        countCorrect(&scores)
      } else if goldEnds != predictedEnds || !gold.hasLabel(of: predicted) {
        inCorrect = false
      }
    }
    let goldStarts = gold.starts(after: last.gold)
    let predictedStarts = predicted.starts(after: last.predicted)
    if goldStarts, predictedStarts, gold.hasLabel(of: predicted) { inCorrect = true }
    if goldStarts { scores.add(EntityScore(gold: 1), label: gold.label.utf8) }
    if predictedStarts { scores.add(EntityScore(predicted: 1), label: predicted.label.utf8) }
    last = (gold, predicted)
  }

  private func countCorrect(_ scores: inout NERScores) {
    scores.add(EntityScore(truePositives: 1), label: last.gold.label.utf8)
  }
}
