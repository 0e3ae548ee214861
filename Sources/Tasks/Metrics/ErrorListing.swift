public import Corpora

/// Where gold and predicted spans differ: how often, between which labels, and examples.
///
/// Of a sentence's spans those that are right are taken out first. Of the others each gold span
/// is paired with at most one predicted span: one of the same words (wrong label), else one of
/// its label that shares words with it (wrong boundary), else any that shares words with it
/// (both wrong); of several the one that shares most words, then the first. What is left is
/// missed or spurious. So every gold span is right, in one of the pairs or missed, and every
/// predicted span right, in one of the pairs or spurious.
public struct ErrorListing: Sendable {
  public enum Kind: Int, CaseIterable, Hashable, Sendable {
    case wrongLabel, wrongBoundary, wrongBoth, missed, spurious
  }

  /// A span of an example, with its text.
  public struct Mention: Hashable, Sendable {
    public let span: EntitySpan
    public let text: String
  }

  /// One error where it stands.
  public struct Example: Hashable, Sendable {
    /// The file, where it has lines.
    public let file: String?
    public let line: Int?
    /// 1-based.
    public let sentence: Int
    public let gold: Mention?
    public let predicted: Mention?
    /// The words from the start of the first span to the end of the last, and those around.
    public let before: String
    public let words: String
    public let after: String
  }

  /// Errors of one kind between the same labels.
  public struct Entry: Hashable, Sendable {
    public let kind: Kind
    /// nil for what is spurious.
    public let gold: String?
    /// nil for what is missed.
    public let predicted: String?
    public internal(set) var count: Int
    /// The first ones.
    public internal(set) var examples: [Example]
  }

  /// How many gold spans of one label were taken for one of another.
  public struct Confusion: Hashable, Sendable {
    /// nil: no gold span was there.
    public let gold: String?
    /// nil: nothing was found there.
    public let predicted: String?
    /// Spans that are right are counted as well.
    public let count: Int
  }

  /// A sentence and where it stands.
  public struct Place: Sendable {
    public var sentence: Int
    public var words: [String]
    public var file: String?
    /// The line of each word; empty for formats without lines.
    public var lines: [Int]

    public init(sentence: Int, words: [String], file: String? = nil, lines: [Int] = []) {
      self.sentence = sentence
      self.words = words
      self.file = file
      self.lines = lines
    }
  }

  private struct Key: Hashable {
    var kind: Kind?
    var gold: [UInt8]?
    var predicted: [UInt8]?
  }

  public let examplesPerError: Int
  private var found: [Key: Entry] = [:]
  private var confused: [Key: Int] = [:]
  private var totals = [Int](repeating: 0, count: Kind.allCases.count)

  /// - Parameter examplesPerError: how many examples are kept of errors of one kind and label.
  public init(examplesPerError: Int) {
    self.examplesPerError = examplesPerError
  }

  /// How many errors there are of a kind.
  public func count(of kind: Kind) -> Int { totals[kind.rawValue] }

  /// The commonest errors first.
  public var entries: [Entry] {
    found.sorted { left, right in
      if left.value.count != right.value.count { return left.value.count > right.value.count }
      if left.value.kind != right.value.kind {
        return left.value.kind.rawValue < right.value.kind.rawValue
      }
      return Self.precede(left.key, right.key)
    }.map(\.value)
  }

  /// Every pair of labels that occurs, in the order of the labels' bytes; none comes last.
  public var confusions: [Confusion] {
    confused.sorted { Self.precede($0.key, $1.key) }.map { key, count in
      func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
      return Confusion(gold: text(key.gold), predicted: text(key.predicted), count: count)
    }
  }

  private static func precede(_ left: Key, _ right: Key) -> Bool {
    func order(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool? {
      guard left != right else { return nil }
      guard let left else { return false }
      guard let right else { return true }
      return left.lexicographicallyPrecedes(right)
    }
    return order(left.gold, right.gold) ?? order(left.predicted, right.predicted) ?? false
  }

  /// Adds a sentence.
  public mutating func add(gold: [EntitySpan], predicted: [EntitySpan], at place: Place) {
    let pairs = SpanPairing(gold: gold, predicted: predicted)
    for span in pairs.right {
      confused[Self.key(nil, span, span), default: 0] += 1
    }
    for (kind, gold, predicted) in pairs.errors {
      totals[kind.rawValue] += 1
      confused[Self.key(nil, gold, predicted), default: 0] += 1
      let key = Self.key(kind, gold, predicted)
      var entry =
        found[key]
        ?? Entry(
          kind: kind, gold: gold?.label, predicted: predicted?.label, count: 0, examples: [])
      entry.count += 1
      if entry.examples.count < examplesPerError {
        entry.examples.append(Example(gold: gold, predicted: predicted, at: place))
      }
      found[key] = entry
    }
  }

  private static func key(_ kind: Kind?, _ gold: EntitySpan?, _ predicted: EntitySpan?) -> Key {
    Key(
      kind: kind, gold: gold.map { Array($0.label.utf8) },
      predicted: predicted.map { Array($0.label.utf8) })
  }
}

extension ErrorListing.Example {
  /// Words on each side, and words of a long stretch that are shown.
  private static let (context, longest) = (4, 40)

  init(gold: EntitySpan?, predicted: EntitySpan?, at place: ErrorListing.Place) {
    let words = place.words
    func inside(_ range: Range<Int>) -> Range<Int> { range.clamped(to: 0..<words.count) }
    func text(_ range: Range<Int>) -> String {
      let range = inside(range)
      let cut = range.count > Self.longest
      return words[range.prefix(Self.longest)].joined(separator: " ") + (cut ? " …" : "")
    }
    let ranges = [gold, predicted].compactMap { $0.map { inside($0.words) } }
    let start = ranges.map(\.lowerBound).min() ?? 0
    let end = ranges.map(\.upperBound).max() ?? 0
    let first = max(0, start - Self.context)
    let last = min(words.count, end + Self.context)
    file = place.file
    line = place.lines.indices.contains(start) ? place.lines[start] : nil
    sentence = place.sentence
    self.gold = gold.map { ErrorListing.Mention(span: $0, text: text($0.words)) }
    self.predicted = predicted.map { ErrorListing.Mention(span: $0, text: text($0.words)) }
    before = (first > 0 ? "… " : "") + text(first..<start)
    self.words = text(start..<end)
    after = text(end..<last) + (last < words.count ? " …" : "")
  }
}
