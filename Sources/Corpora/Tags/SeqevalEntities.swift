/// Spans as `seqeval` finds them in its default mode (`get_entities`), in a whole corpus.
///
/// The prefix is the first letter, whatever follows it; the label is what follows the first
/// hyphen after it, or all the rest, or `_` where nothing is left. `seqeval` forgets neither
/// where it last started a span nor that it ended it, so tags of no scheme can give a span twice
/// its length, or one that starts in an earlier sentence: its words then start below 0.
public struct SeqevalEntities: Sendable {
  private struct Tag {
    var letter: Unicode.Scalar
    var label: Substring.UnicodeScalarView

    static let outside = Tag("O")

    /// An empty tag, which `seqeval` cannot read, counts as `O`.
    init(_ tag: String) {
      var rest = Substring(tag).unicodeScalars
      letter = rest.popFirst() ?? "O"
      if let hyphen = rest.firstIndex(of: "-") { rest = rest[rest.index(after: hyphen)...] }
      label = rest.isEmpty ? Substring("_").unicodeScalars : rest
    }

    init(letter: Unicode.Scalar, label: Substring.UnicodeScalarView) {
      self.letter = letter
      self.label = label
    }

    func hasLabel(of other: Tag) -> Bool { label.elementsEqual(other.label) }
    var isOutside: Bool { letter == "O" || letter == "." }

    func starts(after previous: Tag) -> Bool {
      switch (previous.letter, letter) {
      case (_, "B"), (_, "S"), ("E", "E"), ("E", "I"), ("S", "E"), ("S", "I"), ("O", "E"),
        ("O", "I"):
        true
      default: !isOutside && !hasLabel(of: previous)
      }
    }

    func ends(before next: Tag) -> Bool {
      switch (letter, next.letter) {
      case ("E", _), ("S", _), ("B", "B"), ("B", "S"), ("B", "O"), ("I", "B"), ("I", "S"),
        ("I", "O"):
        true
      default: !isOutside && !hasLabel(of: next)
      }
    }
  }

  /// Before the first word of all the label is empty; after a sentence it is that of `O`, `_`.
  private var previous = Tag(letter: "O", label: Substring().unicodeScalars)
  /// Where the last span started, counted from the start of the next sentence.
  private var start = 0

  public init() {}

  /// The spans that end in the next sentence.
  public mutating func spans(_ tags: [String]) -> [EntitySpan] {
    var spans: [EntitySpan] = []
    for index in 0...tags.count {
      let tag = index < tags.count ? Tag(tags[index]) : .outside
      if previous.ends(before: tag) {
        spans.append(
          EntitySpan(label: String(Substring(previous.label)), words: start..<index))
      }
      if tag.starts(after: previous) { start = index }
      previous = tag
    }
    start -= tags.count + 1
    return spans
  }
}
