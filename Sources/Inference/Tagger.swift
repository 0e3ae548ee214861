import Corpora
public import Encoders
public import Tasks
public import Tokenization

/// An adapter on its encoder, ready to tag.
///
///     let adapter = try Adapter(folder: adapterFolder)
///     let encoder = try EncoderFolder.locate(
///       adapter.configuration.encoder.name, environment: environment,
///       currentDirectory: currentDirectory)
///     var tagger = try Tagger(adapter: adapter, encoderFolder: encoder)
///     for span in try tagger.tag(text: "Angela Merkel visited Porto.") { print(span) }
public struct Tagger: Sendable {
  /// The adapter's labels, without BIO prefix.
  public let labels: [String]
  private var classifier: TokenClassifier
  private let splitter = TextSplitter()

  /// How many words are tagged at a time: enough to keep all threads busy, few enough for results
  /// to come soon.
  static let wordsPerBatch = 4096

  /// - Parameters:
  ///   - adapter: as read from its folder.
  ///   - encoder: the one that the adapter was trained on (`Adapter.check` tells).
  ///   - tokenizer: of the same encoder.
  ///   - threads: how many share a batch; all processors unless said.
  ///   - decoding: another way to choose tags than the adapter's.
  /// - Throws: `TemplateError`, `LayoutError` or `AdapterError` where the adapter does not fit.
  public init(
    adapter: Adapter, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, threads: Int? = nil,
    decoding: DecodingMethod? = nil
  ) throws {
    try encoder.check(vocabularyOf: tokenizer)
    labels = adapter.configuration.labels
    classifier = try TokenClassifier(
      adapter: adapter, encoder: encoder, tokenizer: tokenizer, threads: threads,
      decoding: decoding)
  }

  /// The spans of each sentence, by words.
  ///
  /// - Parameter sentences: the words of each.
  public mutating func tag(sentences: [[String]]) throws -> [[ScoredSpan]] {
    var results: [[ScoredSpan]] = []
    results.reserveCapacity(sentences.count)
    var begin = 0
    while begin < sentences.count {
      var end = begin
      var words = 0
      while end < sentences.count, end == begin || words < Self.wordsPerBatch {
        words += sentences[end].count
        end += 1
      }
      results += try classifier.predict(Array(sentences[begin..<end])).map(\.spans)
      begin = end
    }
    return results
  }

  /// The spans of raw text, by 0-based, half-open offsets in Unicode scalars; sentences and words
  /// are found by `TextSplitter`.
  public mutating func tag(text: String) throws -> [TextSpan] {
    let split = splitter.split(text)
    let spans = try tag(sentences: split.sentences.map { split.words(of: $0) })
    return split.spans(spans)
  }
}

extension SplitText {
  /// Spans of its sentences' words as places in the text.
  func spans(_ spans: [[ScoredSpan]]) -> [TextSpan] {
    zip(sentences, spans).flatMap { sentence, spans in
      spans.map { scored in
        let words = scored.span.words
        let range =
          sentence.words[words.lowerBound]
          .lowerBound..<sentence.words[words.upperBound - 1].upperBound
        return TextSpan(
          range: range, text: text(in: range), label: scored.span.label,
          confidence: scored.confidence)
      }
    }
  }
}

/// A span in raw text.
public struct TextSpan: Hashable, Sendable {
  /// 0-based, half-open, in Unicode scalars of the text.
  public var range: Range<Int>
  public var text: String
  public var label: String
  /// The probability of exactly this span, 0 to 1 (see `SpanConfidence`).
  public var confidence: Double
}
