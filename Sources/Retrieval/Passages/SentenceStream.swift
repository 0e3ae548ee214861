import Tokenization

/// The sentences of a text, one after the other, in memory that does not grow with the text.
///
/// The text is split block by block. The last sentence of a block may go on in the next, so it is
/// left to that one; where it fills most of a block, it is cut at a space, or anywhere if there is
/// none.
struct SentenceStream {
  private let text: ArraySlice<UInt8>
  private let splitter = TextSplitter()
  /// Where the next block begins: byte and scalar.
  private var start: Place
  /// Where the last piece ended.
  private var lastEnd: Int?
  /// Pieces of the last block, those that come next at the end.
  private var ready: [TextPiece] = []

  /// A block, in bytes.
  static let blockSize = 1 << 16

  /// A place in a text.
  struct Place {
    var byte: Int
    var scalar: Int
  }

  /// - Parameter text: well-formed UTF-8.
  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    start = Place(byte: text.startIndex, scalar: 0)
  }

  mutating func next() -> TextPiece? {
    while ready.isEmpty {
      guard start.byte < text.endIndex else { return nil }
      split()
    }
    return ready.popLast()
  }

  // MARK: Blocks

  private mutating func split() {
    let end = blockEnd()
    let scalars = Array(String(decoding: text[start.byte..<end], as: UTF8.self).unicodeScalars)
    let sentences = splitter.sentences(of: scalars)
    var goesOn = false
    if end < text.endIndex, sentences.count > 1, let last = sentences.last {
      goesOn = last.range.lowerBound > scalars.count / 2
    }
    var cutter = SentenceCutter(scalars: scalars, start: start)
    for sentence in goesOn ? sentences.dropLast() : sentences[...] { cutter.add(sentence) }
    start =
      goesOn ? cutter.place : Place(byte: end, scalar: start.scalar + scalars.count)
    for index in cutter.pieces.indices {
      let begin = cutter.pieces[index].bytes.lowerBound
      if cutter.pieces[index].beginsParagraph {
        cutter.pieces[index].beginsParagraph =
          lastEnd.map { Self.breaksParagraph(text[$0..<begin]) } ?? true
      }
      lastEnd = cutter.pieces[index].bytes.upperBound
    }
    ready = cutter.pieces.reversed()
  }

  /// Where the block ends that begins at `start`: before a scalar, if it can be after a space.
  private func blockEnd() -> Int {
    var end = start.byte + Self.blockSize
    guard end < text.endIndex else { return text.endIndex }
    while text[end] & 0xC0 == 0x80 { end -= 1 }
    for candidate in stride(from: end, to: end - 4096, by: -1)
    where text[candidate - 1] == UInt8(ascii: " ") || text[candidate - 1] == UInt8(ascii: "\n") {
      return candidate
    }
    return end
  }

  /// Whether white space has a blank line or U+2029.
  private static func breaksParagraph(_ space: ArraySlice<UInt8>) -> Bool {
    var breaks = 0
    var before: (UInt8, UInt8) = (0, 0)
    for byte in space {
      switch byte {
      case UInt8(ascii: "\r"): breaks += 1
      case UInt8(ascii: "\n"): if before.1 != UInt8(ascii: "\r") { breaks += 1 }
      case 0x85 where before.1 == 0xC2: breaks += 1
      case 0xA8 where before == (0xE2, 0x80): breaks += 1
      case 0xA9 where before == (0xE2, 0x80): return true
      default: break
      }
      if breaks > 1 { return true }
      before = (before.1, byte)
    }
    return false
  }
}
