/// A piece of a word that the encoder has a row for.
public struct Wordpiece: Hashable, Sendable {
  /// Its id in the vocabulary.
  public var id: Int32
  /// The part of the original text that it came from, in Unicode scalars, 0-based and half-open.
  public var range: Range<Int>

  public init(id: Int32, range: Range<Int>) {
    self.id = id
    self.range = range
  }
}
