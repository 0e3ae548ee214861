import Corpora

struct CorpusInspection: Inspection {
  private let corpus: Corpus
  private let notes: [String]

  init(_ corpus: Corpus) {
    self.corpus = corpus
    notes = corpus.report.notes + CorpusOddities(corpus).notes.map { "odd: \($0)" }
  }

  /// How many annotations each layer has, in order of first appearance; empty for a single one.
  private var layers: [(name: String, count: Int)] {
    var order: [String] = []
    var counts: [[UInt8]: Int] = [:]
    for document in corpus.documents {
      for annotation in document.annotations {
        let name = annotation.layer ?? ""
        let key = Array(name.utf8)
        if counts[key] == nil { order.append(name) }
        counts[key, default: 0] += 1
      }
    }
    guard order.contains(where: { !$0.isEmpty }) else { return [] }
    return order.map { ($0, counts[Array($0.utf8)] ?? 0) }
  }

  private var flatSpans: Int { corpus.sentences.reduce(0) { $0 + $1.spans.count } }

  var table: Table {
    var table = Table()
    table.add("format", corpus.format.rawValue)
    table.add("scheme", corpus.scheme?.displayName ?? "none: not written as tags")
    table.add("documents", corpus.documents.count)
    table.add("sentences", corpus.report.sentences)
    table.add("words", corpus.report.words)
    table.add("spans", corpus.report.spans)
    for (label, count) in corpus.labelCounts { table.add("  " + label, count) }
    if flatSpans != corpus.report.spans { table.add("flat spans, for a tagger", flatSpans) }
    for (name, count) in layers { table.add("layer " + (name.isEmpty ? "(none)" : name), count) }
    for note in notes { table.add("note", note) }
    return table
  }

  var json: JSONOutput {
    .object([
      ("format", .string(corpus.format.rawValue)),
      ("scheme", corpus.scheme.map { .string($0.rawValue) } ?? .null),
      ("documents", .integer(corpus.documents.count)),
      ("sentences", .integer(corpus.report.sentences)),
      ("words", .integer(corpus.report.words)),
      ("spans", .integer(corpus.report.spans)),
      ("flatSpans", .integer(flatSpans)),
      ("labels", .object(corpus.labelCounts.map { ($0.label, .integer($0.count)) })),
      ("layers", .object(layers.map { ($0.name, .integer($0.count)) })),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }
}
