/// The words' places in their text, where a file gives them beside the words: two columns with
/// start and end in Unicode scalars.
struct WordOffsets {
  private var sentences: [[Range<Int>]] = []
  private var end = 0
  private var areConsistent = true

  /// White space between two words, beyond which the offsets are of something else than this text.
  private static let longestGap = 1000

  /// Whether a sentence begins before the words that there are: another text's first.
  func startsAnew(_ sentence: ConllSentence) -> Bool {
    guard !sentences.isEmpty, let row = sentence.rows.first,
      let start = sentence.text(2, of: row).flatMap({ Int($0) })
    else { return false }
    return start < end
  }

  mutating func append(words: [String], rows: [[String]]) {
    guard areConsistent else { return }
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(words.count)
    for (word, row) in zip(words, rows) {
      guard row.count > 2, let start = Int(row[1]), let stop = Int(row[2]), start >= end,
        start - end <= Self.longestGap, stop >= start,
        stop - start == word.unicodeScalars.count
      else {
        areConsistent = false
        sentences = []
        return
      }
      ranges.append(start..<stop)
      end = stop
    }
    sentences.append(ranges)
  }

  /// Moves the words to their places; white space fills the rest of the text: a line feed where a
  /// sentence ends, spaces elsewhere.
  ///
  /// - Returns: whether the offsets are of these words.
  func place(_ document: inout Document) -> Bool {
    guard areConsistent, sentences.count == document.sentences.count else { return false }
    var text = ""
    var length = 0
    for (index, ranges) in sentences.enumerated() {
      for (word, range) in ranges.enumerated() {
        let gap = range.lowerBound - length
        if gap > 0, word == 0, index > 0 {
          text += "\n" + String(repeating: " ", count: gap - 1)
        } else {
          text += String(repeating: " ", count: gap)
        }
        let last: (sentence: Int, word: Int)? =
          word > 0
          ? (index, word - 1) : index > 0 ? (index - 1, sentences[index - 1].count - 1) : nil
        if let last { document.sentences[last.sentence].words[last.word].spaceAfter = gap > 0 }
        text += document.sentences[index].words[word].text
        document.sentences[index].words[word].range = range
        length = range.upperBound
      }
    }
    document.text = text
    return true
  }
}
