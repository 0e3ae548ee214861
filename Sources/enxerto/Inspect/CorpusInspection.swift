import Corpora

struct CorpusInspection: Inspection {
  private let corpus: Corpus

  init(_ corpus: Corpus) {
    self.corpus = corpus
  }

  var table: Table {
    var table = Table()
    table.add("format", corpus.format.rawValue)
    table.add("scheme", corpus.scheme?.displayName ?? "none: not written as tags")
    table.add("documents", corpus.documents.count)
    table.add("sentences", corpus.report.sentences)
    table.add("words", corpus.report.words)
    table.add("spans", corpus.report.spans)
    for (label, count) in corpus.labelCounts { table.add("  " + label, count) }
    for note in corpus.report.notes { table.add("note", note) }
    return table
  }

  var json: JSONOutput {
    .object([
      ("format", .string(corpus.format.rawValue)),
      ("sentences", .integer(corpus.report.sentences)),
      ("words", .integer(corpus.report.words)),
      ("spans", .integer(corpus.report.spans)),
      ("labels", .object(corpus.labelCounts.map { ($0.label, .integer($0.count)) })),
      ("notes", .array(corpus.report.notes.map { .string($0) })),
    ])
  }
}
