import ArgumentParser
import Corpora
import Tasks

/// What to find out besides the scores.
struct EvaluationDetail {
  /// How many resamples, where intervals are asked for.
  var bootstrap: Int?
  var seed: UInt64 = 1
  /// How many examples of each error, where errors are asked for.
  var examples: Int?
}

/// Gathers counts sentence by sentence, and what was asked for besides.
struct EvaluationTally {
  private(set) var scores = NERScores()
  private let detail: EvaluationDetail
  /// For the bootstrap: the counts of each sentence.
  private var perSentence: [NERScores] = []
  private var errors: ErrorListing?
  private var sentences = 0
  private var words = 0

  init(_ detail: EvaluationDetail) {
    self.detail = detail
    errors = detail.examples.map { ErrorListing(examplesPerError: $0) }
  }

  /// Adds a sentence.
  ///
  /// - Parameter counts: its counts, where they are not those of its spans.
  mutating func add(
    gold: [EntitySpan], predicted: [EntitySpan], counts: NERScores? = nil,
    at place: @autoclosure () -> ErrorListing.Place, words count: Int
  ) {
    var found = counts ?? NERScores()
    if counts == nil { found.add(gold: gold, predicted: predicted) }
    scores.add(found)
    if detail.bootstrap != nil { perSentence.append(found) }
    sentences += 1
    words += count
    if errors != nil, !(gold.isEmpty && predicted.isEmpty) {
      errors?.add(gold: gold, predicted: predicted, at: place())
    }
  }

  /// Adds counts to those of the last sentence.
  mutating func amend(_ counts: NERScores) {
    scores.add(counts)
    if !perSentence.isEmpty { perSentence[perSentence.count - 1].add(counts) }
  }

  /// - Throws: a usage error for more resamples than memory is meant to hold.
  func report(accuracy: WordAccuracy?) throws -> EvaluationReport {
    var report = EvaluationReport(
      scores: scores, sentences: sentences, words: words, accuracy: accuracy, errors: errors)
    guard let resamples = detail.bootstrap else { return report }
    let labels = scores.labels.count
    guard
      BootstrapIntervals.size(resamples: resamples, labels: labels + 1)
        <= BootstrapIntervals.limit
    else {
      throw ValidationError(
        "--bootstrap: expected at most \(BootstrapIntervals.limit / 3 / (labels + 4)) resamples "
          + "of a corpus with \(labels) labels, found \(resamples)")
    }
    report.intervals = BootstrapIntervals(
      sentences: perSentence, resamples: resamples, seed: detail.seed)
    return report
  }
}
