/// Tags by many hands (Europeana): `B.PER`, `B_LOC`, `I-PEr`, `PER`, rows of 1 to 5 columns.
///
/// Each is read as what it must mean and counted; what means nothing is `O`, and counted too.
enum IrregularTags {
  /// The tag of a row.
  static func tag(of row: [String], _ report: inout CorpusReport) -> String {
    let cells = row.dropFirst().filter { !$0.isEmpty }
    guard let last = cells.last else {
      report.repair("row without a tag read as O")
      return "O"
    }
    if row.count > 2 { report.repair("row of more than two columns: its first tag read") }
    let cell = cells.first { meaning(of: $0) != nil } ?? last
    guard let tag = meaning(of: cell) else {
      note("tag \(cell.quoted) read as O", "other tags read as O", &report)
      return "O"
    }
    if !tag.hasSameBytes(as: cell) {
      note("tag \(cell.quoted) read as \(tag)", "other tags read as they must be meant", &report)
    }
    return tag
  }

  /// Reasons are kept apart as long as there are not too many.
  private static func note(_ reason: String, _ other: String, _ report: inout CorpusReport) {
    let isKnown = report.repaired[reason] != nil || report.repaired.count < 100
    report.repair(isKnown ? reason : other)
  }

  private static let labels = ["PER", "LOC", "ORG", "MISC"].map { Array($0.utf8) }

  private static func upper(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 0x20 : $0 }
  }

  /// nil: none.
  private static func meaning(of cell: String) -> String? {
    let bytes = upper(cell.utf8)
    if bytes == Array("O".utf8) { return "O" }
    if labels.contains(bytes) { return "I-" + String(decoding: bytes, as: UTF8.self) }
    guard bytes.count > 2, TagSpelling.isPrefix(bytes[0]),
      TagSpelling.Separator.allCases.contains(where: { $0.byte == bytes[1] })
    else { return nil }
    let prefix = String(decoding: [bytes[0], UInt8(ascii: "-")], as: UTF8.self)
    let label = Array(bytes[2...])
    if labels.contains(label) { return prefix + String(decoding: label, as: UTF8.self) }
    if label == Array("O".utf8) { return "O" }
    // Other prefixes are seldom meant, unless the file is in such a scheme.
    let isPlain = bytes[0] == UInt8(ascii: "B") || bytes[0] == UInt8(ascii: "I")
    guard isPlain || bytes[1] == UInt8(ascii: "-") else { return nil }
    return prefix + String(decoding: cell.utf8.dropFirst(2), as: UTF8.self)
  }
}
