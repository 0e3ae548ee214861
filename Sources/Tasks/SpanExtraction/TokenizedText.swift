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
    let ranges = words.map { word in
      word[word.startIndex].range.lowerBound..<word[word.endIndex - 1].range.upperBound
    }
    self.ranges = ranges
    guard withShapes else {
      shapes = []
      return
    }
    let scalars = Array(text.unicodeScalars)
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
