import Corpora
import Tokenization

/// Cuts a stream of bytes into things to tag.
struct TagParser: Sendable {
  private let file: String
  private let input: TagInputFormat
  private let options: CorpusOptions
  private let splitter = TextSplitter()
  private var lines: LineStream
  private var conll: Conll?

  private struct Conll: Sendable {
    var stream: ConllStream
    var columns: ConllColumns
  }

  init(file: String, input: TagInputFormat, options: CorpusOptions) {
    self.file = file
    self.input = input
    self.options = options
    lines = LineStream(file: file)
  }

  mutating func feed(_ bytes: [UInt8], into items: inout [TagItem]) throws {
    let bytes = options.encoding?.utf8(bytes) ?? bytes
    guard case .conll(let dialect) = input else {
      let reader = reader
      return try lines.feed(bytes) { items.append(try reader.item($0)) }
    }
    if conll == nil { conll = try begin(dialect, sample: bytes) }
    guard let columns = conll?.columns else { return }
    try conll?.stream.feed(bytes) { items.append(try Self.item($0, columns)) }
  }

  mutating func finish(into items: inout [TagItem]) throws {
    guard case .conll = input else {
      let reader = reader
      return try lines.finish { items.append(try reader.item($0)) }
    }
    guard let columns = conll?.columns else { return }
    try conll?.stream.finish { items.append(try Self.item($0, columns)) }
  }

  /// A dialect that is not said is looked for in what has come so far: waiting for more would keep
  /// a person at the keyboard waiting.
  private func begin(_ dialect: ConllDialect?, sample: [UInt8]) throws -> Conll {
    let found = FormatDetection(
      sample: Array(sample.prefix(FormatDetection.sampleSize)), isWhole: false)
    let dialect = try options.columns(of: dialect ?? found?.dialect ?? .generic)
    return Conll(
      stream: ConllStream(dialect: dialect, file: file),
      columns: ConllColumns(dialect: dialect, file: file))
  }

  private static func item(_ event: ConllEvent, _ columns: ConllColumns) throws -> TagItem {
    switch event {
    case .line(let line): .line(line)
    case .sentence(let sentence): .rows(sentence, words: try columns.words(of: sentence))
    }
  }

  private var reader: TagLineReader {
    TagLineReader(file: file, input: input, splitter: splitter)
  }
}

/// Reads the formats in which each line stands for itself.
private struct TagLineReader {
  let file: String
  let input: TagInputFormat
  let splitter: TextSplitter

  func item(_ line: Line) throws -> TagItem {
    switch input {
    case .tokens:
      return .document(TagDocument(tokens: TokensLine.words(line.content)))
    case .jsonLines:
      let object = try JSONLine(line, file: file)
      switch object.content {
      case .blank: return .document(TagDocument(text: "", splitter: splitter))
      case .text(let text):
        return .document(TagDocument(text: text, id: object.id, splitter: splitter))
      case .tokens(let tokens): return .document(TagDocument(tokens: tokens, id: object.id))
      }
    case .text, .conll:
      return .document(TagDocument(text: line.text, splitter: splitter))
    }
  }
}
