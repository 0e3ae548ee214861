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
    /// Words that are `-X-`, where the rules take them for the break between sentences.
    var boundaries: Set<Int> = []
  }

  let name: String
  private(set) var sentences: [Sentence] = []
  /// Whether a line follows the last sentence.
  private(set) var endsWithBreak = false
  /// nil for formats without tags.
  private(set) var scheme: TagScheme?
  private(set) var notes: [String] = []
  /// Which of several tag columns counts; nil: the first.
  private var set: String?

  /// - Throws: `CorpusError`, also for a tag that the rules do not know.
  init(_ input: CorpusInput, options: CorpusOptions, rules: ScoringRules) throws {
    name = input.name
    let inputs = try CorpusInput.expanded([input])
    guard inputs == [input] else {
      try read(folder: inputs, options)
      return
    }
    let held = CorpusInput.bytes(try Self.bytes(of: input), name: name)
    var dialect = try CorpusReader.detect(try ByteSource(held), options: options).dialect
    // Where tags do not stand as they are meant, the spans are those that are read.
    if dialect?.isIrregular ?? false { dialect = nil }
    set = options.annotationSet
    var read: [Corpora.Sentence]?
    if dialect == nil || rules.needsReading {
      let corpus = try CorpusReader.read([held], options: options)
      scheme = corpus.scheme
      notes = corpus.report.notes
      read = corpus.sentences
    }
    if let dialect {
      let encoding = options.encoding ?? .utf8
      try readTags(
        encoding.utf8(try Self.bytes(of: held)), dialect: dialect, rules: rules, read: read)
    } else {
      sentences = (read ?? []).map { Sentence(words: $0.words.map(\.text), spans: $0.spans) }
    }
  }

  /// A folder of files is one corpus, and its spans are those that are read.
  private mutating func read(folder inputs: [CorpusInput], _ options: CorpusOptions) throws {
    let corpus = try CorpusReader.read(inputs, options: options)
    scheme = corpus.scheme
    notes = corpus.report.notes
    sentences = corpus.sentences.map { Sentence(words: $0.words.map(\.text), spans: $0.spans) }
  }

  /// All bytes of an input.
  static func bytes(of input: CorpusInput) throws(CorpusError) -> [UInt8] {
    let source = try ByteSource(input)
    var bytes: [UInt8] = []
    while let chunk = try source.next() { bytes += chunk }
    return bytes
  }

  /// Reads the tags as they are written.
  private mutating func readTags(
    _ bytes: [UInt8], dialect: ConllDialect, rules: ScoringRules, read: [Corpora.Sentence]?
  ) throws {
    var sentences: [Sentence] = []
    var evidence = TagSchemeEvidence()
    var foreign = ForeignTags(rules: rules)
    var endsWithBreak = false
    var spansOfTags = SpansOfTags(rules: rules, file: name)
    var columns = ConllColumns(dialect: dialect, file: name)
    var stream = ConllStream(dialect: dialect, file: name)
    let (file, set) = (name, set)
    func take(_ event: ConllEvent) throws {
      guard case .sentence(let rows) = event else {
        if case .line(let line) = event, line.kind == .header { try columns.readHeader(line) }
        endsWithBreak = true
        return
      }
      endsWithBreak = false
      guard let tags = try columns.meantTags(of: rows, layer: set) else {
        throw CorpusError(
          file: file, line: rows.rows.first?.line, expected: "a tag column after the word",
          found: "1 column")
      }
      var sentence = Sentence(
        words: try columns.words(of: rows), spans: [], tags: tags, lines: rows.rows.map(\.line))
      if let word = tags.firstIndex(of: "") {
        throw CorpusError(
          file: file, line: sentence.lines[word], expected: "a tag", found: "an empty column")
      }
      if case .conlleval = rules {
        for (index, row) in rows.rows.enumerated()
        where rows.field(1, of: row)?.elementsEqual("-X-".utf8) == true {
          sentence.boundaries.insert(index)
        }
      }
      evidence.add(tags)
      foreign.add(sentence)
      if let read, read.indices.contains(sentences.count) {
        sentence.spans = read[sentences.count].spans
      } else {
        sentence.spans = try spansOfTags.spans(of: sentence)
      }
      sentences.append(sentence)
    }
    try stream.feed(bytes, take)
    try stream.finish(take)
    guard !sentences.isEmpty else {
      throw CorpusError(
        .empty, file: name, expected: "at least one sentence", found: "an empty corpus")
    }
    self.sentences = sentences
    self.endsWithBreak = endsWithBreak
    scheme = scheme ?? evidence.scheme
    notes += foreign.notes
  }

  /// Tags that belong to no scheme: the rules of `conlleval` and `seqeval` take them all.
  private struct ForeignTags {
    let rules: ScoringRules
    private var first: (line: Int, tag: String)?
    private var count = 0

    init(rules: ScoringRules) {
      self.rules = rules
    }

    mutating func add(_ sentence: Sentence) {
      for (index, tag) in sentence.tags.enumerated()
      where !sentence.boundaries.contains(index) && !isKnown(tag) {
        if first == nil { first = (sentence.lines[index], tag) }
        count += 1
      }
    }

    private func isKnown(_ tag: String) -> Bool {
      var bytes = tag.utf8[...]
      guard let prefix = bytes.popFirst() else { return false }
      if bytes.isEmpty { return prefix == UInt8(ascii: "O") }
      guard "BIESLUMW".utf8.contains(prefix), bytes.popFirst() == UInt8(ascii: "-") else {
        return false
      }
      // To conlleval the label 0 is none.
      if case .conlleval = rules, bytes.elementsEqual("0".utf8) { return false }
      return !bytes.isEmpty
    }

    var notes: [String] {
      guard let first else { return [] }
      switch rules {
      case .strict, .repairing: return []
      case .conlleval, .seqeval: break
      }
      let others = count == 1 ? "" : " and \(count - 1) more such tags"
      return [
        "line \(first.line): expected O or a prefix, a hyphen and a label, found "
          + "\"\(first.tag)\"\(others), counted as \(rules.name) counts"
      ]
    }
  }

  /// The spans that the rules see in tags, sentence by sentence.
  private struct SpansOfTags {
    let rules: ScoringRules
    let file: String
    private var entities = SeqevalEntities()

    init(rules: ScoringRules, file: String) {
      self.rules = rules
      self.file = file
    }

    mutating func spans(of sentence: Sentence) throws -> [EntitySpan] {
      switch rules {
      case .conlleval:
        var tags = sentence.tags
        for index in sentence.boundaries { tags[index] = "O" }
        return ConllevalChunks.spans(tags)
      case .seqeval: return entities.spans(sentence.tags)
      case .repairing: return []
      case .strict(let scheme):
        do {
          return try scheme.spans(sentence.tags)
        } catch {
          throw CorpusError(
            file: file, line: sentence.lines[error.word], expected: error.expected,
            found: error.found)
        }
      }
    }
  }
}

extension ScoringRules {
  /// Whether spans are those of the corpus as it is read, rather than of its tags.
  fileprivate var needsReading: Bool {
    if case .repairing = self { true } else { false }
  }
}
