/// Gathers the documents of all files; the tags are decoded at the end, when the whole corpus
/// has shown which scheme they are in.
struct CorpusAssembler {
  /// The tags of one sentence of a document.
  struct Tags {
    /// Index of the sentence in its document.
    var sentence: Int
    var tags: [String]
    /// The line of each tag, or one line for all.
    var lines: [Int]
  }

  private struct Pending {
    var document: Int
    var file: String
    var tags: Tags
  }

  let requiresAnnotations: Bool
  var report = CorpusReport()
  private let scheme: TagScheme?
  private var documents: [Document] = []
  private var pending: [Pending] = []
  private var evidence = TagSchemeEvidence()
  private var hasSpans = false

  init(requiresAnnotations: Bool, scheme: TagScheme?) {
    self.requiresAnnotations = requiresAnnotations
    self.scheme = scheme
  }

  /// Adds a document whose spans are in its tags, or that has no annotations.
  mutating func append(_ document: Document, tags: [Tags], file: String) {
    for tags in tags {
      evidence.add(tags.tags)
      pending.append(Pending(document: documents.count, file: file, tags: tags))
    }
    documents.append(document)
  }

  /// Adds a document that has its spans.
  mutating func append(annotated document: Document) {
    hasSpans = true
    documents.append(document)
  }

  /// Decodes the tags.
  ///
  /// - Throws: `CorpusError` at the first tag that is not in the corpus's scheme, and for a
  ///   corpus without words.
  consuming func finish(
    format: CorpusFormat, files: String
  ) throws(CorpusError) -> Corpus {
    let scheme = pending.isEmpty ? nil : self.scheme ?? evidence.scheme
    if let scheme {
      for entry in pending {
        do {
          documents[entry.document].sentences[entry.tags.sentence].spans =
            try scheme.decodeRepairing(entry.tags.tags) { report.repair($0) }
        } catch {
          let lines = entry.tags.lines
          throw CorpusError(
            file: entry.file, line: error.word < lines.count ? lines[error.word] : lines.last,
            expected: error.expected, found: error.found)
        }
      }
    }
    guard documents.contains(where: { $0.sentences.contains { !$0.words.isEmpty } }) else {
      throw CorpusError(
        .empty, file: files, expected: "at least one sentence", found: "an empty corpus")
    }
    return Corpus(
      documents: documents, report: report, format: format, scheme: scheme,
      isAnnotated: hasSpans || !pending.isEmpty)
  }
}
