import Corpora

/// The first bytes of a CoNLL stream, gathered until its dialect can be told.
///
/// That is after the first sentence: waiting for more would keep a person at the keyboard waiting.
/// What is looked at does not depend on how the bytes were cut.
struct ConllBeginning: Sendable {
  private(set) var bytes: [UInt8] = []
  /// The bytes to look at; nil while there are too few.
  private(set) var sample: ArraySlice<UInt8>?
  private var lineStart = 0
  private var hasRow = false

  mutating func append(_ chunk: [UInt8]) {
    bytes += chunk
    while sample == nil, let end = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
      var line = bytes[lineStart..<end]
      if lineStart == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      let isBlank = line.allSatisfy { " \t\r".utf8.contains($0) }
      lineStart = end + 1
      if lineStart > FormatDetection.sampleSize { break }
      if isBlank, hasRow {
        sample = bytes[..<lineStart]
      } else if !isBlank {
        hasRow = hasRow || Self.isRow(line)
      }
    }
    if sample == nil, bytes.count >= FormatDetection.sampleSize {
      sample = bytes[..<FormatDetection.sampleSize]
    }
  }

  /// Whether the first line that is neither blank nor like a comment has tabs: then `# …` without
  /// one is no row.
  static func hasTabbedRows(_ sample: ArraySlice<UInt8>) -> Bool {
    let row = sample.split(separator: UInt8(ascii: "\n")).first { line in
      !line.starts(with: "# ".utf8) && !line.allSatisfy { " \t\r".utf8.contains($0) }
    }
    return row?.contains(UInt8(ascii: "\t")) ?? false
  }

  private static func isRow(_ line: ArraySlice<UInt8>) -> Bool {
    if line.starts(with: "-DOCSTART-".utf8) { return false }
    return line.first != UInt8(ascii: "#") || line.contains(UInt8(ascii: "\t"))
  }
}
