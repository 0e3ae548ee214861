import Corpora
import Tasks
import Tokenization

/// Scores an adapter's predictions on a corpus.
struct AdapterEvaluation {
  private(set) var scores = NERScores()
  private(set) var words = 0
  private(set) var seconds = 0.0
  /// Gold labels that the adapter does not know, with the spans that are missed for it.
  let unknownLabels: [(label: String, count: Int)]

  /// Words that are predicted at a time: what is kept of them does not grow with the corpus.
  private static let wordsOfChunk = 8192

  init(
    _ corpus: Corpus, adapter: Adapter, encoder: LoadedEncoder, threads: Int,
    decoding: DecodingMethod?
  ) throws {
    let known = TagSet(labels: adapter.configuration.labels)
    unknownLabels = corpus.flatLabelCounts.filter { known.index(ofLabel: $0.label) == nil }
    var classifier = try TokenClassifier(
      adapter: adapter, encoder: encoder.encoder, tokenizer: encoder.tokenizer, threads: threads,
      decoding: decoding)
    let start = ContinuousClock.now
    var chunk: [Sentence] = []
    var size = 0
    for sentence in corpus.sentences where !sentence.words.isEmpty {
      chunk.append(sentence)
      size += sentence.words.count
      guard size >= Self.wordsOfChunk else { continue }
      try score(chunk, with: &classifier)
      (chunk, size) = ([], 0)
    }
    try score(chunk, with: &classifier)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }

  private mutating func score(
    _ chunk: [Sentence], with classifier: inout TokenClassifier
  ) throws {
    guard !chunk.isEmpty else { return }
    let predictions = try classifier.predict(chunk.map { $0.words.map(\.text) })
    for (sentence, prediction) in zip(chunk, predictions) {
      scores.add(gold: sentence.spans, predicted: prediction.spans.map(\.span))
      words += sentence.words.count
    }
  }
}
