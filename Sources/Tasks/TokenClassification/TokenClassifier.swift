package import Encoders
import Kernels
package import PTuning
package import Tokenization

/// Tags words: layouts, logits, decoding, with one adapter on one encoder.
package struct TokenClassifier: Sendable {
  package let layouts: SentenceLayouts
  package private(set) var decoder: TagDecoder
  private var scorer: WindowScorer

  package init(
    layouts: SentenceLayouts, decoder: TagDecoder, encoder: FrozenEncoder,
    model: FoldedModel, threads: Int
  ) {
    self.layouts = layouts
    self.decoder = decoder
    scorer = WindowScorer(
      encoder: encoder, model: model, firstPosition: layouts.firstPosition, threads: threads)
    self.threads = threads
  }

  private let threads: Int

  package init(
    adapter: Adapter, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, threads: Int?,
    decoding: DecodingMethod? = nil
  ) throws {
    self.init(
      layouts: try adapter.sentenceLayouts(tokenizer: tokenizer),
      decoder: try adapter.tagDecoder(decoding), encoder: encoder, model: adapter.model,
      threads: threads ?? Parallel.availableThreads)
  }

  /// Takes other weights, of the same shapes.
  package mutating func replaceWeights(_ model: FoldedModel) {
    scorer.replaceModel(model)
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
    for range in WindowScorer.passes(of: windows, rows: WindowScorer.rowsPerThread * threads) {
      answers += scorer.logits(of: Array(windows[range]))
    }
    return Self.joined(answers, by: sentences)
  }

  /// The answers of each sentence's windows, which answer for consecutive words, in order.
  package static func joined(_ answers: [[Float]], by sentences: [[Layout]]) -> [[Float]] {
    var place = 0
    return sentences.map { windows in
      defer { place += windows.count }
      return windows.count == 1
        ? answers[place] : Array(answers[place..<place + windows.count].joined())
    }
  }

  /// The tag of every word of each sentence, and the spans that they make.
  ///
  /// Each thread takes some sentences from words to spans, then the next that are left: while one tokenizes or
  /// decodes, others multiply. Of few sentences, which somebody may wait for, threads share windows or rows.
  ///
  /// - Throws: `LayoutError` where the template leaves no room for words; `NotFinite` where the adapter is worth nothing.
  package mutating func predict(_ sentences: [[String]]) throws -> [TokenPrediction] {
    let turns = Self.turns(of: sentences)
    guard threads > 1, turns.count >= 2 * threads else {
      let windows = try sentences.map(layouts.windows)
      return try logits(of: windows).map(decoder.prediction)
    }
    let (layouts, decoder) = (layouts, decoder)
    let (encoder, model) = (scorer.encoder, scorer.model)
    return try scorer.mapNext(count: turns.count) { turn, pass in
      let windows = try sentences[turns[turn]].map(layouts.windows)
      let answers = WindowScorer.logits(
        of: windows.flatMap { $0 }, encoder: encoder, model: model, in: &pass)
      return try Self.joined(answers, by: windows).map(decoder.prediction)
    }.flatMap { $0 }
  }

  /// A thread takes so many words at a time: some full tiles of rows, and little to wait for at the end.
  private static let wordsPerTurn = 128

  /// What threads take at a time: consecutive sentences, gathered until they have so many words.
  private static func turns(of sentences: [[String]]) -> [Range<Int>] {
    var turns: [Range<Int>] = []
    var words = wordsPerTurn
    for (index, sentence) in sentences.enumerated() {
      if words < wordsPerTurn, let last = turns.last {
        turns[turns.count - 1] = last.lowerBound..<index + 1
      } else {
        turns.append(index..<index + 1)
        words = 0
      }
      words += sentence.count
    }
    return turns
  }
}

extension TagDecoder {
  /// Tags and spans from logits, [words, tags] row after row.
  ///
  /// - Throws: `NotFinite` where the adapter is worth nothing.
  package func prediction(_ logits: [Float]) throws(NotFinite) -> TokenPrediction {
    guard logits.allSatisfy(\.isFinite) else { throw NotFinite() }
    let tags = tags(logits: logits)
    return TokenPrediction(tags: tags, spans: scoredSpans(of: tags, logits: logits))
  }
}

/// What a tagger says of one sentence.
public struct TokenPrediction: Hashable, Sendable {
  /// One index into the adapter's tags for each word.
  public var tags: [Int]
  /// The spans that the tags make, each with its confidence.
  public var spans: [ScoredSpan]
}
