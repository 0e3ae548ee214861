import Tokenization

/// Reads brat's standoff: annotations in a file `.ann`, their text in the `.txt` beside it; either
/// may be named.
///
/// Attributes (`A`, `M`), normalisations (`N`) and notes (`#`) become attributes of their
/// annotation; events, relations and equivalences are set aside. Fragments with nothing but line
/// ends between them are one: brat cuts there what goes across lines.
struct BratReader: DocumentReader {
  private struct Row {
    var id: ArraySlice<UInt8>
    var label: String
    var fragments: [(start: Int, end: Int)]
    var mention: [Unicode.Scalar]
  }

  private var rows: [Row] = []
  /// What is said of annotations, and the id of each.
  private var remarks: [(target: ArraySlice<UInt8>, attribute: Attribute)] = []

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    guard let files = BratFiles(source.name) else {
      throw CorpusError(
        .option, file: source.name, expected: "brat's files, X.ann and X.txt beside it",
        found: "another name: the other file cannot be found by it")
    }
    let twin = try Self.twin(of: files, beside: source.name)
    let (text, hasMark) = try Self.text(files.isText ? source : twin, sink.options.encoding)
    let annotations = files.isText ? twin : source
    try annotations.forEachLine(encoding: sink.options.encoding) { line in
      try take(line, annotations.name, &sink)
    }
    let document = Document(
      id: files.id, text: String(scalars: text), sentences: [],
      annotations: self.annotations(in: text, hasMark: hasMark, &sink.report))
    self = BratReader()
    try sink.append(
      ReadDocument(
        document: document, segmentation: .text, isAnnotated: true, file: annotations.name))
  }

  private static func twin(
    of files: BratFiles, beside name: String
  ) throws(CorpusError) -> ByteSource {
    do {
      return try ByteSource(.file(files.twin))
    } catch {
      guard error.kind == .missing else { throw error }
      let content = files.isText ? "annotations" : "text"
      throw CorpusError(
        .missing, file: name, expected: "the file \(files.twin) beside it with the \(content)",
        found: "none")
    }
  }

  /// The text, and whether a byte order mark stood before it.
  private static func text(
    _ source: ByteSource, _ encoding: TextEncoding?
  ) throws -> ([Unicode.Scalar], Bool) {
    var bytes: [UInt8] = []
    while let chunk = try source.next() { bytes += (encoding ?? .utf8).utf8(chunk) }
    if let invalid = UTF8Check.firstInvalid(in: bytes[...]) {
      let line = bytes[..<invalid].count { $0 == UInt8(ascii: "\n") } + 1
      throw CorpusError(
        file: source.name, line: line, expected: "UTF-8 (or --encoding latin1)",
        found: "byte 0x" + String(bytes[invalid], radix: 16, uppercase: true))
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let text = String(decoding: hasMark ? bytes[3...] : bytes[...], as: UTF8.self)
    return (Array(text.unicodeScalars), hasMark)
  }

  // MARK: Lines

  private mutating func take(
    _ line: Line, _ file: String, _ sink: inout DocumentSink
  ) throws {
    let tab = UInt8(ascii: "\t")
    let fields = line.content.split(
      separator: tab, maxSplits: 2, omittingEmptySubsequences: false)
    guard let letter = line.content.first, let id = fields.first else { return }
    if line.content.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == tab }) { return }
    switch letter {
    case UInt8(ascii: "T"):
      guard let row = Self.textBound(fields) else {
        throw CorpusError(
          file: file, line: line.number,
          expected: "an id, a tab, a label and its offsets, a tab and the text",
          found: line.text.quoted)
      }
      rows.append(row)
    case UInt8(ascii: "E"): sink.report.setAside("events")
    case UInt8(ascii: "R"): sink.report.setAside("relations")
    case UInt8(ascii: "*"): sink.report.setAside("equivalences")
    case UInt8(ascii: "A"), UInt8(ascii: "M"), UInt8(ascii: "N"), UInt8(ascii: "#"):
      guard let remark = Self.remark(fields) else {
        if letter == UInt8(ascii: "#") {
          sink.report.setAside("notes that name no annotation")
          return
        }
        throw CorpusError(
          file: file, line: line.number,
          expected: "an id, a tab, a name and the id of what it is said of",
          found: line.text.quoted)
      }
      remarks.append(remark)
    default:
      throw CorpusError(
        file: file, line: line.number,
        expected: "a line that begins with T, E, R, A, M, N, * or #",
        found: String(decoding: id, as: UTF8.self).quoted)
    }
  }

  private static func textBound(_ fields: [ArraySlice<UInt8>]) -> Row? {
    let space = UInt8(ascii: " ")
    guard fields.count > 1, fields[0].count > 1,
      let end = fields[1].firstIndex(of: space), end > fields[1].startIndex
    else { return nil }
    var fragments: [(start: Int, end: Int)] = []
    for fragment in fields[1][end...].split(
      separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    {
      let numbers = fragment.split(separator: space)
      guard numbers.count == 2, let start = OffsetNumber.value(of: numbers[0]),
        let end = OffsetNumber.value(of: numbers[1])
      else { return nil }
      fragments.append((start, end))
    }
    return Row(
      id: fields[0], label: BratText.name(fields[1][..<end]), fragments: fragments,
      mention: fields.count > 2
        ? Array(String(decoding: fields[2], as: UTF8.self).unicodeScalars) : [])
  }

  private static func remark(
    _ fields: [ArraySlice<UInt8>]
  ) -> (target: ArraySlice<UInt8>, attribute: Attribute)? {
    guard fields.count > 1, let letter = fields[0].first else { return nil }
    let parts = fields[1].split(
      separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    let name = BratText.name(parts[0])
    let value: String
    if letter == UInt8(ascii: "#") {
      value = fields.count > 2 ? BratText.note(fields[2]) : ""
    } else {
      var bytes = parts.count > 2 ? Array(parts[2]) : []
      if fields.count > 2 {
        bytes.append(UInt8(ascii: "\t"))
        bytes += fields[2]
      }
      value = String(decoding: bytes, as: UTF8.self)
    }
    return (parts[1], Attribute(name, value))
  }

  // MARK: Annotations

  private func annotations(
    in text: [Unicode.Scalar], hasMark: Bool, _ report: inout CorpusReport
  ) -> [Annotation] {
    let (table, shift) = measure(of: text, hasMark: hasMark, &report)
    let breaks = LineBreaks(rows.contains { $0.fragments.count > 1 } ? text : [])
    var result: [Annotation] = []
    var places: [ArraySlice<UInt8>: Int] = [:]
    var known: Set<ArraySlice<UInt8>> = []
    var unnamed: [Int] = []
    for row in rows {
      let isNew = known.insert(row.id).inserted
      guard let fragments = fragments(of: row, in: text, table, shift, &report) else { continue }
      let ordered = MentionText.ordered(fragments, &report)
      let id = isNew ? String(decoding: row.id, as: UTF8.self) : nil
      if isNew {
        places[row.id] = result.count
      } else {
        report.repair("id given twice")
        unnamed.append(result.count)
      }
      result.append(
        Annotation(label: row.label, fragments: breaks.joined(ordered), id: id))
    }
    var number = 0
    for index in unnamed {
      repeat { number += 1 } while known.contains(ArraySlice("T\(number)".utf8))
      result[index].id = "T\(number)"
    }
    var written = [[Attribute]](repeating: [], count: result.count)
    for (target, attribute) in remarks {
      if let index = places[target] {
        written[index].append(attribute)
      } else if target.first == UInt8(ascii: "T") {
        report.setAside("attributes and notes of annotations that are not there")
      } else {
        report.setAside("attributes and notes of events and relations")
      }
    }
    for index in result.indices where !written[index].isEmpty {
      let (layer, attributes) = LayerAttribute.layer(of: written[index])
      result[index].layer = layer
      result[index].attributes = attributes
    }
    return result
  }

  /// What the offsets count, and from where: what puts most annotations on their text.
  private func measure(
    of text: [Unicode.Scalar], hasMark: Bool, _ report: inout CorpusReport
  ) -> (OffsetTable, Int) {
    var best = (table: OffsetTable(text[...], .scalars), shift: hasMark ? 1 : 0)
    var matches = count(text, best.table, best.shift)
    var reason: String?
    guard matches < rows.count, hasMark || text.contains(where: { !$0.isASCII || $0 == "\r" })
    else { return best }
    for unit in OffsetUnit.allCases {
      for isShifted in hasMark ? [true, false] : [false] {
        let shift = isShifted ? (unit == .bytes ? 3 : 1) : 0
        let table = OffsetTable(text[...], unit)
        let found = count(text, table, shift)
        guard found > matches else { continue }
        (best, matches) = ((table, shift), found)
        reason = unit == .scalars ? "offsets that do not count the byte order mark" : unit.reason
      }
    }
    if let reason { report.repair(reason, count: matches) }
    return best
  }

  private func count(_ text: [Unicode.Scalar], _ table: OffsetTable, _ shift: Int) -> Int {
    rows.count { row in
      row.mention.isEmpty
        || Self.place(row, table, shift)
          .map { MentionText.holds($0, of: text, row.mention) } ?? false
    }
  }

  private static func place(
    _ row: Row, _ table: OffsetTable, _ shift: Int
  ) -> [Range<Int>]? {
    var result: [Range<Int>] = []
    for (start, end) in row.fragments {
      guard let start = table.scalar(at: start - shift), let end = table.scalar(at: end - shift),
        start <= end
      else { return nil }
      result.append(start..<end)
    }
    return result
  }

  private func fragments(
    of row: Row, in text: [Unicode.Scalar], _ table: OffsetTable, _ shift: Int,
    _ report: inout CorpusReport
  ) -> [Range<Int>]? {
    let nominal = Self.place(row, table, shift)
    if let nominal {
      if row.mention.isEmpty {
        if nominal.contains(where: { !$0.isEmpty }) {
          report.repair("annotation without text taken by its offsets")
        }
        return nominal
      }
      if MentionText.holds(nominal, of: text, row.mention) { return nominal }
      if MentionText.holds(nominal, of: text, row.mention, ignoringCase: true) {
        report.repair("annotation whose text differs in case")
        return nominal
      }
    }
    let start = nominal?.first?.lowerBound ?? row.fragments.first.map { $0.start - shift } ?? 0
    if row.fragments.count == 1, start >= 0, start <= text.count + MentionText.window,
      let found = MentionText.find(row.mention, near: start, in: text)
    {
      report.repair("annotation moved to its text nearby")
      return [found]
    }
    report.setAside(
      nominal == nil
        ? "location that is not in the text" : "annotation whose text is not at its location")
    return nil
  }
}

/// Joins fragments that line ends alone keep apart.
private struct LineBreaks {
  /// How many line ends stand before each scalar.
  private var counts: [Int] = [0]

  init(_ text: [Unicode.Scalar]) {
    counts.reserveCapacity(text.count + 1)
    var count = 0
    for scalar in text {
      if scalar == "\n" || scalar == "\r" { count += 1 }
      counts.append(count)
    }
  }

  func joined(_ fragments: [Range<Int>]) -> [Range<Int>] {
    guard fragments.count > 1 else { return fragments }
    var result: [Range<Int>] = []
    for fragment in fragments {
      if let last = result.last, fragment.lowerBound > last.upperBound,
        counts[fragment.lowerBound] - counts[last.upperBound]
          == fragment.lowerBound - last.upperBound
      {
        result[result.count - 1] = last.lowerBound..<fragment.upperBound
      } else {
        result.append(fragment)
      }
    }
    return result
  }
}
