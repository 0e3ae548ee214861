/// Writes CoNLL-U with entities as brackets: `Entity=(1-place`, `1)`.
///
/// A document that was read from CoNLL-U and whose entities are as they were gets its own lines
/// back, byte for byte where the file was regular (LF, one empty line after each sentence). Else
/// the entities in its last column are written anew, with number and label; of documents of other
/// formats there are words, the space between them, and entities.
///
/// Left out: attributes and layers of entities that are written anew, sections, and text between
/// sentences other than a line feed.
public struct ConllUWriter: DocumentWriter {
  public init() {}

  /// - Throws: `CorpusError` for an entity that does not begin and end with words, for labels
  ///   with brackets, bars or white space in them, and for words that no row can hold.
  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    let isConllU = document.sentences.allSatisfy(Self.isConllU)
    if isConllU {
      let own = Self.lines(of: document, entities: nil)
      if Self.isRead(own, as: document) { return own }
    }
    for keepsIDs in [true, false] {
      let entities = try ConllUEntityCells(of: document, keepsIDs: keepsIDs)
      let written =
        isConllU
        ? Self.lines(of: document, entities: entities)
        : try Self.newLines(of: document, entities: entities)
      if !keepsIDs || Self.isRead(written, as: document) { return written }
    }
    return []
  }

  /// Whether the lines have the document's entities.
  private static func isRead(_ lines: [UInt8], as document: Document) -> Bool {
    let options = CorpusOptions(format: .conllu, requiresAnnotations: false)
    guard !document.sentences.isEmpty,
      let corpus = try? CorpusReader.read([.bytes(lines, name: "CoNLL-U")], options: options),
      corpus.documents.count == 1
    else { return document.sentences.isEmpty }
    func key(_ annotation: Annotation) -> [[Int]] {
      annotation.fragments.map { [$0.lowerBound, $0.upperBound] }
        + [annotation.label.utf8.map(Int.init)]
    }
    func keys(_ annotations: [Annotation]) -> [[[Int]]: Int] {
      Dictionary(annotations.map { (key($0), 1) }, uniquingKeysWith: +)
    }
    return keys(corpus.documents[0].annotations) == keys(document.annotations)
  }

  // MARK: Rows that are no words

  /// What a comment that keeps a row begins with.
  private static let keptRow = "# conllu row = "

  /// A row that is no word (`5-6`, `24.1`) as a comment, with `\t` for tabs: so it outlives
  /// formats that have no place for it.
  public static func comment(keeping cells: [String]) -> String {
    var bytes = Array(keptRow.utf8)
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes += "\\t".utf8 }
      for byte in cell.utf8 {
        if byte == UInt8(ascii: "\\") { bytes.append(byte) }
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The cells of a row that a comment keeps; nil for any other comment.
  public static func row(keptBy comment: String) -> [String]? {
    guard comment.utf8.starts(with: keptRow.utf8) else { return nil }
    var cells: [[UInt8]] = [[]]
    var isEscaped = false
    for byte in comment.utf8.dropFirst(keptRow.utf8.count) {
      if isEscaped {
        isEscaped = false
        if byte == UInt8(ascii: "t") {
          cells.append([])
        } else {
          cells[cells.count - 1].append(byte)
        }
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        cells[cells.count - 1].append(byte)
      }
    }
    return cells.map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Documents read from CoNLL-U

  private static func isConllU(_ sentence: Sentence) -> Bool {
    !sentence.words.isEmpty && sentence.rows.count == sentence.words.count
      && zip(sentence.rows.indices, sentence.rows).allSatisfy { index, cells in
        cells.count == 10 && cells[0] == String(index + 1)
          && cells[1].hasSameBytes(as: sentence.words[index].text)
      }
  }

  /// - Parameter entities: to be written instead of those that the rows have; nil to leave them.
  private static func lines(of document: Document, entities: ConllUEntityCells?) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ line: String) {
      bytes += line.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    var word = 0
    for (index, sentence) in document.sentences.enumerated() {
      var before: [Int: [[String]]] = [:]
      var hasNewDocument = false
      var comments: [String] = []
      for comment in sentence.comments {
        if let cells = row(keptBy: comment), let id = cells.first.flatMap({ ConllUID($0.utf8) }) {
          switch id {
          case .multiword(let first, _): before[first - 1, default: []].append(cells)
          case .empty(let after, _): before[after, default: []].append(cells)
          case .word: comments.append(comment)
          }
        } else if entities == nil || !comment.utf8.starts(with: "# global.Entity".utf8) {
          if comment.utf8.starts(with: "# newdoc".utf8) { hasNewDocument = true }
          comments.append(comment)
        }
      }
      if index == 0, entities != nil {
        let place =
          hasNewDocument
          ? (comments.firstIndex { $0.utf8.starts(with: "# newdoc".utf8) } ?? 0) + 1 : 0
        comments.insert(ConllUEntityCells.declaration, at: place)
      }
      comments.forEach(append)
      func appendKept(after count: Int) {
        for var cells in before[count] ?? [] {
          if entities != nil, cells.count == 10 {
            cells[9] = ConllUMisc(cells[9]).replacing(ConllUTags.keys, with: [])
          }
          append(cells.joined(separator: "\t"))
        }
      }
      for (number, row) in sentence.rows.enumerated() {
        appendKept(after: number)
        var cells = row
        if let entities {
          cells[9] = ConllUMisc(cells[9]).replacing(
            ConllUTags.keys, with: entities.cell(ofWord: word))
        }
        append(cells.joined(separator: "\t"))
        word += 1
      }
      appendKept(after: sentence.rows.count)
      append("")
    }
    return bytes
  }

  // MARK: Other documents

  private static func newLines(
    of document: Document, entities: ConllUEntityCells
  ) throws(CorpusError) -> [UInt8] {
    let scalars = Array(document.text.unicodeScalars)
    var bytes: [UInt8] = []
    func append(_ line: String) {
      bytes += line.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    var word = 0
    var isFirst = true
    for sentence in document.sentences where !sentence.words.isEmpty {
      if isFirst {
        append(document.id.map { "# newdoc id = " + oneLine($0) } ?? "# newdoc")
        append(ConllUEntityCells.declaration)
        isFirst = false
      }
      let start = sentence.words[0].range.lowerBound
      let end = sentence.words[sentence.words.count - 1].range.upperBound
      append("# text = " + oneLine(String(scalars: scalars[start..<max(start, end)])))
      for (index, item) in sentence.words.enumerated() {
        try check(item.text)
        var misc = entities.cell(ofWord: word)
        word += 1
        if index + 1 < sentence.words.count {
          let next = sentence.words[index + 1].range.lowerBound
          let gap = scalars[min(item.range.upperBound, next)..<next]
          if let note = spaces(gap) { misc.append(note) }
        }
        let last = misc.isEmpty ? "_" : misc.joined(separator: "|")
        append("\(index + 1)\t\(item.text)" + String(repeating: "\t_", count: 7) + "\t" + last)
      }
      append("")
    }
    return bytes
  }

  /// What says that `gap` stands between two words; nil for one space, and for what is not white
  /// space.
  private static func spaces(_ gap: ArraySlice<Unicode.Scalar>) -> String? {
    if gap.isEmpty { return "SpaceAfter=No" }
    guard gap.allSatisfy(\.isWhiteSpace), !(gap.count == 1 && gap.first == " ") else { return nil }
    let escaped = gap.map { scalar in
      switch scalar {
      case " ": "\\s"
      case "\t": "\\t"
      case "\n": "\\n"
      case "\r": "\\r"
      default: String(scalar)
      }
    }
    return "SpacesAfter=" + escaped.joined()
  }

  private static func oneLine(_ text: String) -> String {
    String(
      scalars: text.unicodeScalars.map {
        $0 == "\n" || $0 == "\r" || $0 == "\t" ? " " as Unicode.Scalar : $0
      })
  }

  private static func check(_ form: String) throws(CorpusError) {
    let cannotHold: (UInt8) -> Bool = { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    guard form.isEmpty || form.utf8.contains(where: cannotHold) else { return }
    throw CorpusError(
      file: "CoNLL-U output", expected: "words that are not empty, without tabs and line ends",
      found: form.quoted)
  }
}
