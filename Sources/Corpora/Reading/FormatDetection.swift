/// Tells a file's format from how it begins.
public struct FormatDetection: Hashable, Sendable {
  /// How many bytes it looks at.
  public static let sampleSize = 64 << 10

  public let format: CorpusFormat
  /// The dialect as the file has it, for the CoNLL family.
  public let dialect: ConllDialect?

  /// The format of a file that begins with `sample`; nil if nothing fits.
  ///
  /// - Parameters:
  ///   - isWhole: whether the sample is the whole file; else its last line may be cut.
  ///   - name: the file's name: its extension counts where the bytes can be of several formats.
  ///   - tagColumn: where to look for tags: 1-based, negative from the end.
  public init?(sample: [UInt8], isWhole: Bool, name: String = "", tagColumn: Int? = nil) {
    let start = FormatSample(bytes: sample, isWhole: isWhole, name: name)
    for recognize in Self.recognizers {
      guard let format = recognize(start) else { continue }
      self.format = format
      dialect = format.dialect.map { RowSample(start, tagColumn: tagColumn).completed($0) }
      return
    }
    let rows = RowSample(start, tagColumn: tagColumn)
    guard let format = rows.format else { return nil }
    self.format = format
    dialect = format.dialect.map { rows.completed($0) }
  }

  /// A dialect that was named, with what only the file can say of it: how it writes its tags, which
  /// columns its header names.
  static func completed(
    _ dialect: ConllDialect, sample: [UInt8], isWhole: Bool, tagColumn: Int?
  ) -> ConllDialect {
    RowSample(FormatSample(bytes: sample, isWhole: isWhole, name: ""), tagColumn: tagColumn)
      .completed(dialect)
  }

  /// What formats with marks of their own are known by, the surest first.
  private static let recognizers: [@Sendable (FormatSample) -> CorpusFormat?] = [
    OffsetXMLDetection.recognize,
    WebAnnoReader.recognize, Conll2012Reader.recognize, ConllUReader.recognize,
    SQuADReader.recognize,
    BioCReader.recognize, PubTatorReader.recognize, BratFiles.recognize,
    StandoffXMLReader.recognize,
  ]
    InlineXMLDetection.tei,
    InlineXMLDetection.timeML,
    InlineXMLDetection.harem,
    InlineXMLDetection.genia,
    InlineXMLDetection.enamex,
    InlineXMLDetection.vertical,
  ]
}

/// What the first lines of a file look like.
private struct Rows {
  private var columns: [[ArraySlice<UInt8>]] = []
  private var hasTabs = false
  private var hasDocumentStart = false
  private var firstLine: ArraySlice<UInt8> = []
  private let isUTF16: Bool
  private let tagColumn: Int
  /// Comments like `# text = …` before the first row, in a file whose rows have tabs.
  private(set) var hasKeyComments = false

  init(sample: FormatSample, tagColumn: Int?) {
    self.tagColumn = tagColumn ?? -1
    isUTF16 = sample.isUTF16
    var keyComments = 0
    for line in sample.lines {
      guard !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
      else { continue }
      if firstLine.isEmpty { firstLine = line }
      if line.starts(with: "-DOCSTART-".utf8) {
        hasDocumentStart = true
      } else if Self.isKeyComment(line) {
        keyComments += 1
      } else {
        let tabbed = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        if tabbed.count > 1 { hasTabs = true }
        columns.append(tabbed.count > 1 ? tabbed : line.split(separator: UInt8(ascii: " ")))
      }
    }
    hasKeyComments = keyComments > 0 && hasTabs
  }

  /// `# newdoc`, or `# key = value`.
  private static func isKeyComment(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "# ".utf8) && !line.contains(UInt8(ascii: "\t"))
      && (line.contains(UInt8(ascii: "=")) || line.starts(with: "# newdoc".utf8))
  }

  private static func label(of field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let first = field.first, "BIESLUMW".utf8.contains(first), field.count > 2,
      field[field.startIndex + 1] == UInt8(ascii: "-")
    else { return nil }
    return field.dropFirst(2)
  }

  private static func isTag(_ field: ArraySlice<UInt8>) -> Bool {
    field.elementsEqual("O".utf8) || label(of: field) != nil
  }

  private func field(_ column: Int, of row: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    let index = column > 0 ? column - 1 : row.count + column
    return row.count > 1 && row.indices.contains(index) ? row[index] : nil
  }

  /// How many rows have a tag in that column.
  private func tagCount(_ column: Int) -> Int {
    columns.count { row in field(column, of: row).map(Self.isTag) ?? false }
  }

  var format: CorpusFormat? {
    if isUTF16 { return .inlineXML }
    guard let first = columns.first else { return .conll }
    if hasDocumentStart { return .conll2003 }
    let startsWithTag = field(tagColumn, of: first).map(Self.isTag) ?? false
    if !startsWithTag {
      if looksLikeJSON { return .jsonl }
      if looksLikeXML { return .inlineXML }
    }
    if looksLikeUNER { return .uner }
    if tagCount(tagColumn) * 2 >= columns.count { return taggedFormat }
    let counts = Set(columns.map(\.count))
    if counts.count == 1, hasTabs || first.count == 1 { return .conll }
    return nil
  }

  private var looksLikeJSON: Bool {
    let text = firstLine.drop { $0 == UInt8(ascii: " ") }
    guard text.first == UInt8(ascii: "{") else { return false }
    let next = text.dropFirst().first { $0 != UInt8(ascii: " ") }
    return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
  }

  private var looksLikeXML: Bool {
    let text = firstLine.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard text.first == UInt8(ascii: "<"), let next = text.dropFirst().first else { return false }
    switch next {
    case UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "_"), UInt8(ascii: ":"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      return true
    default: return false
    }
  }

  private var looksLikeUNER: Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isNumbered = columns.allSatisfy { row in
      (row.count == 3 || row.count == 5) && row[0].first.map(digits.contains) ?? false
    }
    // Years and scores begin rows as well; but words are counted from 1, also where "1-2" is one.
    let first = columns.first?[0].prefix { $0 != UInt8(ascii: "-") } ?? []
    return isNumbered && first.elementsEqual("1".utf8) && hasTabs
      && tagCount(3) * 2 >= columns.count
  }

  private var taggedFormat: CorpusFormat {
    var labels: Set<[UInt8]> = []
    for row in columns {
      if let label = field(tagColumn, of: row).flatMap(Self.label) { labels.insert(Array(label)) }
    }
    func are(_ names: [String]) -> Bool {
      !labels.isEmpty && labels.isSubset(of: names.map { Array($0.utf8) })
    }
    let wnut = ["corporation", "creative-work", "group", "location", "person", "product"]
    if hasTabs, columns.allSatisfy({ $0.count == 2 }), are(wnut) { return .wnut17 }
    if !hasTabs, are(["PER", "ORG", "LOC", "MISC"]) { return .conll2003 }
    return .conll
  }
}
