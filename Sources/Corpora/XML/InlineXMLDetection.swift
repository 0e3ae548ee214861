/// Tells XML with entities as elements from how it begins.
enum InlineXMLDetection {
  static func tei(_ sample: FormatSample) -> CorpusFormat? {
    ["TEI", "TEI.2", "teiCorpus"].contains(root(sample)) ? .tei : nil
  }

  static func timeML(_ sample: FormatSample) -> CorpusFormat? {
    root(sample) == "TimeML" ? .timeML : nil
  }

  static func harem(_ sample: FormatSample) -> CorpusFormat? {
    guard let root = root(sample) else { return nil }
    let isNamed = root.uppercased().hasSuffix("HAREM")
    return isNamed || has("EM", with: "CATEG", sample) ? .harem : nil
  }

  static func genia(_ sample: FormatSample) -> CorpusFormat? {
    root(sample) != nil && has("cons", with: "sem", sample) ? .genia : nil
  }

  static func enamex(_ sample: FormatSample) -> CorpusFormat? {
    guard root(sample) != nil else { return nil }
    let names = ["ENAMEX", "NUMEX", "TIMEX"]
    return names.contains { has($0, with: "TYPE", sample) } ? .enamex : nil
  }

  /// Whether an element of that name with that attribute is in the sample.
  private static func has(
    _ name: String, with attribute: String, _ sample: FormatSample
  ) -> Bool {
    let bytes = sample.isUTF16 ? sample.bytes.filter { $0 != 0 } : sample.bytes
    let start = Array("<\(name)".utf8)
    let key = Array("\(attribute)=".utf8)
    var rest = bytes[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[open...]
      guard rest.starts(with: start) else {
        rest = rest.dropFirst()
        continue
      }
      let tag = rest.dropFirst(start.count).prefix { $0 != UInt8(ascii: ">") }
      rest = rest[tag.endIndex...]
      guard let blank = tag.first, " \t\r\n".utf8.contains(blank) else { continue }
      if tag.indices.contains(where: { tag[$0...].starts(with: key) }) { return true }
    }
    return false
  }

  /// Lines that are tags alone, and lines of columns.
  static func vertical(_ sample: FormatSample) -> CorpusFormat? {
    guard root(sample) != nil, !sample.isUTF16 else { return nil }
    var (tags, rows, others) = (0, 0, 0)
    for line in sample.lines where !line.allSatisfy({ " \t".utf8.contains($0) }) {
      if line.first == UInt8(ascii: "<") {
        guard line.last == UInt8(ascii: ">") else { return nil }
        tags += 1
      } else if line.contains(UInt8(ascii: "\t")), line.first != UInt8(ascii: "\t") {
        rows += 1
      } else {
        others += 1
      }
    }
    return tags > 0 && rows > 0 && others * 10 <= rows ? .verticalXML : nil
  }

  private static func root(_ sample: FormatSample) -> String? {
    guard let name = sample.rootElement else { return nil }
    return name.utf8.split(separator: UInt8(ascii: ":")).last.map { String(Substring($0)) }
  }
}
