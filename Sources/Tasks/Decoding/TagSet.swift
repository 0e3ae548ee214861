public import Corpora

/// The BIO tags over a set of labels, numbered as a head's outputs are: `O`, then for each label in
/// the order of its bytes `B-label` and `I-label`.
///
/// The scheme is IOB2: `B-x` begins a span of label x and `I-x` continues it, so `I-x` is legal only
/// after `B-x` or `I-x`.
public struct TagSet: Sendable {
  /// The labels, without repetitions, in the order of their UTF-8 bytes.
  public let labels: [String]
  /// The tags by index: `O`, `B-a`, `I-a`, `B-b`, `I-b`, …
  public let tags: [String]

  /// The index of `O`.
  public static let outside = 0

  /// Keyed by bytes: strings of the same letters composed and decomposed are different labels.
  private let labelIndices: [[UInt8]: Int]

  /// - Parameter labels: labels in any order, repetitions allowed.
  public init(labels: some Sequence<String>) {
    let keys = Set(labels.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
    self.labels = keys.map { String(decoding: $0, as: UTF8.self) }
    self.tags = ["O"] + self.labels.flatMap { ["B-" + $0, "I-" + $0] }
    self.labelIndices = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
  }

  /// The number of tags: 1 + 2 × labels.
  public var count: Int { tags.count }

  /// The index of a label in ``labels``.
  public func index(ofLabel label: String) -> Int? { labelIndices[Array(label.utf8)] }

  /// The index of a tag (`O`, `B-label`, `I-label`) in ``tags``.
  public func index(ofTag tag: String) -> Int? {
    let bytes = Array(tag.utf8)
    if bytes == Array("O".utf8) { return Self.outside }
    guard bytes.count > 2, bytes[1] == UInt8(ascii: "-"),
      let label = labelIndices[Array(bytes[2...])]
    else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "B"): return Self.begin(label)
    case UInt8(ascii: "I"): return Self.inside(label)
    default: return nil
    }
  }

  /// The tag that begins a span of the label with this index.
  public static func begin(_ label: Int) -> Int { 1 + 2 * label }

  /// The tag that continues a span of the label with this index.
  public static func inside(_ label: Int) -> Int { 2 + 2 * label }

  /// The label of a tag, by index; nil for `O`.
  public static func label(ofTag tag: Int) -> Int? { tag == outside ? nil : (tag - 1) / 2 }

  /// Whether a tag continues a span.
  static func isInside(_ tag: Int) -> Bool { tag != outside && tag.isMultiple(of: 2) }

  /// Whether a sentence may start with this tag.
  public func isLegalStart(_ tag: Int) -> Bool { !Self.isInside(tag) }

  /// Whether tag `next` may follow tag `tag`.
  public func isLegal(from tag: Int, to next: Int) -> Bool {
    // I-x after B-x or I-x, which stand side by side.
    !Self.isInside(next) || tag == next || tag == next - 1
  }

  /// Whether a whole sentence of tags is legal.
  public func isLegal(_ tags: some Sequence<Int>) -> Bool {
    var previous = Self.outside
    for tag in tags {
      guard isLegal(from: previous, to: tag) else { return false }
      previous = tag
    }
    return true
  }

  /// Reads spans off a sentence of tags.
  ///
  /// Legal or not: as in `conlleval`, `I-x` begins a span where no `B-x` or `I-x` is before it.
  public func spans(of tags: some Collection<Int>) -> [EntitySpan] {
    labelledRuns(of: tags).map { EntitySpan(label: labels[$0.label], words: $0.words) }
  }

  /// The spans of a sentence of tags, with label indices.
  func labelledRuns(of tags: some Collection<Int>) -> [(label: Int, words: Range<Int>)] {
    var runs: [(label: Int, words: Range<Int>)] = []
    var open: (label: Int, start: Int)?
    for (word, tag) in tags.enumerated() {
      let label = Self.label(ofTag: tag)
      if let current = open, !Self.isInside(tag) || label != current.label {
        runs.append((current.label, current.start..<word))
        open = nil
      }
      if open == nil, let label { open = (label, word) }
    }
    if let open { runs.append((open.label, open.start..<tags.count)) }
    return runs
  }

  /// Writes spans as the tags of a sentence: what a head learns.
  ///
  /// - Parameters:
  ///   - spans: spans in any order.
  ///   - wordCount: words of the sentence.
  /// - Throws: ``TagSetError`` where a label is not in the set, or a span is empty, outside the
  ///   sentence, or overlaps another: BIO tags cannot say it.
  public func tags(of spans: [EntitySpan], wordCount: Int) throws(TagSetError) -> [Int] {
    var result = [Int](repeating: Self.outside, count: wordCount)
    for span in spans {
      guard let label = index(ofLabel: span.label) else { throw .unknownLabel(span) }
      guard !span.words.isEmpty, span.words.lowerBound >= 0, span.words.upperBound <= wordCount
      else { throw .outside(span, wordCount: wordCount) }
      for word in span.words {
        guard result[word] == Self.outside else { throw .overlap(span, word: word) }
        result[word] = word == span.words.lowerBound ? Self.begin(label) : Self.inside(label)
      }
    }
    return result
  }
}

/// Tag sets are equal where they have the same labels, byte for byte.
extension TagSet: Hashable {
  public static func == (left: TagSet, right: TagSet) -> Bool {
    left.labelIndices == right.labelIndices
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(labelIndices) }
}

/// Why spans cannot be written as tags. Words are counted from 0.
public enum TagSetError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownLabel(EntitySpan)
  case outside(EntitySpan, wordCount: Int)
  case overlap(EntitySpan, word: Int)

  public var description: String {
    switch self {
    case .unknownLabel(let span):
      "words \(span.words): expected a label of the tag set, found \"\(span.label)\""
    case .outside(let span, let count):
      "words \(span.words) (\(span.label)): expected a span within the sentence's \(count) words"
    case .overlap(let span, let word):
      "words \(span.words) (\(span.label)): expected spans that do not overlap, "
        + "found another span at word \(word)"
    }
  }
}
