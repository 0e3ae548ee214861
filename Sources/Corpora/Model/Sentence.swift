/// One sentence: words, the spans over them, and what its format had besides.
public struct Sentence: Hashable, Sendable {
  public var words: [Word]
  /// Flat spans in order of position; no two overlap.
  public var spans: [EntitySpan]
  /// For each word the columns of its row, verbatim; empty for formats without columns.
  public var rows: [[String]]
  /// Comment lines that stand before or inside the sentence, verbatim, without line ends.
  public var comments: [String]

  public init(
    words: [Word], spans: [EntitySpan] = [], rows: [[String]] = [], comments: [String] = []
  ) {
    self.words = words
    self.spans = spans
    self.rows = rows
    self.comments = comments
  }

  /// Where a span of the sentence stands in the document's text: Unicode scalars.
  public func range(of span: EntitySpan) -> Range<Int> {
    let start = words[span.words.lowerBound].range.lowerBound
    return start..<max(start, words[span.words.upperBound - 1].range.upperBound)
  }
}
