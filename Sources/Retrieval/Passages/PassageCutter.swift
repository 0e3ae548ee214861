/// Makes passages of pieces.
///
/// - Paragraphs stay whole where they can: short ones are joined until there are `fewest` words, as
///   long as no more than `most` come together.
/// - A longer one is cut between sentences into parts of about equal length, each of which begins
///   with the last sentence or two of the one before (`overlap`).
/// - Headings go with what follows them.
struct PassageCutter {
  /// In words.
  static let fewest = 100
  static let most = 180
  /// What the parts of a long paragraph have at most, without the overlap.
  static let share = 140
  static let overlap = 35
  /// A passage that stands before a paragraph too long to join it: with fewer words it goes with
  /// it.
  static let least = 30
  /// Of a longer paragraph the beginning is cut before its end is seen.
  static let longest = 1500

  /// The passage that is being filled.
  private var open = PieceRun()
  /// How many pieces at its beginning are in the passage before.
  private var repeated = 0
  /// The paragraph that is being gathered.
  private var paragraph = PieceRun()

  init() {}

  mutating func add(_ piece: TextPiece, _ body: (Passage) throws -> Void) rethrows {
    if piece.beginsParagraph || paragraph.weight > Self.longest { try place(body) }
    paragraph.append(piece)
  }

  mutating func finish(_ body: (Passage) throws -> Void) rethrows {
    try place(body)
    if open.pieces.count > repeated, let passage = open.passage { try body(passage) }
    open = PieceRun()
    repeated = 0
  }

  /// Puts the paragraph into passages; the last of them stays open.
  private mutating func place(_ body: (Passage) throws -> Void) rethrows {
    guard let first = paragraph.pieces.first, let last = paragraph.pieces.last else { return }
    let pieces = paragraph.pieces
    paragraph = PieceRun()
    // What goes on with a paragraph that has been cut already is no boundary.
    let continues = !first.beginsParagraph
    let joined = weight(
      last, after: open.pieces.first?.scalars.lowerBound ?? first.scalars.lowerBound,
      words: open.pieces + pieces)
    if !continues, open.weight >= Self.fewest || joined > Self.most && open.weight >= Self.least {
      try closeParagraph(body)
    }
    let whole = weight(
      last, after: open.pieces.first?.scalars.lowerBound ?? first.scalars.lowerBound,
      words: open.pieces + pieces)
    if whole <= Self.most {
      for piece in pieces { open.append(piece) }
      return
    }
    try cut(pieces, whole: whole, body)
  }

  /// Fills passages to about the same size.
  ///
  /// - Parameter whole: the size of these pieces and of what is open.
  private mutating func cut(
    _ pieces: [TextPiece], whole: Int, _ body: (Passage) throws -> Void
  ) rethrows {
    var left = whole
    for piece in pieces {
      if let first = open.pieces.first, let last = open.pieces.last, open.pieces.count > repeated {
        let new = open.pieces[repeated...]
        let fresh = weight(last, after: new.first?.scalars.lowerBound ?? 0, words: new)
        let parts = (left + Self.share - 1) / Self.share
        let isFull = parts > 1 && fresh + piece.words / 2 > left / parts
        let reach = piece.scalars.upperBound - first.scalars.lowerBound
        if isFull || open.weight + piece.words > Self.most
          || reach / TextPiece.scalarsPerWord > Self.most
        {
          try close(before: piece, body)
          left = max(left - fresh, 0)
        }
      }
      open.append(piece)
    }
  }

  /// Ends the passage within a paragraph, and begins the next with its last pieces.
  private mutating func close(
    before next: TextPiece, _ body: (Passage) throws -> Void
  ) rethrows {
    if let passage = open.passage { try body(passage) }
    var carried: [TextPiece] = []
    var words = 0
    for piece in open.pieces.reversed().prefix(2) {
      let distance = next.scalars.lowerBound - piece.scalars.lowerBound
      words += piece.words
      guard words <= Self.overlap, distance / TextPiece.scalarsPerWord <= Self.overlap else {
        break
      }
      carried.append(piece)
    }
    // Never the whole passage again.
    if carried.count == open.pieces.count { carried = [] }
    open = PieceRun()
    for piece in carried.reversed() { open.append(piece) }
    repeated = carried.count
  }

  /// Ends the passage between paragraphs; headings at its end begin the next.
  private mutating func closeParagraph(_ body: (Passage) throws -> Void) rethrows {
    var headings: [TextPiece] = []
    while headings.count < 2, open.pieces.count > repeated + 1, let last = open.pieces.last,
      last.isHeading, last.beginsParagraph, let heading = open.removeLast()
    {
      headings.append(heading)
    }
    if open.pieces.count > repeated, let passage = open.passage { try body(passage) }
    open = PieceRun()
    for heading in headings.reversed() { open.append(heading) }
    repeated = 0
  }

  private func weight(
    _ last: TextPiece, after start: Int, words pieces: some Sequence<TextPiece>
  ) -> Int {
    max(
      pieces.reduce(0) { $0 + $1.words },
      (last.scalars.upperBound - start) / TextPiece.scalarsPerWord)
  }
}
