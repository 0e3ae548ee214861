import Corpora
import Tasks

/// Scores predicted spans of a file against the gold spans of another.
struct FileComparison {
  let report: EvaluationReport

  /// - Parameter ignoresWords: whether sentences need only be as long as each other.
  /// - Throws: `CorpusError` at the first word or sentence that differs.
  init(
    gold: TaggedCorpus, predicted: TaggedCorpus, rules: ScoringRules, ignoresWords: Bool,
    detail: EvaluationDetail
  ) throws {
    var tally = EvaluationTally(detail)
    var accuracy: WordAccuracy? = WordAccuracy()
    let haveTags = gold.scheme != nil && predicted.scheme != nil
    // Where both sides have tags, conlleval counts by its own walk over both.
    var walk: ConllevalCounts?
    if haveTags, case .conlleval = rules { walk = ConllevalCounts() }
    for (index, pair) in zip(gold.sentences, predicted.sentences).enumerated() {
      let (left, right) = pair
      try Self.compareWords(
        left, right, number: index + 1, gold: gold, predicted: predicted,
        ignoresWords: ignoresWords)
      let counts = walk?.add(
        gold: left.tags, predicted: right.tags, boundaries: left.boundaries,
        isEnd: index == gold.sentences.count - 1 && !gold.endsWithBreak)
      tally.add(
        gold: left.spans, predicted: right.spans, counts: counts,
        at: ErrorListing.Place(
          sentence: index + 1, words: left.words, file: gold.name, lines: left.lines),
        words: left.words.count)
      if walk != nil { continue }
      if haveTags {
        accuracy?.add(gold: left.tags, predicted: right.tags)
      } else if accuracy?.add(gold: left.spans, predicted: right.spans, count: left.words.count)
        == false
      {
        accuracy = nil
      }
    }
    guard gold.sentences.count == predicted.sentences.count else {
      throw CorpusError(
        file: predicted.name,
        expected: "the \(gold.sentences.count) sentences of \(gold.name)",
        found: "\(predicted.sentences.count)")
    }
    if let last = walk?.finish() { tally.amend(last) }
    report = try tally.report(accuracy: walk?.accuracy ?? accuracy)
  }

  private static func compareWords(
    _ left: TaggedCorpus.Sentence, _ right: TaggedCorpus.Sentence, number: Int,
    gold: TaggedCorpus, predicted: TaggedCorpus, ignoresWords: Bool
  ) throws(CorpusError) {
    for (index, words) in zip(left.words, right.words).enumerated()
    where !ignoresWords && !words.0.utf8.elementsEqual(words.1.utf8) {
      throw mismatch(
        expected: "the word \"\(words.0)\"", found: "\"\(words.1)\"", word: index)
    }
    guard left.words.count == right.words.count else {
      throw mismatch(
        expected: "\(left.words.count) words in sentence \(number)",
        found: "\(right.words.count)", word: 0)
    }

    func mismatch(expected: String, found: String, word: Int) -> CorpusError {
      func line(_ sentence: TaggedCorpus.Sentence) -> Int? {
        sentence.lines.indices.contains(word) ? sentence.lines[word] : nil
      }
      let place =
        line(left).map { "\(gold.name):\($0)" } ?? "sentence \(number) of \(gold.name)"
      return CorpusError(
        file: line(right) == nil ? "\(predicted.name), sentence \(number)" : predicted.name,
        line: line(right), expected: "\(expected), as in \(place)", found: found)
    }
  }
}
