/// The beginning of a file, by which its format is told.
struct FormatSample: Sendable {
  /// The file's name as the user gave it; may be empty.
  let name: String
  /// The bytes as they are.
  let bytes: [UInt8]
  /// The lines without their ends and without byte order mark; a line that may be cut is left out.
  let lines: [ArraySlice<UInt8>]
  let isUTF16: Bool

  init(bytes: [UInt8], isWhole: Bool, name: String) {
    self.name = name
    self.bytes = bytes
    // XML may be without byte order mark; then it declares its encoding.
    let starts: [[UInt8]] = [
      [0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0, 0x3F, 0], [0, 0x3C, 0, 0x3F],
    ]
    isUTF16 = starts.contains { bytes.starts(with: $0) }
    var text = bytes[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if !isWhole, lines.count > 1 { lines.removeLast() }
    for index in lines.indices {
      while lines[index].last == UInt8(ascii: "\r") { lines[index] = lines[index].dropLast() }
    }
    // Files of old Macs, and mixtures.
    if lines.contains(where: { $0.contains(UInt8(ascii: "\r")) }) {
      lines = lines.flatMap {
        $0.split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false)
      }
      if !isWhole, lines.count > 1 { lines.removeLast() }
    }
    self.lines = lines
  }

  /// The first line that is not blank.
  var firstLine: ArraySlice<UInt8> {
    lines.first { !$0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } } ?? []
  }

  /// The file's extension in lower case, without its dot.
  var fileExtension: String {
    let last = name.utf8.split(separator: UInt8(ascii: "/")).last ?? Substring(name).utf8
    guard let dot = last.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(Substring(last[last.index(after: dot)...])).lowercased()
  }

  /// Whether the bytes hold `text`; in UTF-16 its ASCII letters with zeros between.
  func contains(_ text: String) -> Bool {
    let pattern = Array(text.utf8)
    let haystack = isUTF16 ? bytes.filter { $0 != 0 } : bytes
    guard let first = pattern.first, haystack.count >= pattern.count else { return false }
    return haystack.indices.dropLast(pattern.count - 1).contains { index in
      haystack[index] == first && haystack[index..<index + pattern.count].elementsEqual(pattern)
    }
  }

  /// The qualified name of the root element; nil if the sample does not begin like XML.
  var rootElement: String? {
    let marks: [UInt8] = [0xFF, 0xFE]
    let text = isUTF16 ? bytes.filter { $0 != 0 }.drop { marks.contains($0) } : bytes[...]
    var rest = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text
    let blanks = " \t\r\n".utf8
    while true {
      rest = rest.drop { blanks.contains($0) }
      guard rest.first == UInt8(ascii: "<") else { return nil }
      rest = rest.dropFirst()
      let isComment = rest.starts(with: "!--".utf8)
      if isComment || rest.first == UInt8(ascii: "?") || rest.first == UInt8(ascii: "!") {
        // A prologue is passed over; the brackets of a DOCTYPE are none of a corpus we accept.
        let end = Array((isComment ? "-->" : ">").utf8)
        guard
          let close = rest.indices.first(where: { rest[$0...].starts(with: end) })
        else { return nil }
        rest = rest[(close + end.count)...]
        continue
      }
      let name = rest.prefix {
        !blanks.contains($0) && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/")
      }
      return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
  }
}
