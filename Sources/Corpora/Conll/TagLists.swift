/// Cells that hold several tags, as in WNUT-17's `emerging.test.conll`: `B-group,I-person`.
enum TagLists {
  /// The tags of a cell; nil where it is one tag (a label may have a comma of its own).
  static func tags(of cell: String) -> [Substring]? {
    // Most cells are `O`.
    guard cell.utf8.count > 1, cell.utf8.contains(UInt8(ascii: ",")) else { return nil }
    let parts = cell.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    let areTags = parts.allSatisfy { part in
      part.count > 2 && TagSpelling.isPrefix(part.first ?? 0)
        && part.dropFirst().first == UInt8(ascii: "-")
    }
    return areTags ? parts.map { Substring($0) } : nil
  }

  /// More labels than a sentence may have in such cells, for all its words.
  struct TooMany: Error {
    /// Index of the word whose cell is too many.
    var word: Int

    func error(file: String, lines: [Int]) -> CorpusError {
      CorpusError(
        file: file, line: word < lines.count ? lines[word] : lines.last,
        expected: "at most \(labelLimit) labels in one sentence whose cells hold several tags",
        found: "more")
    }
  }

  private static let labelLimit = 1000
  /// Of all columns of a sentence.
  private static let cellLimit = 1 << 24

  /// A column for each label where a cell holds several tags, in order of appearance; else the one
  /// column that there is.
  static func columns(of cells: [String]) throws(TooMany) -> [[String]] {
    guard cells.contains(where: { tags(of: $0) != nil }) else { return [cells] }
    var labels: [[UInt8]: Int] = [:]
    var columns: [[String]] = []
    for (word, cell) in cells.enumerated() {
      for tag in tags(of: cell) ?? [cell[...]] where !tag.utf8.elementsEqual("O".utf8) {
        let label = Array(tag.utf8.dropFirst(2))
        let column = labels[label] ?? columns.count
        if column == columns.count {
          guard column < labelLimit, column == 0 || column < cellLimit / cells.count
          else { throw TooMany(word: word) }
          labels[label] = column
          columns.append([String](repeating: "O", count: cells.count))
        }
        columns[column][word] = String(tag)
      }
    }
    return columns
  }
}
