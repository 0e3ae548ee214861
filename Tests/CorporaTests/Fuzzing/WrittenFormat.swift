import Corpora

/// A format with a writer, for documents held in memory.
struct WrittenFormat: Sendable {
  /// What a format keeps of a document.
  enum Content: Sendable {
    /// Its text and all annotations.
    case all
    /// Its words and flat spans; where one document ends may be lost.
    case words
  }

  let format: CorpusFormat
  let kept: Content
  /// For reading what was written.
  let options: CorpusOptions
  /// The files of the documents: one for all, or one for each.
  let write: @Sendable ([Document]) throws -> [[UInt8]]

  static let all: [WrittenFormat] = [
    stream(.conll, .words, ConllWriter()),
    stream(.jsonl, .all, JSONLinesWriter()),
    stream(.inlineXML, .all, InlineXMLWriter()),
    stream(.bioc, .all, BioCWriter()),
    files(.gate, GateWriter()),
    files(.xmi, XMIWriter()),
  ]

  private init(
    _ format: CorpusFormat, _ kept: Content,
    write: @escaping @Sendable ([Document]) throws -> [[UInt8]]
  ) {
    self.format = format
    self.kept = kept
    self.write = write
    var options = CorpusOptions(format: format, requiresAnnotations: false)
    if format == .conll {
      options.scheme = .iob2
    } else {
      options.annotationSet = "all"
    }
    self.options = options
  }

  private static func stream(
    _ format: CorpusFormat, _ kept: Content, _ writer: some DocumentWriter
  ) -> WrittenFormat {
    WrittenFormat(format, kept) { documents in
      [try documents.reduce(writer.prologue) { try $0 + writer.bytes(of: $1) } + writer.epilogue]
    }
  }

  private static func files(
    _ format: CorpusFormat, _ writer: some DocumentFilesWriter
  ) -> WrittenFormat {
    WrittenFormat(format, .all) { documents in
      try documents.flatMap { document in
        try writer.files(of: document, stem: "fuzz")
          .filter { !$0.name.hasSuffix("TypeSystem.xml") }.map(\.bytes)
      }
    }
  }

  /// What must be the same in what was written and in what is read.
  ///
  /// Documents without words may be in no corpus.
  func content(_ documents: [Document]) -> [[UInt8]] {
    switch kept {
    case .words:
      documents.flatMap(\.sentences).filter { !$0.words.isEmpty }.map { sentence in
        let words = sentence.words.map(\.text).joined(separator: "\t")
        let spans = sentence.spans.map { "\($0.words) \($0.label)" }.joined(separator: "\t")
        return Array((words + "\n" + spans).utf8)
      }
    case .all:
      documents.filter { !$0.text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }.map {
        document in
        let annotations = document.annotations.map { annotation in
          Array("\(annotation.fragments) \(annotation.label)\n".utf8)
        }.sorted { $0.lexicographicallyPrecedes($1) }
        return Array(document.text.utf8) + [0xFF] + annotations.joined()
      }
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
