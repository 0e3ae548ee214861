/// What the first lines of a file look like as rows: by this the formats with one word a row are
/// told apart that have no mark of their own.
struct RowSample {
  private var columns: [[ArraySlice<UInt8>]] = []
  private var hasTabs = false
  private var hasDocumentStart = false
  private var hasBlankLines = false
  private var firstLine: ArraySlice<UInt8> = []
  private var header: [String] = []
  private let isUTF16: Bool
  private let tagColumn: Int
  private let hasTagColumn: Bool
  /// Comments like `# text = …`.
  private var hasKeyComments = false
  private var hasNewDocuments = false
  private var hasFileComments = false
  /// `# id …` of MultiCoNER, `###MEDLINE:…` of JNLPBA.
  private var hasIdentifiers = false
  /// The names in `# global.columns = FORM … CONLL:NER`.
  private var columnNames: [ArraySlice<UInt8>] = []
  private var numbering = RowNumbering()

  /// - Parameter tagColumn: where tags are said to stand: 1-based, negative from the end.
  init(_ sample: FormatSample, tagColumn: Int?) {
    self.tagColumn = tagColumn ?? -1
    hasTagColumn = tagColumn != nil
    isUTF16 = sample.isUTF16
    var tail = 0
    for line in sample.lines {
      guard !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) else {
        tail += 1
        numbering.endSentence()
        continue
      }
      if !firstLine.isEmpty, tail > 0 { hasBlankLines = true }
      tail = 0
      if firstLine.isEmpty { firstLine = line }
      if line.starts(with: "-DOCSTART-".utf8) {
        hasDocumentStart = true
      } else if line.starts(with: "# file:".utf8) {
        hasFileComments = true
      } else if Self.isKeyComment(line) {
        hasKeyComments = true
        if line.starts(with: "# newdoc".utf8) { hasNewDocuments = true }
        if columns.isEmpty, line.starts(with: "# global.columns = ".utf8) {
          columnNames = line.split(separator: UInt8(ascii: " ")).dropFirst(3).map { $0 }
        }
      } else if RowParser.isIdentifier(line) {
        hasIdentifiers = true
      } else if line.starts(with: "TOKEN\tNE-".utf8) {
        if header.isEmpty {
          header = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        }
      } else {
        let tabbed = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        if tabbed.count > 1 { hasTabs = true }
        columns.append(tabbed.count > 1 ? tabbed : line.split(separator: UInt8(ascii: " ")))
        if line.first != UInt8(ascii: "#"), let row = columns.last { numbering.take(row) }
      }
    }
  }

  /// `# newdoc`, or `# key = value`.
  private static func isKeyComment(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "# ".utf8) && !line.contains(UInt8(ascii: "\t"))
      && (line.contains(UInt8(ascii: "=")) || line.starts(with: "# newdoc".utf8))
  }

  // MARK: Dialects

  /// The dialect with what the file has besides: comments, spelling of tags, names of columns.
  func completed(_ dialect: ConllDialect) -> ConllDialect {
    var dialect = dialect
    if dialect == .generic, !hasTagColumn, looksIrregular {
      return .europeana
    }
    if dialect == .generic, numbering.holds {
      dialect.wordColumn = 2
      dialect.comments = .hash
    }
    if dialect == .generic,
      let word = columnNames.firstIndex(where: { $0.elementsEqual("FORM".utf8) }),
      let tag = columnNames.lastIndex(where: { $0.suffix(3).elementsEqual("NER".utf8) })
    {
      dialect.wordColumn = word + 1
      dialect.tagColumn = tag + 1
      dialect.hasFixedWidth = true
    }
    if dialect.comments == .none {
      if hasKeyComments, hasTabs {
        dialect.comments = .hashSpace
      } else if hasNewDocuments {
        dialect.comments = .newdoc
      } else if hasIdentifiers {
        dialect.comments = .identifiers
      }
    }
    if dialect.hasHeader, !header.isEmpty { dialect.readHeader(header) }
    let column = hasTagColumn ? tagColumn : dialect.tagColumn
    dialect.spelling = TagSpelling(cells: columns.lazy.compactMap { field(column, of: $0) })
    return dialect
  }

  /// A recognizer of HIPE's header line.
  @Sendable static func hipe(_ sample: FormatSample) -> CorpusFormat? {
    let line = sample.lines.first { line in
      !line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        && line.first != UInt8(ascii: "#")
    }
    return line?.starts(with: "TOKEN\tNE-".utf8) ?? false ? .hipe : nil
  }

  // MARK: Cells

  private static func label(of field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    TagSpelling.isTag(field) && field.count > 2 ? field.dropFirst(2) : nil
  }

  private static func isOutside(_ field: ArraySlice<UInt8>) -> Bool {
    field.elementsEqual("O".utf8)
  }

  private func field(_ column: Int, of row: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    let index = column > 0 ? column - 1 : row.count + column
    return row.count > 1 && row.indices.contains(index) ? row[index] : nil
  }

  /// How many rows have a tag in that column.
  private func tagCount(
    _ column: Int, among rows: [[ArraySlice<UInt8>]]? = nil,
    _ isTag: (ArraySlice<UInt8>) -> Bool = TagSpelling.isTag
  ) -> Int {
    (rows ?? columns).count { row in field(column, of: row).map(isTag) ?? false }
  }

  // MARK: Formats

  var format: CorpusFormat? {
    if isUTF16 { return .inlineXML }
    guard let first = columns.first else { return .conll }
    let startsWithTag = field(tagColumn, of: first).map(TagSpelling.isTag) ?? false
    if !startsWithTag, !hasDocumentStart {
      if looksLikeJSON { return .jsonl }
      if looksLikeXML { return .inlineXML }
    }
    if let numbered = numberedFormat { return numbered }
    if !hasTagColumn {
      if looksLikeOffsets { return .wordOffsets }
      if looksLikeTagFirst { return .tagFirst }
      if looksLayered { return .layered }
    }
    if hasDocumentStart { return .conll2003 }
    if tagCount(tagColumn) * 2 >= columns.count { return taggedFormat }
    let counts = Set(columns.map(\.count))
    if hasFileComments || hasOtherSpelling { return .conll }
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

  /// Rows that start with a number: Universal NER and GermEval.
  private var numberedFormat: CorpusFormat? {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    // GermEval's comments have tabs.
    let rows = columns.filter { $0[0].first != UInt8(ascii: "#") }
    // Years and scores begin rows as well; but words are counted from 1, also where "1-2" is one.
    let start = rows.first?[0].prefix { $0 != UInt8(ascii: "-") } ?? []
    guard hasTabs, start.elementsEqual("1".utf8),
      rows.allSatisfy({ $0[0].first.map(digits.contains) ?? false })
    else { return nil }
    if rows.allSatisfy({ $0.count == 3 || $0.count == 5 }),
      tagCount(3, among: rows) * 2 >= rows.count
    {
      return .uner
    }
    // A row may have a column too many before its tags.
    let tagged = rows.count { row in
      (row.count == 4 || row.count == 5) && row.suffix(2).allSatisfy(TagSpelling.isTag)
    }
    let isSurplus = rows.count { $0.count == 5 } * 4 > rows.count
    if !isSurplus, tagged * 10 >= rows.count * 9, rows.allSatisfy({ $0.count > 2 }) {
      return .germeval
    }
    return nil
  }

  private var looksLikeOffsets: Bool {
    func number(_ field: ArraySlice<UInt8>) -> Int? {
      field.first == UInt8(ascii: "-") || field.first == UInt8(ascii: "+")
        ? nil : Int(String(decoding: field, as: UTF8.self))
    }
    return tagCount(4) * 10 >= columns.count * 9
      && columns.allSatisfy { row in
        guard row.count == 4, let start = number(row[1]), let end = number(row[2])
        else { return false }
        return start <= end
      }
  }

  private var looksLikeTagFirst: Bool {
    columns.allSatisfy { $0.count == 2 } && tagCount(1) == columns.count
      && tagCount(2) < columns.count
  }

  /// Whether every column but the first has tags: of layers, not of a tagger beside the gold tags,
  /// nor of chunks beside entities.
  private var looksLayered: Bool {
    guard hasTabs, columns.contains(where: { $0.count > 2 && !$0[2].isEmpty }) else { return false }
    var both = 0
    var same = 0
    var most = 0
    var labels: Set<[UInt8]> = []
    for row in columns {
      let tags = row.last?.isEmpty ?? false ? row.dropFirst().dropLast() : row.dropFirst()
      guard !tags.isEmpty, tags.allSatisfy(TagSpelling.isTag) else { return false }
      most = max(most, tags.count)
      if let label = Self.label(of: row[1]) { labels.insert(Array(label)) }
      guard row.count > 2, !Self.isOutside(row[1]), !Self.isOutside(row[2]), !row[2].isEmpty
      else { continue }
      both += 1
      if row[1].elementsEqual(row[2]) { same += 1 }
    }
    let chunks = ["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJP", "LST", "UCP"]
    let areChunks = !labels.isEmpty && labels.isSubset(of: chunks.map { Array($0.utf8) })
    // Two columns that mostly agree are gold tags and a tagger's; more may be of several taggers.
    let areTaggers = most < 3 ? same * 2 > both : both >= 20 && same * 10 >= both * 9
    return !areChunks && !areTaggers
  }

  private var taggedFormat: CorpusFormat {
    var labels: Set<[UInt8]> = []
    for row in columns {
      guard let field = field(tagColumn, of: row) else { continue }
      for tag in field.split(separator: UInt8(ascii: ",")) {
        if let label = Self.label(of: tag) { labels.insert(Array(label)) }
      }
    }
    func are(_ names: [String]) -> Bool {
      !labels.isEmpty && labels.isSubset(of: names.map { Array($0.utf8) })
    }
    let wnut = ["corporation", "creative-work", "group", "location", "person", "product"]
    if hasTabs, columns.allSatisfy({ $0.count == 2 }), are(wnut) { return .wnut17 }
    if !hasTabs, !looksIrregular, are(["PER", "ORG", "LOC", "MISC"]) { return .conll2003 }
    return .conll
  }

  // MARK: Other tags

  /// Whether the tag column has tags with another separator, in lower case, or labels alone.
  private var hasOtherSpelling: Bool {
    let cells = columns.compactMap { field(tagColumn, of: $0) }
    guard cells.count == columns.count, Set(columns.map(\.count)).count == 1 else { return false }
    let outside = cells.count { $0.elementsEqual("O".utf8) || $0.elementsEqual("o".utf8) }
    guard outside > 0 else { return false }
    if cells.count(where: Self.isLooseTag) * 10 >= cells.count * 9 { return true }
    // Labels alone: few, and of letters.
    var labels: Set<[UInt8]> = []
    for cell in cells where cell.count > 1 {
      guard cell.allSatisfy(Self.isOfLabel) else { return false }
      labels.insert(Array(cell))
    }
    return !labels.isEmpty && labels.count <= 30 && outside * 5 >= cells.count
  }

  private static func isLooseTag(_ field: ArraySlice<UInt8>) -> Bool {
    guard let first = field.first else { return false }
    if field.count == 1 { return first == UInt8(ascii: "O") || first == UInt8(ascii: "o") }
    let second = field[field.startIndex + 1]
    let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
    return field.count > 2 && TagSpelling.Separator.allCases.contains { $0.byte == second }
      && TagSpelling.isPrefix(isLower ? first - 0x20 : first)
  }

  private static func isOfLabel(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// Whether it is a newspaper of Europeana: `# file:` lines, or hundreds of rows without a blank
  /// line, tagged by the letters B and I with those labels, most of them well.
  private var looksIrregular: Bool {
    if hasFileComments { return true }
    guard !hasBlankLines, !hasDocumentStart, !hasKeyComments, !hasTabs, columns.count >= 500
    else { return false }
    let labels = ["PER", "LOC", "ORG", "MISC"].map { Array($0.utf8) }
    var others = 0
    for row in columns {
      let isRegular = row.count == 2 && Self.isLooseTag(row[1])
      let isKnown =
        Self.isOutside(row[row.count - 1])
        || labels.contains { row[row.count - 1].dropFirst(2).elementsEqual($0) }
      if !isRegular || !isKnown { others += 1 }
    }
    return others * 50 <= columns.count
  }
}
