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
    try withoutActuallyEscaping(body) { body in
      let stream = DocumentStream(options: options, scheme: scheme, body: body)
      return try stream.read(input)
    }
  }
}

/// Finishes the documents of one input one by one.
private final class DocumentStream {
  private let options: CorpusOptions
  private let finisher: DocumentFinisher
  private let scheme: TagScheme?
  private let body: (Document) throws -> Void
  private var report = CorpusReport()

  init(options: CorpusOptions, scheme: TagScheme?, body: @escaping (Document) throws -> Void) {
    self.options = options
    finisher = DocumentFinisher(options: options)
    self.scheme = scheme
    self.body = body
  }

  func read(_ input: CorpusInput) throws -> CorpusReport {
    let source = try ByteSource(input)
    let found = try CorpusReader.detect(source, options: options)
    // The stream lives longer than its sink.
    var sink = DocumentSink(options: options) { [unowned self] in try take($0) }
    var reader = try CorpusReader.reader(
      of: found.format, dialect: found.dialect, file: source.name, options)
    try reader.read(source, into: &sink)
    var result = sink.report
    result.add(report)
    return result
  }

  private func take(_ read: ReadDocument) throws {
    let document = try finisher.finish(read, scheme: scheme, report: &report)
    report.sentences += document.sentences.count
    report.words += document.sentences.reduce(0) { $0 + $1.words.count }
    report.spans += document.annotations.count
    try body(document)
  }
}
