import Corpora

/// A format with a writer, for documents held in memory.
struct WrittenFormat: Sendable {
  let format: CorpusFormat
  /// The files of the documents: one for all, or one for each.
  let write: @Sendable ([Document]) throws -> [[UInt8]]

  static let all: [WrittenFormat] = [
    stream(.conll, ConllWriter()),
    stream(.jsonl, JSONLinesWriter()),
    stream(.inlineXML, InlineXMLWriter()),
    stream(.bioc, BioCWriter()),
    files(.gate, GateWriter()),
    files(.xmi, XMIWriter()),
  ]

  private static func stream(
    _ format: CorpusFormat, _ writer: some DocumentWriter
  ) -> WrittenFormat {
    WrittenFormat(format: format) { documents in
      [try documents.reduce(writer.prologue) { try $0 + writer.bytes(of: $1) } + writer.epilogue]
    }
  }

  private static func files(
    _ format: CorpusFormat, _ writer: some DocumentFilesWriter
  ) -> WrittenFormat {
    WrittenFormat(format: format) { documents in
      try documents.flatMap { try writer.files(of: $0, stem: "fuzz").map(\.bytes) }
    }
  }

  /// Whether its output is a fair beginning for the other format's reader.
  func isLike(_ other: CorpusFormat) -> Bool {
    switch other {
    case .conll2003, .wnut17, .layered: format == .conll
    case .enamex, .timeML, .harem, .genia, .tei: format == .inlineXML
    default: false
    }
  }
}
