/// A sentence, or a part of a very long one: what passages are made of.
struct TextPiece: Hashable, Sendable {
  /// Where it stands in the text, in Unicode scalars.
  var scalars: Range<Int>
  /// The same in the document's bytes.
  var bytes: Range<Int>
  /// How much it adds to a passage: its words, those of punctuation not counted.
  var words: Int
  /// Whether a blank line stands before it, or nothing.
  var beginsParagraph: Bool
  /// Whether it is short and ends like no sentence.
  var isHeading: Bool

  /// Text without words, or with very long ones, counts as if a word had this many scalars.
  static let scalarsPerWord = 16
}

/// Pieces in a row.
struct PieceRun {
  private(set) var pieces: [TextPiece] = []
  private var words = 0

  /// Its size in words.
  var weight: Int {
    guard let first = pieces.first, let last = pieces.last else { return 0 }
    let scalars = last.scalars.upperBound - first.scalars.lowerBound
    return max(words, scalars / TextPiece.scalarsPerWord)
  }

  /// From its first piece to its last.
  var passage: Passage? {
    guard let first = pieces.first, let last = pieces.last else { return nil }
    return Passage(
      scalars: first.scalars.lowerBound..<last.scalars.upperBound,
      bytes: first.bytes.lowerBound..<last.bytes.upperBound)
  }

  var isEmpty: Bool { pieces.isEmpty }

  mutating func append(_ piece: TextPiece) {
    pieces.append(piece)
    words += piece.words
  }

  mutating func removeLast() -> TextPiece? {
    guard let last = pieces.popLast() else { return nil }
    words -= last.words
    return last
  }
}
