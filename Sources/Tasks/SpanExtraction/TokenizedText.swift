import PTuning
package import Tokenization

/// A question or passage in the encoder's own words.
package struct TokenizedText: Hashable, Sendable {
  /// The ids of each word's wordpieces, at least one.
  package let wordpieces: [[Int32]]
  /// Where each word stands in the text, in Unicode scalars.
  package let ranges: [Range<Int>]
  /// The shape of each word; empty where none is asked for.
  package let shapes: [UInt8]

  package init(_ text: String, tokenizer: WordpieceTokenizer, withShapes: Bool) {
    let words = tokenizer.words(of: text)
    wordpieces = words.map { $0.map(\.id) }
    let scalars = Array(text.unicodeScalars)
    let starts = words.map { $0[$0.startIndex].range.lowerBound }
    let ranges = words.enumerated().map { index, word in
      var end = word[word.endIndex - 1].range.upperBound
      // What the tokenizer leaves out of a word's end still belongs to its letters.
      let next = index + 1 < starts.count ? starts[index + 1] : scalars.count
      while end < next, scalars[end].continuesWord { end += 1 }
      return starts[index]..<end
    }
    self.ranges = ranges
    guard withShapes else {
      shapes = []
      return
    }
    shapes = ranges.map { range in
      WordShape(ofWord: String(String.UnicodeScalarView(scalars[range]))).rawValue
    }
  }

  /// Words whose places nobody asks for: each is as far from the beginning as its number says.
  package init(wordpieces: [[Int32]]) {
    self.wordpieces = wordpieces
    ranges = wordpieces.indices.map { $0..<$0 + 1 }
    shapes = []
  }

  package var isEmpty: Bool { wordpieces.isEmpty }
  package var wordpieceCount: Int { wordpieces.reduce(0) { $0 + $1.count } }

  /// The words that a range of scalars touches; nil where it touches none.
  package func words(in range: Range<Int>) -> Range<Int>? {
    // The first that ends behind the range's beginning, the first that begins at its end or later.
    let first = ranges.partitioningIndex { $0.upperBound > range.lowerBound }
    let end = ranges.partitioningIndex { $0.lowerBound >= range.upperBound }
    return first < end ? first..<end : nil
  }
}

extension Unicode.Scalar {
  /// Whether it is written on the scalar before it: a mark, or what joins it to the next or keeps it apart.
  fileprivate var continuesWord: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: true
    default: value == 0x200C || value == 0x200D
    }
  }
}

extension [Range<Int>] {
  /// The first index whose element, and those of all after it, belong to the second part.
  fileprivate func partitioningIndex(_ belongs: (Range<Int>) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
