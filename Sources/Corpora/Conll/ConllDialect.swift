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
    /// Every line that starts with `#`: for dialects whose rows start with a number.
    case hash
    /// Lines that start with `# ` and have no tab: for rows with tabs.
    case hashSpace
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
  public static let uner = ConllDialect(
    separator: .tab, wordColumn: 2, tagColumn: 3, comments: .hash, readsLabelOAsOutside: true)
  /// Any other file with one word a row, the word first and the tag last.
  public static let generic = ConllDialect()

  /// Whether rows of different length can be told from damaged ones: only where both columns
  /// are counted from the start.
  var allowsUnevenRows: Bool { wordColumn > 0 && tagColumn > 0 }
}
