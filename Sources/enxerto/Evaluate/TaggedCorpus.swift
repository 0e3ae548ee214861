import Corpora

/// One side of a comparison: sentences with the spans that the rules see in them.
struct TaggedCorpus {
  struct Sentence {
    var words: [String]
    var spans: [EntitySpan]
    /// As written; empty for formats without tags.
    var tags: [String] = []
    /// The line of each word; empty for formats other than CoNLL's.
    var lines: [Int] = []
  }

  let name: String
  let sentences: [Sentence]
  /// nil for formats without tags.
  let scheme: TagScheme?
  let notes: [String]

  /// - Throws: `CorpusError`, also for a tag that the rules do not know.
  init(_ input: CorpusInput, options: CorpusOptions, rules: ScoringRules) throws {
    let held = try HeldCorpus(input, options: options)
    name = held.name
    scheme = held.corpus.scheme
    notes = held.corpus.report.notes
    let read = held.corpus.sentences
    guard let dialect = held.dialect else {
      sentences = read.map { Sentence(words: $0.words.map(\.text), spans: $0.spans) }
      return
    }
    var sentences: [Sentence] = []
    var columns = ConllColumns(dialect: dialect, file: held.name)
    var stream = ConllStream(dialect: dialect, file: held.name)
    func take(_ event: ConllEvent) throws {
      guard case .sentence(let rows) = event else { return }
      var tags = try columns.tags(of: rows) ?? []
      if dialect.readsLabelOAsOutside {
        tags = tags.map { $0 == "B-O" || $0 == "I-O" ? "O" : $0 }
      }
      var sentence = Sentence(
        words: try columns.words(of: rows), spans: [], tags: tags, lines: rows.rows.map(\.line))
      sentence.spans = try Self.spans(
        of: sentence, asRead: read[sentences.count].spans, rules: rules, file: held.name)
      sentences.append(sentence)
    }
    try stream.feed(held.bytes, take)
    try stream.finish(take)
    self.sentences = sentences
  }

  private static func spans(
    of sentence: Sentence, asRead: [EntitySpan], rules: ScoringRules, file: String
  ) throws -> [EntitySpan] {
    switch rules {
    case .conlleval: return ConllevalChunks.spans(sentence.tags)
    case .repairing: return asRead
    case .strict(let scheme):
      do {
        return try scheme.decodeStrictly(sentence.tags)
      } catch {
        throw CorpusError(
          file: file, line: sentence.lines[error.word], expected: error.expected,
          found: error.found)
      }
    }
  }
}
