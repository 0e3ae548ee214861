/// Everything read from one or several files.
public struct Corpus: Sendable {
  public let documents: [Document]
  /// The sentences of all documents, in order.
  public let sentences: [Sentence]
  public let report: CorpusReport
  /// The format of the first file.
  public let format: CorpusFormat
  /// The scheme of the tags, in formats that have tags.
  public let scheme: TagScheme?
  /// Whether the corpus had a place for annotations: false for bare words and raw text.
  public let isAnnotated: Bool

  init(
    documents: [Document], report: CorpusReport, format: CorpusFormat, scheme: TagScheme?,
    isAnnotated: Bool
  ) {
    self.documents = documents
    self.format = format
    self.scheme = scheme
    self.isAnnotated = isAnnotated
    sentences = documents.flatMap(\.sentences)
    var report = report
    report.sentences = sentences.count
    report.words = sentences.reduce(0) { $0 + $1.words.count }
    report.spans = sentences.reduce(0) { $0 + $1.spans.count }
    self.report = report
  }

  /// How many spans each label has, in order of the labels' bytes.
  public var labelCounts: [(label: String, count: Int)] {
    var counts: [[UInt8]: Int] = [:]
    for sentence in sentences {
      for span in sentence.spans { counts[Array(span.label.utf8), default: 0] += 1 }
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
  }
}
