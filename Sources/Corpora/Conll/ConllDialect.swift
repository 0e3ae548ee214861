/// What sets one family of CoNLL files apart from another.
public struct ConllDialect: Hashable, Sendable {
  /// What parts the columns of a row.
  public enum Separator: Hashable, Sendable {
    /// One tab: columns may be empty and may hold spaces.
    case tab
    /// Runs of ASCII spaces; spaces at the ends of the row do not count.
    case spaces

    /// What a writer puts between columns.
    public var text: String { self == .tab ? "\t" : " " }
  }

  /// Which lines are comments.
  public enum Comments: Hashable, Sendable {
    /// None: a word may start with `#`.
    case none
    /// `# newdoc` and `# newdoc id = …` alone: for rows with spaces.
    case newdoc
    /// Every line that starts with `#`: for dialects whose rows start with a number.
    case hash
    /// Lines that start with `# ` and have no tab: for rows with tabs.
    case hashSpace
    /// Lines that start with `# file:` (Europeana).
    case hashFile
    /// Lines that name what follows, `# id 1234…<TAB>domain=en` (MultiCoNER) and
    /// `###MEDLINE:1234` (JNLPBA), and none besides.
    case identifiers
  }

  /// One of several tag columns.
  public struct Layer: Hashable, Sendable {
    public var name: String
    /// 1-based.
    public var column: Int

    public init(_ name: String, column: Int) {
      self.name = name
      self.column = column
    }
  }

  /// Where the file says which words have no space after them.
  public enum Spaces: Hashable, Sendable {
    /// Nowhere: a space after every word.
    case unknown
    /// In a comment `# text = …` before the sentence.
    case textComment
    /// In the column `MISC`: `NoSpaceAfter|EndOfLine|EndOfSentence` (HIPE).
    case miscColumn
    /// The columns after the word are its start and end in the text.
    case offsets
  }

  /// nil: tabs if the first row has one, else spaces if it has one, and so on.
  public var separator: Separator?
  /// 1-based; negative counts from the end.
  public var wordColumn: Int
  /// 1-based; negative counts from the end.
  public var tagColumn: Int
  public var comments: Comments
  /// Whether `B-O` and `I-O` are slips for `O`.
  public var readsLabelOAsOutside: Bool
  /// The tag columns, where there are several with names; else there is `tagColumn` alone.
  public var layers: [Layer] = []
  /// Whether the columns from `tagColumn` to the row's last are the layers `1`, `2`, …
  public var hasDepthColumns = false
  /// Whether a line names the columns, and rows tell where sentences end (HIPE).
  public var hasHeader = false
  /// Whether the header tells the tag columns; else they are told by an option.
  var namesLayers = true
  public var spaces = Spaces.unknown
  /// How the file writes its tags.
  public var spelling = TagSpelling()
  /// Whether slips in rows and tags are common, and read as well as can be (Europeana).
  public var isIrregular = false
  /// Whether every row must have as many columns as the first.
  var hasFixedWidth = false
  /// Whether a row may have a column too many (GermEval).
  var allowsSurplusColumn = false

  public init(
    separator: Separator? = nil, wordColumn: Int = 1, tagColumn: Int = -1,
    comments: Comments = .none, readsLabelOAsOutside: Bool = false
  ) {
    precondition(wordColumn != 0 && tagColumn != 0, "columns count from 1, or from -1")
    self.separator = separator
    self.wordColumn = wordColumn
    self.tagColumn = tagColumn
    self.comments = comments
    self.readsLabelOAsOutside = readsLabelOAsOutside
  }

  /// CoNLL-2003 and CoNLL-2002: word first, tag last, `-DOCSTART-` lines.
  public static let conll2003 = ConllDialect()
  /// WNUT-17: `word<TAB>tag`; lines of one tab are blank.
  public static let wnut17 = ConllDialect(separator: .tab)
  /// Universal NER `.iob2`: number, word, tag, `-`, annotator; 3 or 5 columns.
  public static let uner: ConllDialect = {
    var dialect = ConllDialect(
      separator: .tab, wordColumn: 2, tagColumn: 3, comments: .hash, readsLabelOAsOutside: true)
    dialect.spaces = .textComment
    return dialect
  }()
  /// GermEval 2014: number, word, outer tag, inner tag; comments `#<TAB>source<TAB>[date]`.
  public static let germeval: ConllDialect = {
    var dialect = ConllDialect(separator: .tab, wordColumn: 2, tagColumn: 3, comments: .hash)
    dialect.layers = [Layer("outer", column: 3), Layer("inner", column: 4)]
    dialect.allowsSurplusColumn = true
    dialect.hasFixedWidth = true
    return dialect
  }()
  /// MIT movies and restaurants: `tag<TAB>word`.
  public static let tagFirst: ConllDialect = {
    var dialect = ConllDialect(wordColumn: 2, tagColumn: 1)
    dialect.hasFixedWidth = true
    return dialect
  }()
  /// AnEM: `word start end tag`.
  public static let wordOffsets: ConllDialect = {
    var dialect = ConllDialect(wordColumn: 1, tagColumn: 4)
    dialect.spaces = .offsets
    dialect.hasFixedWidth = true
    return dialect
  }()
  /// HIPE 2020 and 2022: a header line names the columns.
  public static let hipe: ConllDialect = {
    var dialect = ConllDialect(
      separator: .tab, wordColumn: 1, tagColumn: 2, comments: .hashSpace)
    dialect.hasHeader = true
    dialect.spaces = .miscColumn
    dialect.hasFixedWidth = true
    return dialect
  }()
  /// LitBank and others: the word and a tag column for each depth of nesting.
  public static let layered: ConllDialect = {
    var dialect = ConllDialect(separator: .tab, wordColumn: 1, tagColumn: 2)
    dialect.hasDepthColumns = true
    return dialect
  }()
  /// Europeana Newspapers: rows of 1 to 5 columns, tags by many hands.
  public static let europeana: ConllDialect = {
    var dialect = ConllDialect(wordColumn: 1, tagColumn: 2, comments: .hashFile)
    dialect.isIrregular = true
    return dialect
  }()
  /// Any other file with one word a row, the word first and the tag last.
  public static let generic = ConllDialect()

  /// Whether rows of different length can be told from damaged ones: only where both columns
  /// are counted from the start.
  var allowsUnevenRows: Bool {
    isIrregular || hasDepthColumns || (!hasFixedWidth && wordColumn > 0 && tagColumn > 0)
  }
}
