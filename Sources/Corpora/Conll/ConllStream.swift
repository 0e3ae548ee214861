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
    dialect: ConllDialect, file: String, lineLimit: Int = LineStream.usualLimit,
    sentenceLimit: Int = .max
  ) {
    self.dialect = dialect
    lines = LineStream(file: file, limit: lineLimit, endsAtCarriageReturns: true)
    parser = RowParser(dialect: dialect, sentenceLimit: sentenceLimit)
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
}
