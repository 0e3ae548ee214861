import Tokenization

/// Makes pieces of sentences: one of each, or several where it is very long, as a table or a text
/// without full stops is.
struct SentenceCutter {
  private let scalars: [Unicode.Scalar]
  private let start: SentenceStream.Place
  /// Where the last piece ends in the block: scalar, and bytes from the block's first.
  private var cursor = SentenceStream.Place(byte: 0, scalar: 0)
  /// A sentence's first piece says that it begins a paragraph; whether it does is not known here.
  var pieces: [TextPiece] = []

  /// In words: longer sentences are cut into parts of about a third of that.
  static let longest = 100
  private static let part = 30

  /// - Parameters:
  ///   - scalars: a block of the text.
  ///   - start: where it stands.
  init(scalars: [Unicode.Scalar], start: SentenceStream.Place) {
    self.scalars = scalars
    self.start = start
  }

  /// Where the last piece ends in the text.
  var place: SentenceStream.Place {
    SentenceStream.Place(byte: start.byte + cursor.byte, scalar: start.scalar + cursor.scalar)
  }

  mutating func add(_ sentence: SplitSentence) {
    let range = sentence.range
    let count = words(in: sentence.words)
    if max(count, range.count / TextPiece.scalarsPerWord) <= Self.longest {
      append(range, words: count, isFirst: true, isHeading: isHeading(range, count))
    } else {
      cut(sentence)
    }
  }

  // MARK: Long sentences

  private mutating func cut(_ sentence: SplitSentence) {
    var isFirst = true
    var begin = sentence.range.lowerBound
    var end = begin
    var count = 0
    func size(to end: Int) -> Int { max(count, (end - begin) / TextPiece.scalarsPerWord) }
    func flush() {
      guard end > begin else { return }
      append(begin..<end, words: count, isFirst: isFirst, isHeading: false)
      isFirst = false
      count = 0
    }
    for word in sentence.words {
      let isLineEnd = count >= Self.part / 2 && hasLineBreak(end..<word.lowerBound)
      if end > begin, isLineEnd || size(to: word.upperBound) > Self.part {
        flush()
        begin = word.lowerBound
      }
      if end <= begin { begin = word.lowerBound }
      // One word that is longer than a part.
      while word.upperBound - begin > Self.part * TextPiece.scalarsPerWord {
        end = boundary(before: begin + Self.part * TextPiece.scalarsPerWord, after: begin)
        count = 1
        flush()
        begin = end
      }
      end = word.upperBound
      count += isWord(word) ? 1 : 0
    }
    flush()
  }

  /// A place to cut a word, not before a mark unless there are too many.
  private func boundary(before end: Int, after begin: Int) -> Int {
    for place in stride(from: end, to: max(end - 32, begin), by: -1)
    where !scalars[place].properties.isGraphemeExtend && scalars[place] != "\u{200D}" {
      return place
    }
    return end
  }

  private func hasLineBreak(_ range: Range<Int>) -> Bool {
    scalars[range].contains { $0 == "\n" || $0 == "\r" || $0 == "\u{85}" || $0 == "\u{2028}" }
  }

  // MARK: Pieces

  private mutating func append(
    _ range: Range<Int>, words: Int, isFirst: Bool, isHeading: Bool
  ) {
    let first = byte(of: range.lowerBound)
    let last = byte(of: range.upperBound)
    pieces.append(
      TextPiece(
        scalars: start.scalar + range.lowerBound..<start.scalar + range.upperBound,
        bytes: start.byte + first..<start.byte + last,
        words: max(words, range.count / TextPiece.scalarsPerWord, 1),
        beginsParagraph: isFirst, isHeading: isHeading))
  }

  /// Places are asked for in order.
  private mutating func byte(of scalar: Int) -> Int {
    for index in cursor.scalar..<scalar { cursor.byte += scalars[index].utf8Width }
    cursor.scalar = scalar
    return cursor.byte
  }

  private func words(in ranges: [Range<Int>]) -> Int {
    ranges.reduce(0) { $0 + (isWord($1) ? 1 : 0) }
  }

  private func isWord(_ range: Range<Int>) -> Bool { scalars[range].contains(where: \.isInWords) }

  private func isHeading(_ range: Range<Int>, _ count: Int) -> Bool {
    guard count <= 12, let last = scalars[range].last else { return false }
    return !".!?…:;,\"'”’)。！？".unicodeScalars.contains(last)
  }
}

extension Unicode.Scalar {
  /// In bytes.
  fileprivate var utf8Width: Int {
    switch value {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x10000: 3
    default: 4
    }
  }
}
