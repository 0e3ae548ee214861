import Corpora

/// What a conversion writes, and how it reads.
struct Conversion {
  var format: OutputFormat
  /// nil: as the input has it, where it has tags; else IOB2.
  var scheme: TagScheme?
  var columns: ConllOutputColumns
  var options: CorpusOptions

  /// Hands on what is written for each document of an input, in order.
  ///
  /// - Returns: what was read.
  /// - Throws: `CorpusError`, also for what the format cannot hold and for an empty corpus.
  func convert(
    _ input: ConversionInput, write: ([UInt8]) throws -> Void
  ) throws -> ConversionReport {
    let report = try pass(input, write: write)
    try report.checkIsNotEmpty(input)
    return report
  }

  private func pass(
    _ input: ConversionInput, write: ([UInt8]) throws -> Void
  ) throws -> ConversionReport {
    if format == .conll, columns == .all, input.survey.isAnnotated, let dialect = input.dialect {
      return try rewrite(input, dialect, write: write)
    }
    let writer = writer(for: input)
    var report = ConversionReport()
    report.corpus = try CorpusReader.forEachDocument(
      of: input.input, options: options(for: input), scheme: input.survey.scheme
    ) { document in
      if format == .conll { report.count(document.sentences, writtenIn: scheme ?? .iob2) }
      if format == .layered, let writer = writer as? ConllWriter {
        report.notLayered += writer.leftOut(of: document)
      }
      if format == .jsonl, !input.marksDocuments, let sentences = document.sentencesAlone {
        for sentence in sentences { try write(writer.bytes(of: sentence)) }
      } else {
        try write(writer.bytes(of: document))
      }
    }
    return report
  }

  /// CoNLL to CoNLL: the input with other tags, or the same, and every other byte as it was.
  private func rewrite(
    _ input: ConversionInput, _ dialect: ConllDialect, write: ([UInt8]) throws -> Void
  ) throws -> ConversionReport {
    let found = input.survey.scheme ?? .iob2
    var report = ConversionReport()
    report.corpus = try CorpusReader.forEachDocument(
      of: input.input, options: options(for: input), scheme: found
    ) { document in
      if scheme != nil { report.count(document.sentences, writtenIn: scheme ?? found) }
    }
    let encoding = options.encoding ?? .utf8
    let source = try ByteSource(input.input)
    guard scheme != nil || !options.labelMap.isEmpty else {
      while let chunk = try source.next() { try write(encoding.utf8(chunk)) }
      return report
    }
    var rewriter = ConllRewriter(
      dialect: dialect, file: input.name, from: found, to: scheme ?? found,
      labelMap: options.labelMap)
    var stream = ConllStream(dialect: dialect, file: input.name)
    while let chunk = try source.next() {
      try stream.feed(encoding.utf8(chunk)) { try write(rewriter.bytes(of: $0)) }
    }
    try stream.finish { try write(rewriter.bytes(of: $0)) }
    return report
  }

  /// The same for formats that have files for each document.
  func convert(
    _ input: ConversionInput, into writer: any DocumentFilesWriter,
    write: (Document) throws -> Void
  ) throws -> ConversionReport {
    var report = ConversionReport()
    report.corpus = try CorpusReader.forEachDocument(
      of: input.input, options: options, scheme: input.survey.scheme, write)
    try report.checkIsNotEmpty(input)
    return report
  }

  /// A run of sentences is read in pieces, unless the output has to hold it whole.
  private func options(for input: ConversionInput) -> CorpusOptions {
    var options = options
    switch format {
    case .conll, .layered, .jsonl, .tokens: options.sentencesPerDocument = 1000
    default: break
    }
    return options
  }

  /// The writer of the format, for what stands before the first document and after the last.
  func writer(for input: ConversionInput?) -> any DocumentWriter {
    switch format {
    case .conll, .layered:
      // Marks between documents of one sentence would say no more than the blank lines do.
      let marks = input.map { $0.marksDocuments && $0.hasLongDocuments } ?? false
      let isBare = input.map { $0.dialect != nil && columns == .all } ?? false
      return ConllWriter(
        scheme: scheme ?? .iob2,
        columns: format == .layered ? .layered : isBare ? .original(tag: .append) : .wordAndTag,
        marksDocuments: marks)
    case .conllu: return ConllUWriter()
    case .inlineXML: return InlineXMLWriter(split: options.split)
    case .bioc: return BioCWriter()
    case .jsonl: return JSONLinesWriter(split: options.split)
    case .tokens: return TokensWriter()
    case .text, .gate, .xmi, .brat: return TextWriter()
    }
  }
}

/// What a conversion came to.
struct ConversionReport {
  var corpus = CorpusReport()
  /// Pairs of spans side by side with one label, which tags without `B-` cannot keep apart.
  private(set) var touchingSpans = 0
  /// Annotations that columns of tags cannot hold.
  var notLayered = 0

  /// - Throws: `CorpusError` where not a word was read.
  func checkIsNotEmpty(_ input: ConversionInput) throws(CorpusError) {
    guard corpus.words == 0 else { return }
    throw CorpusError(
      .empty, file: input.name, expected: "at least one sentence", found: "an empty corpus")
  }

  mutating func count(_ sentences: [Sentence], writtenIn scheme: TagScheme) {
    guard scheme == .io else { return }
    for sentence in sentences {
      touchingSpans += zip(sentence.spans, sentence.spans.dropFirst()).count { left, right in
        left.words.upperBound == right.words.lowerBound
          && left.label.utf8.elementsEqual(right.label.utf8)
      }
    }
  }
}

/// A file to convert, looked at once.
struct ConversionInput {
  /// As the user named it.
  let argument: String
  let input: CorpusInput
  let survey: CorpusSurvey
  private let spool: SpooledInput?

  /// - Throws: `CorpusError`, `Failure`.
  init(argument: String, options: CorpusOptions) throws {
    self.argument = argument
    let spool = argument == "-" ? try SpooledInput() : nil
    self.spool = spool
    input = spool?.input ?? CorpusInput(argument: argument)
    survey = try CorpusSurvey([input], options: options)
  }

  var name: String { input.name }
  /// nil for formats other than those of tag columns.
  var dialect: ConllDialect? { survey.dialects.first ?? nil }
  var marksDocuments: Bool { survey.marksDocuments.first ?? true }
  var hasLongDocuments: Bool { survey.hasLongDocuments.first ?? true }
}
