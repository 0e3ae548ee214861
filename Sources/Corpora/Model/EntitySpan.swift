/// A labelled run of words in one sentence.
public struct EntitySpan: Hashable, Sendable {
  /// The entity's label, without a BIO prefix (`PER`, `creative-work`).
  public var label: String
  /// Indices of the span's words in its sentence, half-open; never empty.
  public var words: Range<Int>

  public init(label: String, words: Range<Int>) {
    self.label = label
    self.words = words
  }
}
