/// A passage that a search found.
public struct FoundPassage: Hashable, Sendable {
  /// The document's path in its folder, `/` between names.
  public let document: String
  /// The document's file name.
  public let title: String
  /// Where the passage stands in the document's text: Unicode scalars, 0-based and half-open. A
  /// byte order mark at the beginning of the file is not part of the text.
  public let range: Range<Int>
  /// What stands there, unchanged.
  public let text: String
  /// How well it fits the question (BM25): 0 or more, higher is better. Scores of different
  /// questions cannot be compared.
  public let score: Double

  public init(document: String, title: String, range: Range<Int>, text: String, score: Double) {
    self.document = document
    self.title = title
    self.range = range
    self.text = text
    self.score = score
  }
}
