package import Encoders
import Kernels
package import PTuning
package import Tokenization

/// Tags words: layouts, logits, decoding, with one adapter on one encoder.
package struct TokenClassifier: Sendable {
  package let layouts: SentenceLayouts
  package private(set) var decoder: TagDecoder
  private var scorer: TokenScorer

  /// How many rows one thread takes through the encoder at a time: enough for efficient products,
  /// few enough for the intermediate rows to stay in the cache.
  static let rowsPerThread = 1024

  package init(
    layouts: SentenceLayouts, decoder: TagDecoder, encoder: FrozenEncoder,
    model: FoldedTokenModel, threads: Int
  ) {
    self.layouts = layouts
    self.decoder = decoder
    scorer = TokenScorer(
      encoder: encoder, model: model, firstPosition: layouts.firstPosition, threads: threads)
    self.threads = threads
  }

  private let threads: Int

  package init(
    adapter: Adapter, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, threads: Int?,
    decoding: DecodingMethod? = nil
  ) throws {
    let configuration = adapter.configuration
    let template = try Template(parsing: configuration.template, fields: ["text"])
    let resolved = try ResolvedTemplate(template, tokenizer: tokenizer)
    guard resolved.softRowCount == configuration.softRowCount else {
      throw AdapterError(
        .mismatch, path: adapter.path,
        expected: "a template of \(configuration.softRowCount) soft rows",
        found: "one of \(resolved.softRowCount)")
    }
    guard decoding != .crf || adapter.model.transitions != nil else {
      throw AdapterError(
        .mismatch, path: adapter.path, expected: "an adapter trained with decoding crf",
        found: "decoding \(configuration.decoding.rawValue)")
    }
    self.init(
      layouts: SentenceLayouts(
        tokenizer: tokenizer, template: resolved, maximumRows: configuration.maximumRows,
        prompt: configuration.prompt),
      decoder: TagDecoder(
        tagSet: TagSet(labels: configuration.labels),
        method: decoding ?? configuration.decoding, transitions: adapter.model.transitions,
        temperature: configuration.temperature ?? 1),
      encoder: encoder, model: adapter.model, threads: threads ?? Parallel.availableThreads)
  }

  /// Takes other weights, of the same shapes.
  package mutating func replaceWeights(_ model: FoldedTokenModel) {
    scorer.model = model
    decoder = TagDecoder(
      tagSet: decoder.tagSet, method: decoder.method, transitions: model.transitions,
      temperature: decoder.temperature)
  }

  /// The logits of every word of each sentence, [words, tags] row after row.
  ///
  /// - Parameter sentences: the windows of each.
  package mutating func logits(of sentences: [[Layout]]) -> [[Float]] {
    let windows = sentences.flatMap { $0 }
    var answers: [[Float]] = []
    answers.reserveCapacity(windows.count)
    var begin = 0
    while begin < windows.count {
      var end = begin
      var rows = 0
      while end < windows.count, end == begin || rows < Self.rowsPerThread * threads {
        rows += windows[end].rows.count
        end += 1
      }
      answers += scorer.logits(of: Array(windows[begin..<end]))
      begin = end
    }
    var place = 0
    return sentences.map { windows in
      defer { place += windows.count }
      // Windows answer for consecutive words, in order.
      return windows.count == 1
        ? answers[place] : Array(answers[place..<place + windows.count].joined())
    }
  }

  /// The tag of every word of each sentence, and the spans that they make.
  ///
  /// - Throws: `LayoutError` where the template leaves no room for words.
  package mutating func predict(_ sentences: [[String]]) throws -> [TokenPrediction] {
    let (layouts, decoder) = (layouts, decoder)
    let windows = try Parallel.map(sentences, threads: threads, weight: \.count) {
      try layouts.windows(of: $0)
    }
    return Parallel.map(logits(of: windows), threads: threads, weight: \.count) { logits in
      let tags = decoder.tags(logits: logits)
      return TokenPrediction(
        tags: tags, spans: decoder.scoredSpans(of: tags, logits: logits))
    }
  }
}

/// What a tagger says of one sentence.
public struct TokenPrediction: Hashable, Sendable {
  /// One index into the adapter's tags for each word.
  public var tags: [Int]
  /// The spans that the tags make, each with its confidence.
  public var spans: [ScoredSpan]
}

extension ResolvedTemplate {
  /// Resolves a template's words with an encoder's own tokenizer.
  package init(_ template: Template, tokenizer: WordpieceTokenizer) throws {
    try self.init(
      template, classification: tokenizer.classificationID, separator: tokenizer.separatorID
    ) { tokenizer.wordpieces(of: $0).map(\.id) }
  }
}
