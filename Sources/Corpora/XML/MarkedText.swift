/// The text of a document as it is gathered from XML.
///
/// White space as XML has it (space, tab, line ends; a no-break space is text) is dropped at the
/// edges of blocks; inside, a run that holds a tab or a line end is one space, and a run of spaces
/// stays. Where white space is preserved every scalar of it is text. Blocks are parted by a line
/// feed.
struct MarkedText {
  /// What is due before the next text, the weakest first.
  enum Edge: Int, Comparable {
    case none
    /// A space, as a line break in a paragraph has it.
    case space
    /// Nothing: white space here is of the file alone.
    case glue
    /// A line feed, unless the text turns out to go on in the same block.
    case softLine
    case line

    static func < (left: Edge, right: Edge) -> Bool { left.rawValue < right.rawValue }
  }

  /// Text between two edges of blocks.
  struct Stretch {
    var range: Range<Int>
    var owner: Owner
  }

  /// Numbers of what a stretch is in.
  struct Owner: Hashable {
    var block = 0
    var section: Int?
    var sentence: Int?
  }

  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var stretches: [Stretch] = []
  /// Whether the edges of blocks add nothing to the text.
  var isExact = false
  /// Whether a block's edge is a line feed even beside preserved white space.
  var alwaysParts = false
  private var run: [Unicode.Scalar] = []
  private var edge = Edge.none
  private var isCut = true
  private var places: [Int?] = []
  private var unplaced: [Int] = []

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t"
  }

  static func isBlank(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  /// Length without the white space that is still open.
  var length: Int { scalars.count }

  // MARK: Marks

  /// Marks the place where the next text begins.
  mutating func mark() -> Int {
    let isPlaced = run.isEmpty && (edge == .none && !scalars.isEmpty || isExact)
    places.append(isPlaced ? scalars.count : nil)
    if !isPlaced { unplaced.append(places.count - 1) }
    return places.count - 1
  }

  /// Whether text has come since the mark, or none can come between.
  func isPlaced(_ mark: Int) -> Bool { places[mark] != nil }

  func place(of mark: Int) -> Int { places[mark] ?? scalars.count }

  // MARK: Edges

  mutating func part(_ new: Edge) {
    if isExact {
      if new >= .softLine { isCut = true }
      return
    }
    edge = max(edge, new)
  }

  /// The text goes on in the block around the one that has just ended.
  mutating func goOn(as owner: Owner) {
    guard edge == .softLine else { return }
    edge = .none
    if !stretches.isEmpty { stretches[stretches.count - 1].owner = owner }
  }

  // MARK: Text

  mutating func append(_ text: String, preserving: Bool, in owner: Owner) {
    var isDue = isCut || !run.isEmpty || edge != .none || !unplaced.isEmpty
    for scalar in text.unicodeScalars {
      let isSpace = scalar.value <= 0x20 && Self.isSpace(scalar)
      if isSpace, !preserving {
        run.append(scalar)
        isDue = true
        continue
      }
      if isDue {
        flush(before: isSpace, in: owner)
        isDue = false
      }
      scalars.append(scalar)
    }
    if let last = stretches.indices.last {
      stretches[last].range = stretches[last].range.lowerBound..<scalars.count
    }
  }

  private mutating func flush(before isSpace: Bool, in owner: Owner) {
    var starts = isCut
    switch edge {
    case .line, .softLine:
      starts = true
      let isParted = !alwaysParts && (isSpace || scalars.last.map(Self.isSpace) ?? false)
      if !stretches.isEmpty, !isParted { scalars.append("\n") }
    case .space: if !scalars.isEmpty { scalars.append(" ") }
    case .glue: break
    case .none:
      if !run.isEmpty, !scalars.isEmpty {
        scalars += run.allSatisfy { $0 == " " } ? run : [" "]
      }
    }
    run.removeAll(keepingCapacity: true)
    edge = .none
    isCut = false
    if starts {
      stretches.append(Stretch(range: scalars.count..<scalars.count, owner: owner))
    } else if let last = stretches.indices.last {
      stretches[last].range = stretches[last].range.lowerBound..<scalars.count
    }
    for mark in unplaced { places[mark] = scalars.count }
    unplaced.removeAll(keepingCapacity: true)
  }
}
