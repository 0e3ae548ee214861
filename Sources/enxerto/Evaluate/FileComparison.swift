import Corpora
import Tasks

/// Scores predicted spans of a file against the gold spans of another.
struct FileComparison {
  let scores: NERScores
  /// Words whose tags, as written, are the same; nil where a side has no tags.
  let accuracy: WordAccuracy?

  /// - Parameter ignoresWords: whether sentences need only be as long as each other.
  /// - Throws: `CorpusError` at the first word or sentence that differs.
  init(
    gold: TaggedCorpus, predicted: TaggedCorpus, ignoresWords: Bool
  ) throws(CorpusError) {
    var scores = NERScores()
    var accuracy: WordAccuracy? = WordAccuracy()
    for (index, pair) in zip(gold.sentences, predicted.sentences).enumerated() {
      try Self.compareWords(
        pair.0, pair.1, number: index + 1, gold: gold, predicted: predicted,
        ignoresWords: ignoresWords)
      scores.add(gold: pair.0.spans, predicted: pair.1.spans)
      if pair.0.tags.isEmpty || pair.1.tags.isEmpty {
        accuracy = nil
      } else {
        accuracy?.add(gold: pair.0.tags, predicted: pair.1.tags)
      }
    }
    guard gold.sentences.count == predicted.sentences.count else {
      throw CorpusError(
        file: predicted.name,
        expected: "the \(gold.sentences.count) sentences of \(gold.name)",
        found: "\(predicted.sentences.count)")
    }
    self.scores = scores
    self.accuracy = accuracy
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
      let place =
        left.lines.isEmpty
        ? "sentence \(number) of \(gold.name)" : "\(gold.name):\(left.lines[word])"
      return CorpusError(
        file: right.lines.isEmpty ? "\(predicted.name), sentence \(number)" : predicted.name,
        line: right.lines.isEmpty ? nil : right.lines[word],
        expected: "\(expected), as in \(place)",
        found: found)
    }
  }
}
