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
    report.spans = documents.reduce(0) { $0 + $1.annotations.count }
    self.report = report
  }

  /// How many annotations each label has, in order of the labels' bytes.
  public var labelCounts: [(label: String, count: Int)] {
    Self.counts(documents.lazy.flatMap { $0.annotations.lazy.map(\.label) })
  }

  /// How many flat spans each label has, in order of the labels' bytes.
  public var flatLabelCounts: [(label: String, count: Int)] {
    Self.counts(sentences.lazy.flatMap { $0.spans.lazy.map(\.label) })
  }

  private static func counts(_ labels: some Sequence<String>) -> [(label: String, count: Int)] {
    var counts: [[UInt8]: Int] = [:]
    for label in labels { counts[Array(label.utf8), default: 0] += 1 }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
  }
}
