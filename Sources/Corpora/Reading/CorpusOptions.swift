import Tokenization

/// How to read a corpus.
public struct CorpusOptions: Sendable {
  /// nil: detected for each file.
  public var format: CorpusFormat?
  /// 1-based, negative from the end; nil: as the format has it.
  public var wordColumn: Int?
  /// 1-based, negative from the end; nil: as the format has it.
  public var tagColumn: Int?
  /// nil: UTF-8; for XML what the document says.
  public var encoding: TextEncoding?
  /// nil: detected over the whole corpus.
  public var scheme: TagScheme?
  /// The set, layer or column to take annotations from, by its name; `all` for every one; nil: as
  /// the format has it.
  public var annotationSet: String?
  public var nesting: Nesting
  /// Labels to be read as others.
  public var labelMap: [(from: String, to: String)]
  /// Which elements of inline XML are entities; none: as the format has it.
  public var entityElements: [EntityElement]
  /// Whether input without annotations (bare words, raw text) is an error.
  public var requiresAnnotations: Bool
  /// Splits raw text into sentences and words; `TextSplitter` unless said.
  public var split: TextSplit

  public init(
    format: CorpusFormat? = nil, wordColumn: Int? = nil, tagColumn: Int? = nil,
    encoding: TextEncoding? = nil, scheme: TagScheme? = nil, annotationSet: String? = nil,
    nesting: Nesting = .outermost, labelMap: [(from: String, to: String)] = [],
    entityElements: [EntityElement] = [], requiresAnnotations: Bool = true,
    split: TextSplit? = nil
  ) {
    self.format = format
    self.wordColumn = wordColumn
    self.tagColumn = tagColumn
    self.encoding = encoding
    self.scheme = scheme
    self.annotationSet = annotationSet
    self.nesting = nesting
    self.labelMap = labelMap
    self.entityElements = entityElements
    self.requiresAnnotations = requiresAnnotations
    self.split = split ?? { text in TextSplitter().sentences(of: text).map(\.words) }
  }

  /// `dialect` with the columns that the options name.
  ///
  /// - Throws: `CorpusError` for a column 0 and for word and tag in one column.
  public func columns(of dialect: ConllDialect) throws(CorpusError) -> ConllDialect {
    var dialect = dialect
    if wordColumn == 0 || tagColumn == 0 {
      throw CorpusError(
        .option, file: wordColumn == 0 ? "--word-column" : "--tag-column",
        expected: "a column from 1, or from -1 for the last", found: "0")
    }
    if let wordColumn { dialect.wordColumn = wordColumn }
    if let tagColumn { dialect.tagColumn = tagColumn }
    if dialect.wordColumn == dialect.tagColumn {
      throw CorpusError(
        .option, file: "--tag-column", expected: "another column than the word's",
        found: "\(dialect.tagColumn) for both")
    }
    return dialect
  }
}
