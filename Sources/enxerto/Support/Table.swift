/// Names and values, one a line, for people.
struct Table {
  private var rows: [(name: String, value: String)] = []

  mutating func add(_ name: String, _ value: String) { rows.append((name, value)) }
  mutating func add(_ name: String, _ value: Int) { rows.append((name, Self.grouped(value))) }

  var text: String {
    let width = rows.map(\.name.unicodeScalars.count).max() ?? 0
    return rows.map { row in
      let blanks = String(repeating: " ", count: width - row.name.unicodeScalars.count)
      return row.value.isEmpty ? row.name : row.name + blanks + "  " + row.value
    }.joined(separator: "\n")
  }

  /// `22,565,376`
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `90,868,376 bytes`
  static func bytes(_ count: Int) -> String {
    count == 1 ? "1 byte" : grouped(count) + " bytes"
  }
}
