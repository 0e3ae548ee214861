/// Rows of a batch, cut into parts of about equal size, none of them inside a word.
struct RowParts {
  /// None is empty; together all rows.
  private(set) var ranges: [Range<Int>] = []
  /// The words of each part, by their place among all.
  private(set) var words: [Range<Int>] = []

  /// - Parameters:
  ///   - words: the rows of each, in order.
  init(rows: Int, words: [Range<Int>], parts: Int) {
    var (row, word) = (0, 0)
    for part in 1...max(1, parts) where row < rows {
      var end = part == parts ? rows : max(row + 1, rows * part / parts)
      let firstWord = word
      while word < words.count, words[word].lowerBound < end {
        end = max(end, words[word].upperBound)
        word += 1
      }
      ranges.append(row..<end)
      self.words.append(firstWord..<word)
      row = end
    }
  }
}
