/// What one pass over a corpus shows, so that a second can write as it reads, in memory that does
/// not grow with the corpus.
public struct CorpusSurvey: Sendable {
  /// The format of each input, in order.
  public private(set) var formats: [CorpusFormat] = []
  /// The dialect of each input; nil for formats other than those of tag columns.
  public private(set) var dialects: [ConllDialect?] = []
  /// The scheme of the tags; nil where there are none.
  public private(set) var scheme: TagScheme?
  /// For each input, whether it says where its documents are.
  public private(set) var marksDocuments: [Bool] = []
  /// For each input, whether it has a document of several sentences.
  public private(set) var hasLongDocuments: [Bool] = []
  /// Whether the corpus has a place for annotations.
  public private(set) var isAnnotated = false

  /// Goes through the inputs, which must be such as can be opened again.
  ///
  /// Formats without tags are only looked at, unless `wantsDocuments`.
  /// - Throws: `CorpusError`.
  public init(
    _ inputs: [CorpusInput], options: CorpusOptions, wantsDocuments: Bool = false
  ) throws {
    var options = options
    options.sentencesPerDocument = options.sentencesPerDocument ?? 1000
    var evidence = TagSchemeEvidence()
    var hasTags = false
    for input in inputs {
      let source = try ByteSource(input)
      let found = try CorpusReader.detect(source, options: options)
      formats.append(found.format)
      dialects.append(found.dialect)
      var documents = 0
      var (isNamed, isLong, isAnnotated) = (false, false, false)
      if found.dialect != nil || wantsDocuments {
        var sink = DocumentSink(options: options) { read in
          if !read.continuesPrevious { documents += 1 }
          if read.document.id != nil { isNamed = true }
          if read.document.sentences.count > 1 { isLong = true }
          if read.isAnnotated { isAnnotated = true }
          for column in read.tags {
            hasTags = true
            evidence.add(column.tags)
          }
        }
        var reader = try CorpusReader.reader(
          of: found.format, dialect: found.dialect, file: source.name, options)
        try reader.read(source, into: &sink)
      }
      if isAnnotated { self.isAnnotated = true }
      marksDocuments.append(
        Self.marksDocuments(found.format) ?? (documents > 1 || isNamed))
      hasLongDocuments.append(isLong)
    }
    scheme = hasTags ? options.scheme ?? evidence.scheme : nil
  }

  /// What the format alone says; nil where the file has to be asked.
  private static func marksDocuments(_ format: CorpusFormat) -> Bool? {
    switch format {
    case .tokens: false
    case .conll2003, .wnut17, .uner, .germeval, .tagFirst, .wordOffsets, .hipe, .conllu, .layered,
      .conll, .inlineXML:
      nil
    default: true
    }
  }
}

extension CorpusReader {
  /// Hands on the documents of one input as they end.
  ///
  /// - Parameter scheme: of the tags, as a `CorpusSurvey` found it.
  /// - Returns: what was read, repaired and set aside.
  /// - Throws: `CorpusError`; whatever `body` throws.
  public static func forEachDocument(
    of input: CorpusInput, options: CorpusOptions, scheme: TagScheme?,
    _ body: (Document) throws -> Void
  ) throws -> CorpusReport {
    let source = try ByteSource(input)
    let found = try detect(source, options: options)
    let finisher = DocumentFinisher(options: options)
    var total = CorpusReport()
    return try withoutActuallyEscaping(body) { body in
      var sink = DocumentSink(options: options) { read in
        let document = try finisher.finish(read, scheme: scheme, report: &total)
        total.sentences += document.sentences.count
        total.words += document.sentences.reduce(0) { $0 + $1.words.count }
        total.spans += document.annotations.count
        try body(document)
      }
      var reader = try reader(
        of: found.format, dialect: found.dialect, file: source.name, options)
      try reader.read(source, into: &sink)
      var report = sink.report
      report.add(total)
      return report
    }
  }
}
