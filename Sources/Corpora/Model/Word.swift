/// One word of a sentence.
public struct Word: Hashable, Sendable {
  /// The word's exact text; empty where the corpus has an empty word column.
  public var text: String
  /// Where the word stands in its document's text: Unicode scalars, 0-based, half-open.
  public var range: Range<Int>
  /// Whether white space, or the end of the document's text, follows the word.
  public var spaceAfter: Bool

  public init(text: String, range: Range<Int>, spaceAfter: Bool) {
    self.text = text
    self.range = range
    self.spaceAfter = spaceAfter
  }
}
