/// A row of WebAnno TSV: a token, or a part of the token before it.
struct WebAnnoRow: Sendable {
  /// `1-2` or `1-2.1`
  let number: String
  let isSubToken: Bool
  /// As the file has them.
  let offsets: Range<Int>
  /// All cells, escapes and all.
  let cells: [ArraySlice<UInt8>]
  let line: Int

  init(_ line: Line, columns: Int, file: String) throws(CorpusError) {
    let bytes = Array(line.content)
    var cells = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    // A row ends with a tab.
    while cells.count > columns, cells.last?.isEmpty ?? false { cells.removeLast() }
    guard cells.count == columns else {
      throw CorpusError(
        file: file, line: line.number, expected: "\(columns) columns with tabs between them",
        found: "\(cells.count)")
    }
    guard let isSubToken = Self.isSubToken(cells[0]) else {
      throw CorpusError(
        file: file, line: line.number, column: 1,
        expected: "a token's number (1-2) or a sub-token's (1-2.1)",
        found: String(decoding: cells[0], as: UTF8.self).quoted)
    }
    let ends = cells[1].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard ends.count == 2, let start = Self.number(ends[0]), let end = Self.number(ends[1]),
      start <= end
    else {
      throw CorpusError(
        file: file, line: line.number, column: cells[0].count + 2,
        expected: "offsets (0-4), the first not after the second",
        found: String(decoding: cells[1], as: UTF8.self).quoted)
    }
    number = String(decoding: cells[0], as: UTF8.self)
    self.isSubToken = isSubToken
    offsets = start..<end
    self.cells = cells
    self.line = line.number
  }

  /// nil if it is no number of a row.
  private static func isSubToken(_ cell: ArraySlice<UInt8>) -> Bool? {
    let parts = cell.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 2, number(parts[0]) != nil else { return nil }
    let tokens = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(tokens.count), tokens.allSatisfy({ number($0) != nil }) else {
      return nil
    }
    return tokens.count == 2
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}

/// A sentence as the file has it.
struct WebAnnoSentence: Sendable {
  /// What follows each `#Text=`, escapes and all.
  var texts: [ArraySlice<UInt8>] = []
  /// All lines that start with `#`.
  var comments: [String] = []
  var rows: [WebAnnoRow] = []
  /// Of the first `#Text=`.
  var line = 0
}
