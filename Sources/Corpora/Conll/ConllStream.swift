/// Reads CoNLL from chunks of bytes, in memory bounded by the longest sentence.
///
/// The events' bytes, put together, are the file's bytes.
public struct ConllStream: Sendable {
  public let dialect: ConllDialect
  private var lines: LineStream
  private var parser: RowParser

  /// - Parameters:
  ///   - file: the name for messages.
  ///   - lineLimit: the longest line accepted, in bytes.
  ///   - sentenceLimit: a sentence of more bytes is handed on in parts.
  public init(
    dialect: ConllDialect, file: String, lineLimit: Int = 16 << 20, sentenceLimit: Int = .max
  ) {
    self.dialect = dialect
    lines = LineStream(file: file, limit: lineLimit, allowsCarriageReturns: false)
    parser = RowParser(
      comments: dialect.comments, sentenceLimit: sentenceLimit, separator: dialect.separator)
  }

  /// Takes the next bytes of the file, in UTF-8, however they are cut.
  ///
  /// - Throws: `CorpusError` for text that is not UTF-8 and lines beyond the limit; whatever
  ///   `emit` throws.
  public mutating func feed(_ chunk: [UInt8], _ emit: (ConllEvent) throws -> Void) throws {
    try lines.feed(chunk) { line in try parser.take(line, emit) }
  }

  /// Ends the last line and the last sentence.
  public mutating func finish(_ emit: (ConllEvent) throws -> Void) throws {
    try lines.finish { line in try parser.take(line, emit) }
    try parser.endSentence(emit)
  }

  private struct RowParser: Sendable {
    let comments: ConllDialect.Comments
    let sentenceLimit: Int
    var separator: ConllDialect.Separator?
    var sentence = ConllSentence()

    mutating func take(_ line: Line, _ emit: (ConllEvent) throws -> Void) throws {
      if let kind = kind(of: line.content) {
        if kind == .comment, !sentence.rows.isEmpty {
          let start = sentence.bytes.count + line.content.startIndex - line.bytes.startIndex
          sentence.comments.append(start..<start + line.content.count)
          sentence.bytes += line.bytes
          return
        }
        try endSentence(emit)
        try emit(
          .line(
            ConllLine(
              kind: kind, bytes: Array(line.bytes), text: line.text, number: line.number)))
      } else {
        append(line)
        if sentence.bytes.count > sentenceLimit { try endSentence(emit) }
      }
    }

    mutating func endSentence(_ emit: (ConllEvent) throws -> Void) throws {
      guard !sentence.rows.isEmpty else { return }
      let finished = sentence
      sentence = ConllSentence()
      try emit(.sentence(finished))
    }

    private func kind(of content: ArraySlice<UInt8>) -> ConllLine.Kind? {
      let space = UInt8(ascii: " ")
      let tab = UInt8(ascii: "\t")
      guard let first = content.first else { return .blank }
      if first == space || first == tab, content.allSatisfy({ $0 == space || $0 == tab }) {
        return .blank
      }
      if first == UInt8(ascii: "-"), content.starts(with: documentStart) {
        let rest = content.dropFirst(documentStart.count)
        if rest.isEmpty || rest.first == space || rest.first == tab { return .documentStart }
      }
      guard first == UInt8(ascii: "#") else { return nil }
      switch comments {
      case .none: return nil
      case .hash: return .comment
      case .hashSpace:
        return content.dropFirst().first == space && !content.contains(tab) ? .comment : nil
      }
    }

    private mutating func append(_ line: Line) {
      let content = line.content
      let space = UInt8(ascii: " ")
      let tab = UInt8(ascii: "\t")
      if separator == nil {
        if content.contains(tab) {
          separator = .tab
        } else if content.contains(space) {
          separator = .spaces
        }
      }
      let shift = sentence.bytes.count - line.bytes.startIndex
      let firstField = sentence.fields.count
      var start = content.startIndex
      switch separator {
      case .tab:
        for index in content.indices where content[index] == tab {
          sentence.fields.append(start + shift..<index + shift)
          start = index + 1
        }
        sentence.fields.append(start + shift..<content.endIndex + shift)
      case .spaces:
        for index in content.indices where content[index] == space {
          if start < index { sentence.fields.append(start + shift..<index + shift) }
          start = index + 1
        }
        if start < content.endIndex {
          sentence.fields.append(start + shift..<content.endIndex + shift)
        }
      case nil:
        sentence.fields.append(start + shift..<content.endIndex + shift)
      }
      sentence.bytes += line.bytes
      sentence.separator = separator
      sentence.rows.append(
        ConllSentence.Row(
          line: line.number,
          content: content.startIndex + shift..<content.endIndex + shift,
          fields: firstField..<sentence.fields.count))
    }
  }
}

private let documentStart = Array("-DOCSTART-".utf8)
