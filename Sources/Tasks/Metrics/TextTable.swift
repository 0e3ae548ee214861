/// Tables for people.
enum TextTable {
  /// Columns of one width, two blanks between them: the first ones to the left, the others to
  /// the right. Nothing follows a row's last cell.
  static func lines(_ rows: [[String]], leftColumns: Int = 1) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.compactMap { column < $0.count ? $0[column].unicodeScalars.count : nil }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: cell.1 - cell.0.unicodeScalars.count)
        return column < leftColumns ? cell.0 + blanks : blanks + cell.0
      }.joined(separator: "  ")
    }
  }

  /// A label as it stands in a table: an empty one can be seen, and none breaks a line.
  static func name(_ label: String) -> String {
    label.isEmpty ? "(empty)" : oneLine(label)
  }

  /// The text with a space for every control character.
  static func oneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
    return String(
      decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }
}
