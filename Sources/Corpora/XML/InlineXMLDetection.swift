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
    return isNamed || sample.contains("<EM ") && sample.contains("CATEG=") ? .harem : nil
  }

  static func genia(_ sample: FormatSample) -> CorpusFormat? {
    guard root(sample) != nil, sample.contains("<cons "), sample.contains(" sem=") else {
      return nil
    }
    return .genia
  }

  static func enamex(_ sample: FormatSample) -> CorpusFormat? {
    guard root(sample) != nil else { return nil }
    let elements = ["<ENAMEX TYPE=", "<NUMEX TYPE=", "<TIMEX TYPE="]
    if elements.contains(where: sample.contains) { return .enamex }
    return sample.contains("<ENAMEX ") && sample.contains("TYPE=") ? .enamex : nil
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
