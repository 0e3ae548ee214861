/// Gathers the documents of all files; the tags are decoded at the end, when the whole corpus
/// has shown which scheme they are in.
final class CorpusCollector {
  private var documents: [ReadDocument] = []
  private var evidence = TagSchemeEvidence()

  func append(_ document: ReadDocument) {
    for column in document.tags { evidence.add(column.tags) }
    documents.append(document)
  }

  /// Decodes the tags and finishes the documents.
  ///
  /// - Throws: `CorpusError` at the first tag that is not in the corpus's scheme, and for a
  ///   corpus without words.
  func finish(
    format: CorpusFormat, files: String, options: CorpusOptions, report: CorpusReport
  ) throws(CorpusError) -> Corpus {
    var report = report
    let hasTags = documents.contains { !$0.tags.isEmpty }
    let scheme = hasTags ? options.scheme ?? evidence.scheme : nil
    let finisher = DocumentFinisher(options: options)
    var finished: [Document] = []
    finished.reserveCapacity(documents.count)
    for document in documents {
      finished.append(try finisher.finish(document, scheme: scheme, report: &report))
    }
    guard finished.contains(where: { $0.sentences.contains { !$0.words.isEmpty } }) else {
      throw CorpusError(
        .empty, file: files, expected: "at least one sentence", found: "an empty corpus")
    }
    return Corpus(
      documents: finished, report: report, format: format, scheme: scheme,
      isAnnotated: documents.contains(where: \.isAnnotated))
  }
}
