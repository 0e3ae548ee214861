/// A document as its reader leaves it: what is not in the file (words, flat spans) is still to be
/// found by `DocumentFinisher`.
struct ReadDocument {
  /// How much of the division into sentences and words the format gives.
  enum Segmentation {
    /// `document.sentences` has the words.
    case words
    /// Where the sentences stand in the text, ascending, without overlap; not their words.
    case sentences([Range<Int>])
    /// Nothing but the text and its sections.
    case text
  }

  /// One column of tags of one sentence.
  struct Tags {
    /// Index of the sentence in its document.
    var sentence: Int
    /// The column's name, where there are several.
    var layer: String?
    var tags: [String]
    /// The line of each tag, or one line for all.
    var lines: [Int]

    init(sentence: Int, layer: String? = nil, tags: [String], lines: [Int]) {
      self.sentence = sentence
      self.layer = layer
      self.tags = tags
      self.lines = lines
    }
  }

  /// With all annotations of its own, none from `tags`.
  var document: Document
  var segmentation: Segmentation
  /// Tags still to be decoded; only with `.words`.
  var tags: [Tags] = []
  /// Whether the format has a place for annotations: false for bare words and raw text.
  var isAnnotated: Bool
  /// For messages.
  var file: String
}

/// Where a reader puts the documents of a file, and what it has to say about them.
struct DocumentSink {
  let options: CorpusOptions
  var report = CorpusReport()
  private let emit: (ReadDocument) throws -> Void

  init(options: CorpusOptions, emit: @escaping (ReadDocument) throws -> Void) {
    self.options = options
    self.emit = emit
  }

  /// - Throws: whatever becomes of the document further on.
  func append(_ document: ReadDocument) throws { try emit(document) }
}

/// Reads the documents of one file.
protocol DocumentReader {
  /// - Throws: `CorpusError` where the file is not what the format asks for.
  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws
}
