/// Makes sentences of lines.
struct RowParser: Sendable {
  private let dialect: ConllDialect
  private let sentenceLimit: Int
  private var separator: ConllDialect.Separator?
  private var sentence = ConllSentence()
  /// Index of the column that says where sentences end; nil: the last.
  private var miscColumn: Int?

  init(dialect: ConllDialect, sentenceLimit: Int) {
    self.dialect = dialect
    self.sentenceLimit = sentenceLimit
    separator = dialect.separator
  }

  mutating func take(_ line: Line, _ emit: (ConllEvent) throws -> Void) throws {
    guard let kind = kind(of: line.content) else {
      append(line)
      if endsSentence || sentence.bytes.count > sentenceLimit { try endSentence(emit) }
      return
    }
    if kind == .comment, !sentence.rows.isEmpty, !startsDocument(line.content) {
      let start = sentence.bytes.count + line.content.startIndex - line.bytes.startIndex
      sentence.comments.append(start..<start + line.content.count)
      sentence.bytes += line.bytes
      return
    }
    try endSentence(emit)
    if kind == .header {
      miscColumn = line.content.split(separator: tab, omittingEmptySubsequences: false)
        .firstIndex { $0.elementsEqual("MISC".utf8) }
    }
    try emit(
      .line(
        ConllLine(kind: kind, bytes: Array(line.bytes), text: line.text, number: line.number)))
  }

  mutating func endSentence(_ emit: (ConllEvent) throws -> Void) throws {
    guard !sentence.rows.isEmpty else { return }
    let finished = sentence
    sentence = ConllSentence()
    try emit(.sentence(finished))
  }

  // MARK: Kinds of lines

  private func kind(of content: ArraySlice<UInt8>) -> ConllLine.Kind? {
    guard let first = content.first else { return .blank }
    switch first {
    case space, tab:
      return content.allSatisfy { $0 == space || $0 == tab } ? .blank : nil
    case UInt8(ascii: "-"):
      guard content.starts(with: documentStart) else { return nil }
      let rest = content.dropFirst(documentStart.count)
      return rest.isEmpty || rest.first == space || rest.first == tab ? .documentStart : nil
    case UInt8(ascii: "#"):
      return isComment(content) ? .comment : nil
    case UInt8(ascii: "T"):
      return dialect.hasHeader && content.starts(with: header) ? .header : nil
    default:
      return nil
    }
  }

  /// - Parameter content: a line that starts with `#`.
  private func isComment(_ content: ArraySlice<UInt8>) -> Bool {
    let hasSpace = content.dropFirst().first == space
    switch dialect.comments {
    case .none: return false
    case .newdoc: return content.elementsEqual(newDocument) || content.starts(with: newDocumentID)
    case .hash: return true
    case .hashSpace: return hasSpace && !content.contains(tab)
    case .hashFile:
      return content.starts(with: fileComment)
    case .identifiers: return Self.isIdentifier(content)
    }
  }

  /// Whether a line names a sentence (MultiCoNER) or an abstract (JNLPBA): a name, and nothing but
  /// its domain after it.
  static func isIdentifier(_ line: ArraySlice<UInt8>) -> Bool {
    if line.starts(with: abstractMark) {
      return line.count > abstractMark.count && !line.contains { $0 == space || $0 == tab }
    }
    guard line.starts(with: sentenceMark) else { return false }
    let rest = line.dropFirst(sentenceMark.count)
    let name = rest.prefix { $0 != tab && $0 != space }
    let tail = rest[name.endIndex...]
    guard tail.isEmpty else {
      return !name.isEmpty && tail.dropFirst().starts(with: "domain=".utf8)
    }
    return name.count > 1 && !TagSpelling.isTag(name)
  }

  /// Whether a comment belongs to a document that begins, so that no sentence goes on after it.
  private func startsDocument(_ comment: ArraySlice<UInt8>) -> Bool {
    if comment.starts(with: newDocument) { return true }
    switch dialect.comments {
    case .hashFile: return comment.starts(with: fileComment)
    case .identifiers: return comment.starts(with: abstractMark)
    case .hashSpace where dialect.hasHeader: return !comment.starts(with: segment)
    default: return false
    }
  }

  /// Whether the last row says that its sentence ends with it.
  private var endsSentence: Bool {
    guard dialect.hasHeader, let row = sentence.rows.last,
      let misc = sentence.field(miscColumn.map { $0 + 1 } ?? -1, of: row),
      misc.count >= shortestEnd
    else { return false }
    return misc.split(separator: UInt8(ascii: "|")).contains { value in
      sentenceEnds.contains { value.elementsEqual($0) }
    }
  }

  // MARK: Rows

  private mutating func append(_ line: Line) {
    let content = line.content
    if separator == nil {
      if content.contains(tab) {
        separator = .tab
      } else if content.contains(space) {
        separator = .spaces
      }
    }
    let firstField = sentence.fields.count
    let shift = sentence.bytes.count + content.startIndex - line.bytes.startIndex
    let separator = separator
    content.withUnsafeBufferPointer { bytes in
      var start = 0
      switch separator {
      case .tab:
        for index in 0..<bytes.count where bytes[index] == tab {
          sentence.fields.append(start + shift..<index + shift)
          start = index + 1
        }
        sentence.fields.append(start + shift..<bytes.count + shift)
      case .spaces:
        for index in 0..<bytes.count where bytes[index] == space {
          if start < index { sentence.fields.append(start + shift..<index + shift) }
          start = index + 1
        }
        if start < bytes.count { sentence.fields.append(start + shift..<bytes.count + shift) }
      case nil:
        sentence.fields.append(shift..<bytes.count + shift)
      }
    }
    sentence.bytes += line.bytes
    sentence.separator = separator
    sentence.rows.append(
      ConllSentence.Row(
        line: line.number, content: shift..<shift + content.count,
        fields: firstField..<sentence.fields.count))
  }
}

private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let documentStart = Array("-DOCSTART-".utf8)
private let header = Array("TOKEN\tNE-".utf8)
private let newDocument = Array("# newdoc".utf8)
private let newDocumentID = Array("# newdoc id = ".utf8)
private let fileComment = Array("# file:".utf8)
private let abstractMark = Array("###MEDLINE:".utf8)
private let sentenceMark = Array("# id ".utf8)
/// A line of the page in HIPE 2020: the sentence goes on.
private let segment = Array("# segment_".utf8)
private let sentenceEnds = [Array("EndOfSentence".utf8), Array("PySBDSegment".utf8)]
private let shortestEnd = 12
