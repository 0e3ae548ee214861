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
  /// Where the dialect is not known yet.
  private var beginning = ConllBeginning()

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
    guard let dialect = input.dialect else {
      let reader = reader
      return try lines.feed(bytes) { items.append(try reader.item($0)) }
    }
    if let dialect, conll == nil { conll = try begin(dialect) }
    guard conll == nil else { return try feedRows(bytes, into: &items) }
    beginning.append(bytes)
    if let sample = beginning.sample { try begin(sample: sample, isWhole: false, into: &items) }
  }

  mutating func finish(into items: inout [TagItem]) throws {
    guard input.dialect != nil else {
      let reader = reader
      return try lines.finish { items.append(try reader.item($0)) }
    }
    if conll == nil { try begin(sample: beginning.bytes[...], isWhole: true, into: &items) }
    guard let columns = conll?.columns else { return }
    let layout = input.layout
    try conll?.stream.finish { items.append(try Self.item($0, columns, layout)) }
  }

  private mutating func feedRows(_ bytes: [UInt8], into items: inout [TagItem]) throws {
    guard let columns = conll?.columns else { return }
    let layout = input.layout
    try conll?.stream.feed(bytes) { items.append(try Self.item($0, columns, layout)) }
  }

  private mutating func begin(
    sample: ArraySlice<UInt8>, isWhole: Bool, into items: inout [TagItem]
  ) throws {
    let found = FormatDetection(sample: Array(sample), isWhole: isWhole)
    var dialect = found?.dialect ?? .generic
    if dialect.comments == .none, ConllBeginning.hasTabbedRows(sample) {
      dialect.comments = .hashSpace
    }
    conll = try begin(dialect)
    let bytes = beginning.bytes
    beginning = ConllBeginning()
    try feedRows(bytes, into: &items)
  }

  private func begin(_ dialect: ConllDialect) throws -> Conll {
    var options = options
    // No tags are read: the word may stand in whatever column the dialect has them in.
    options.tagColumn = options.wordColumn == 1 ? 2 : 1
    if options.wordColumn == nil { options.tagColumn = nil }
    let dialect = try options.columns(of: dialect)
    return Conll(
      stream: ConllStream(dialect: dialect, file: file, sentenceLimit: Self.sentenceLimit),
      columns: ConllColumns(dialect: dialect, file: file))
  }

  /// Bytes after which rows without a blank line are tagged without waiting for one: files without
  /// sentences must not fill the memory.
  static let sentenceLimit = 1 << 20

  private static func item(
    _ event: ConllEvent, _ columns: ConllColumns, _ layout: TagRowLayout
  ) throws -> TagItem {
    switch event {
    case .line(let line): return .line(line)
    case .sentence(let sentence):
      let words = try columns.words(of: sentence)
      guard let rows = layout.words(of: sentence) else {
        return .rows(sentence, words: words, rows: nil)
      }
      return .rows(sentence, words: rows.map { words[$0] }, rows: rows)
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
      return .document(TagDocument(tokensLine: line.text))
    case .jsonLines:
      return .document(TagDocument(try JSONLine(line, file: file), splitter: splitter))
    case .text, .conll, .rows:
      return .document(TagDocument(text: line.text, splitter: splitter))
    }
  }
}
