/// The reference tokenizer's `BertPreTokenizer`: splits normalised text at white space, makes every
/// punctuation scalar a word, and gives each word to a `WordpieceMatcher`.
struct PreTokenizer: NormalizedScalarSink {
  private enum Class: UInt8 {
    case part
    case space
    case punctuation
  }

  private let table = ScalarTable.shared
  private let matcher: WordpieceMatcher
  private var word: NormalizedWord
  private(set) var wordpieces: [Wordpiece] = []
  /// Where each word begins among them.
  private(set) var wordStarts: [Int] = []

  init(matcher: WordpieceMatcher, expected count: Int) {
    self.matcher = matcher
    word = NormalizedWord(longest: matcher.longestWord)
    wordpieces.reserveCapacity(count)
  }

  @inline(__always)
  mutating func append(_ scalar: UInt32, source: Int) {
    switch Self.classify(scalar, table) {
    case .part:
      word.append(scalar, source: source)
    case .space:
      finishWord()
    case .punctuation:
      finishWord()
      word.append(scalar, source: source)
      finishWord()
    }
  }

  /// Ends the word at hand; to be called after the last scalar too.
  @inline(__always)
  mutating func finishWord() {
    guard word.scalarCount > 0 else { return }
    wordStarts.append(wordpieces.count)
    matcher.match(word, into: &wordpieces)
    word.removeAll()
  }

  @inline(__always)
  private static func classify(_ scalar: UInt32, _ table: ScalarTable) -> Class {
    if scalar < 0x80 {
      if scalar | 0x20 >= 0x61 && scalar | 0x20 <= 0x7A { return .part }
      if scalar >= 0x30 && scalar <= 0x39 { return .part }
      if scalar == 0x20 || (scalar >= 0x09 && scalar <= 0x0D) { return .space }
      return scalar > 0x20 && scalar < 0x7F ? .punctuation : .part
    }
    let flags = table[scalar].flags
    if flags.contains(.space) { return .space }
    return flags.contains(.punctuation) ? .punctuation : .part
  }
}

/// One word of normalised text, with the source of every byte.
struct NormalizedWord {
  private(set) var bytes: [UInt8] = []
  /// For each byte, the index of the original scalar.
  private(set) var sources: [Int] = []
  private(set) var scalarCount = 0
  private(set) var firstSource = 0
  private(set) var lastSource = 0
  /// A longer word is never matched, so that its bytes need not be kept.
  private let longest: Int

  init(longest: Int) {
    self.longest = longest
    bytes.reserveCapacity(64)
    sources.reserveCapacity(64)
  }

  @inline(__always)
  mutating func append(_ scalar: UInt32, source: Int) {
    if scalarCount == 0 { firstSource = source }
    lastSource = source
    scalarCount += 1
    guard scalarCount <= longest else { return }
    if scalar < 0x80 {
      append(byte: UInt8(truncatingIfNeeded: scalar), source)
    } else if scalar < 0x800 {
      append(byte: UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6), source)
      append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F), source)
    } else {
      if scalar < 0x10000 {
        append(byte: UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12), source)
      } else {
        append(byte: UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18), source)
        append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F), source)
      }
      append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F), source)
      append(byte: UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F), source)
    }
  }

  @inline(__always)
  private mutating func append(byte: UInt8, _ source: Int) {
    bytes.append(byte)
    sources.append(source)
  }

  @inline(__always)
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    sources.removeAll(keepingCapacity: true)
    scalarCount = 0
  }
}
