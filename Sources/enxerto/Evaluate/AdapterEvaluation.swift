import Corpora
import Tasks
import Tokenization

/// Scores an adapter's predictions on a corpus.
struct AdapterEvaluation {
  /// A sentence with its right spans.
  struct Gold {
    var words: [String]
    var spans: [EntitySpan]
    var file: String?
    var lines: [Int] = []
  }

  private(set) var seconds = 0.0
  private(set) var words = 0
  /// Gold labels that the adapter does not know, with the spans that are missed for it.
  let unknownLabels: [(label: String, count: Int)]
  private var tally: EvaluationTally
  private(set) var calibration = CalibrationReport()
  private var accuracy: WordAccuracy? = WordAccuracy()
  private var sentences = 0

  /// Words that are predicted at a time: what is kept of them does not grow with the corpus.
  private static let wordsOfChunk = 8192

  init(
    _ corpus: [Gold], adapter: Adapter, encoder: LoadedEncoder, threads: Int,
    decoding: DecodingMethod?, detail: EvaluationDetail
  ) throws {
    let known = TagSet(labels: adapter.configuration.labels)
    var counts = NERScores()
    for sentence in corpus { counts.add(gold: sentence.spans, predicted: []) }
    unknownLabels = counts.labels.filter { known.index(ofLabel: $0.label) == nil }
      .map { ($0.label, $0.score.gold) }
    tally = EvaluationTally(detail)
    var classifier = try TokenClassifier(
      adapter: adapter, encoder: encoder.encoder, tokenizer: encoder.tokenizer, threads: threads,
      decoding: decoding)
    calibration.temperature = classifier.decoder.temperature
    let start = ContinuousClock.now
    var chunk: [Gold] = []
    var size = 0
    for sentence in corpus where !sentence.words.isEmpty {
      chunk.append(sentence)
      size += sentence.words.count
      guard size >= Self.wordsOfChunk else { continue }
      try score(chunk, with: &classifier)
      (chunk, size) = ([], 0)
    }
    try score(chunk, with: &classifier)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  func report() throws -> EvaluationReport {
    var report = try tally.report(accuracy: accuracy)
    report.calibration = calibration
    return report
  }

  private mutating func score(
    _ chunk: [Gold], with classifier: inout TokenClassifier
  ) throws {
    guard !chunk.isEmpty else { return }
    let predictions = try classifier.predict(chunk.map(\.words))
    for (sentence, prediction) in zip(chunk, predictions) {
      let predicted = prediction.spans.map(\.span)
      let count = sentence.words.count
      sentences += 1
      words += count
      calibration.add(prediction.spans, gold: sentence.spans)
      tally.add(
        gold: sentence.spans, predicted: predicted,
        at: ErrorListing.Place(
          sentence: sentences, words: sentence.words, file: sentence.file, lines: sentence.lines),
        words: count)
      if accuracy?.add(gold: sentence.spans, predicted: predicted, count: count) == false {
        accuracy = nil
      }
    }
  }
}
