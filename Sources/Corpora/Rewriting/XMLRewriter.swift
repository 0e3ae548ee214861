/// Adds entities to an XML document and leaves the rest of it as it is: take away what was added,
/// and the bytes are the same.
///
///     var rewriter = try XMLRewriter(bytes, format: .bioc, name: "file.xml")
///     for index in 0..<rewriter.count {
///       rewriter.add(find(rewriter.text(index)), to: index)
///     }
///     let result = rewriter.finish()
public struct XMLRewriter: Sendable {
  /// The formats that it knows.
  public static func supports(_ format: CorpusFormat) -> Bool {
    switch format {
    case .inlineXML, .enamex, .timeML, .harem, .genia, .tei, .verticalXML, .gate, .xmi, .bioc,
      .standoffXML:
      true
    default: false
    }
  }

  /// The biggest document accepted, in bytes.
  public static let sizeLimit = XMLMarkup.sizeLimit

  private let markup: XMLMarkup
  private let encoding: XMLMarkupEncoding
  private let split: TextSplit
  private var rewriting: any MarkupRewriting
  private var edits = MarkupEdits()
  private var entities = 0

  /// - Parameters:
  ///   - name: of the file, for messages.
  ///   - encoding: instead of the one that the document declares.
  ///   - split: finds words, and sentences where the document has none.
  ///   - annotator: whose annotations they are, where a format says it.
  /// - Throws: `CorpusError` for what is not well formed, not of the format, too big or not
  ///   allowed.
  public init(
    _ bytes: [UInt8], format: CorpusFormat, name: String, encoding: TextEncoding? = nil,
    split: @escaping TextSplit, annotator: String = "enxerto"
  ) throws(CorpusError) {
    guard bytes.count <= Self.sizeLimit else {
      throw CorpusError(
        file: name, expected: "an XML document of at most \(Self.sizeLimit >> 20) MB",
        found: "a bigger one")
    }
    let digest = try XMLDigest(bytes, name: name, encoding: encoding)
    let coding = XMLMarkupEncoding(of: bytes, chosen: encoding, name: name)
    markup = try XMLMarkup(coding.decoded(bytes, name: name), file: name)
    guard XMLDigest(markup) == digest else {
      throw CorpusError(
        file: name, expected: "a document that can be changed without touching its text",
        found: "one that its parser reads in another way")
    }
    self.encoding = coding
    self.split = split
    switch format {
    case .inlineXML, .enamex, .timeML, .harem, .genia, .tei:
      rewriting = InlineRewriting(markup, format: format, encoding: coding)
    case .verticalXML: rewriting = VerticalRewriting(markup, encoding: coding)
    case .gate: rewriting = try GATERewriting(markup, name: name, annotator: annotator)
    case .xmi: rewriting = try XMIRewriting(markup, name: name)
    case .bioc: rewriting = BioCRewriting(markup, annotator: annotator)
    case .standoffXML: rewriting = StandoffRewriting(markup)
    default:
      throw CorpusError(
        .option, file: name, expected: "an XML format", found: format.rawValue)
    }
  }

  /// How many texts there are to be tagged.
  public var count: Int { rewriting.count }

  /// A text to be tagged.
  public func text(_ index: Int) -> RewritableText {
    let found = rewriting.text(index)
    let text = String(scalars: found.text.scalars)
    let sentences =
      switch found.segmentation {
      case .none: split(text)
      case .oneSentence: [split(text).flatMap { $0 }]
      case .words(let words): [words]
      }
    return RewritableText(text: text, sentences: sentences.filter { !$0.isEmpty })
  }

  /// Adds what was found in a text. Texts may come in any order, each once.
  ///
  /// - Parameter entities: in order of position, none overlapping.
  public mutating func add(_ entities: [PredictedEntity], to index: Int) {
    let entities = entities.filter { !$0.range.isEmpty }
    guard !entities.isEmpty else { return }
    self.entities += entities.count
    rewriting.add(entities, to: index, &edits)
  }

  /// The document with all that was added.
  public mutating func finish() -> [UInt8] {
    if entities > 0 { rewriting.finish(&edits) }
    return encoding.encoded(edits.applied(to: markup.bytes))
  }

  /// What could not be done as asked, a line for each reason.
  public var notes: [String] {
    edits.notes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key) (\($0.value))" }
  }
}
