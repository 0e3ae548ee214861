/// Reads PubTator: `id|t|title`, `id|a|abstract`, then a line for each annotation, with a blank
/// line after each document.
///
/// Offsets count over title, one character and abstract. The concept is kept as the attribute
/// `concept`, the parts of a composite mention as `mentions`; relations are set aside.
struct PubTatorReader: DocumentReader {
  private struct Row {
    var start: Int
    var end: Int
    var mention: [Unicode.Scalar]
    var label: String
    var attributes: [Attribute]
  }

  private var id: String?
  private var text: [Unicode.Scalar] = []
  private var sections: [Section] = []
  private var rows: [Row] = []

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let file = source.name
    try source.forEachLine(encoding: sink.options.encoding) { line in
      try take(line, file, &sink)
    }
    try finish(file, &sink)
  }

  private mutating func take(
    _ line: Line, _ file: String, _ sink: inout DocumentSink
  ) throws {
    let content = Self.content(of: line)
    if content.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
      try finish(file, &sink)
      return
    }
    if let (id, section, text) = Self.passage(content) {
      if section == UInt8(ascii: "t") || !isCurrent(id) { try finish(file, &sink) }
      self.id = String(decoding: id, as: UTF8.self)
      add(section, text)
      return
    }
    let fields = content.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard fields.count > 2 else {
      throw CorpusError(
        file: file, line: line.number,
        expected: "id|t|title, id|a|abstract or a line of columns between tabs",
        found: line.text.quoted)
    }
    guard isCurrent(fields[0]) else {
      throw CorpusError(
        file: file, line: line.number,
        expected: id.map { "a line of document \($0.quoted)" } ?? "id|t|title",
        found: "one of \(String(decoding: fields[0], as: UTF8.self).quoted)")
    }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard fields[1].first.map({ digits.contains($0) || $0 == UInt8(ascii: "-") }) ?? false
    else {
      sink.report.setAside("relations")
      return
    }
    guard fields.count > 4, let start = OffsetNumber.value(of: fields[1]),
      let end = OffsetNumber.value(of: fields[2])
    else {
      throw CorpusError(
        file: file, line: line.number, expected: "id, start, end, mention, type and concept",
        found: line.text.quoted)
    }
    add(fields, start, end)
  }

  private mutating func add(_ fields: [ArraySlice<UInt8>], _ start: Int, _ end: Int) {
    let values = fields.map { String(decoding: $0, as: UTF8.self) }
    let attributes = values.indices.dropFirst(5).map { index in
      let name =
        switch index {
        case 5: "concept"
        case 6: "mentions"
        default: "column \(index + 1)"
        }
      return Attribute(name, values[index])
    }
    rows.append(
      Row(
        start: start, end: end, mention: Array(values[3].unicodeScalars), label: values[4],
        attributes: attributes))
  }

  /// The text of a line. A carriage return inside is part of it, one at its end is not, also
  /// where the file ends without a line feed.
  static func content(of line: Line) -> ArraySlice<UInt8> {
    var content = line.content
    while content.last == UInt8(ascii: "\r") { content = content.dropLast() }
    return content
  }

  /// `id|t|…`: the id, the letter and the text.
  static func passage(
    _ line: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, UInt8, ArraySlice<UInt8>)? {
    let bar = UInt8(ascii: "|")
    guard let first = line.firstIndex(of: bar), first > line.startIndex,
      line.index(first, offsetBy: 2, limitedBy: line.endIndex - 1) != nil,
      line[first + 2] == bar, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(line[first + 1]),
      !line[..<first].contains(UInt8(ascii: "\t")), !line[..<first].contains(UInt8(ascii: " "))
    else { return nil }
    return (line[..<first], line[first + 1], line[(first + 3)...])
  }

  private func isCurrent(_ id: ArraySlice<UInt8>) -> Bool {
    self.id.map { $0.utf8.elementsEqual(id) } ?? false
  }

  private mutating func add(_ letter: UInt8, _ string: ArraySlice<UInt8>) {
    let type =
      switch letter {
      case UInt8(ascii: "t"): "title"
      case UInt8(ascii: "a"): "abstract"
      default: String(decoding: [letter], as: UTF8.self)
      }
    if !sections.isEmpty { text.append("\n") }
    let start = text.count
    text += String(decoding: string, as: UTF8.self).unicodeScalars
    sections.append(
      Section(range: start..<text.count, attributes: [Attribute("type", type)]))
  }

  private mutating func finish(_ file: String, _ sink: inout DocumentSink) throws {
    guard id != nil else { return }
    defer { self = PubTatorReader() }
    let annotations = annotations(&sink.report)
    try sink.append(
      ReadDocument(
        document: Document(
          id: id, text: String(scalars: text), sentences: [], annotations: annotations,
          sections: sections),
        segmentation: .text, isAnnotated: true, file: file))
  }

  private func annotations(_ report: inout CorpusReport) -> [Annotation] {
    var table = OffsetTable(text[...], .scalars)
    var matches = count(table)
    var chosen = OffsetUnit.scalars
    if matches < rows.count, text.contains(where: { !$0.isASCII }) {
      for unit in [OffsetUnit.utf16, .bytes] {
        let other = OffsetTable(text[...], unit)
        let found = count(other)
        if found > matches {
          (table, matches, chosen) = (other, found, unit)
        }
      }
    }
    if chosen != .scalars { report.repair(chosen.reason, count: matches) }
    return rows.compactMap { row in
      guard let range = range(of: row, table, &report) else { return nil }
      var label = row.label
      if label.isEmpty {
        label = BioCDocument.unknownLabel
        report.repair("annotation without a type, labelled \(label)")
      }
      return Annotation(label: label, range: range, attributes: row.attributes)
    }
  }

  private func count(_ table: OffsetTable) -> Int {
    rows.count { row in
      place(of: row, table).map { MentionText.holds([$0], of: text, row.mention) } ?? false
    }
  }

  private func place(of row: Row, _ table: OffsetTable) -> Range<Int>? {
    guard let start = table.scalar(at: row.start), let end = table.scalar(at: row.end),
      start <= end
    else { return nil }
    return start..<end
  }

  private func range(
    of row: Row, _ table: OffsetTable, _ report: inout CorpusReport
  ) -> Range<Int>? {
    let nominal = place(of: row, table)
    if let nominal {
      if MentionText.holds([nominal], of: text, row.mention) { return nominal }
      if MentionText.holds([nominal], of: text, row.mention, ignoringCase: true) {
        report.repair("annotation whose text differs in case")
        return nominal
      }
    }
    let start = nominal?.lowerBound ?? row.start
    if start >= 0, start <= text.count + MentionText.window,
      let found = MentionText.find(row.mention, near: start, in: text)
    {
      report.repair("annotation moved to its text nearby")
      return found
    }
    report.setAside(
      nominal == nil
        ? "location that is not in the text" : "annotation whose text is not at its location")
    return nil
  }
}

extension PubTatorReader {
  /// Whether a file is PubTator: it begins with a title.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    guard let (_, letter, _) = passage(sample.firstLine) else { return nil }
    return letter == UInt8(ascii: "t") ? .pubtator : nil
  }
}
