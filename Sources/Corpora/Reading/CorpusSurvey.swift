/// What one pass over a corpus shows, so that a second can write as it reads, in memory that does
/// not grow with the corpus.
public struct CorpusSurvey: Sendable {
  /// The format of each input, in order.
  public private(set) var formats: [CorpusFormat] = []
  /// The dialect of each input; nil for formats other than those of tag columns.
  public private(set) var dialects: [ConllDialect?] = []
  /// The scheme of the tags; nil where there are none.
  public private(set) var scheme: TagScheme?
  /// For each input, whether it says where its documents are.
  public private(set) var marksDocuments: [Bool] = []
  /// For each input, whether it has a document of several sentences.
  public private(set) var hasLongDocuments: [Bool] = []
  /// Whether the corpus has a place for annotations.
  public private(set) var isAnnotated = false

  /// Goes through the inputs, which must be such as can be opened again.
  ///
  /// Formats without tags that always mark their documents are only looked at.
  /// - Throws: `CorpusError`.
  public init(_ inputs: [CorpusInput], options: CorpusOptions) throws {
    var options = options
    options.sentencesPerDocument = options.sentencesPerDocument ?? 1000
    let shown = Shown()
    for input in inputs {
      let source = try ByteSource(input)
      let found = try CorpusReader.detect(source, options: options)
      formats.append(found.format)
      dialects.append(found.dialect)
      shown.startInput()
      let marks = Self.marksDocuments(found.format)
      if found.dialect != nil || marks == nil {
        var sink = DocumentSink(options: options) { shown.take($0) }
        var reader = try CorpusReader.reader(
          of: found.format, dialect: found.dialect, file: source.name, options)
        try reader.read(source, into: &sink)
      }
      marksDocuments.append(
        marks ?? (shown.documents > 1 || shown.isNamed))
      // Of what was only looked at, nothing is known.
      hasLongDocuments.append(shown.isLong || shown.documents == 0)
    }
    isAnnotated = shown.isAnnotated
    scheme = shown.hasTags ? options.scheme ?? shown.evidence.scheme : nil
  }

  /// What the documents show.
  private final class Shown {
    var evidence = TagSchemeEvidence()
    var hasTags = false
    var isAnnotated = false
    // Of the input that is read.
    var documents = 0
    var isNamed = false
    var isLong = false

    func startInput() {
      documents = 0
      isNamed = false
      isLong = false
    }

    func take(_ read: ReadDocument) {
      if !read.continuesPrevious { documents += 1 }
      if read.document.id != nil { isNamed = true }
      switch read.segmentation {
      case .words: if read.document.sentences.count > 1 { isLong = true }
      case .sentences(let ranges): if ranges.count > 1 { isLong = true }
      case .text: isLong = true
      }
      if read.isAnnotated { isAnnotated = true }
      for column in read.tags {
        hasTags = true
        evidence.add(column.tags)
      }
    }
  }

  /// What the format alone says; nil where the file has to be asked.
  private static func marksDocuments(_ format: CorpusFormat) -> Bool? {
    switch format {
    case .tokens: false
    case .conll2003, .wnut17, .uner, .germeval, .tagFirst, .wordOffsets, .hipe, .conllu, .layered,
      .conll, .inlineXML:
      nil
    default: true
    }
  }
}
