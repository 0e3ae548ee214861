public import Corpora

/// What a tagging stream reads.
public enum TagInputFormat: Hashable, Sendable {
  /// Each line a document of raw text.
  case text
  /// Each line a sentence, words separated by spaces.
  case tokens
  /// `{"text"}` or `{"tokens"}` a line.
  case jsonLines
  /// One word a row; the dialect is looked for in the first bytes where it is nil.
  case conll(ConllDialect?)
  /// One word a row, in files whose rows are not all alike.
  case rows(ConllDialect, TagRowLayout)

  /// The dialect, where it is told; and whether there is one.
  var dialect: ConllDialect?? {
    switch self {
    case .text, .tokens, .jsonLines: nil
    case .conll(let dialect): .some(dialect)
    case .rows(let dialect, _): .some(dialect)
    }
  }

  var layout: TagRowLayout {
    if case .rows(_, let layout) = self { layout } else { .plain }
  }
}

/// What a tagging stream writes.
public enum TagOutputFormat: Hashable, Sendable {
  /// CoNLL input keeps its columns and lines and gains a last column; other input comes out as
  /// `word<TAB>tag`, a blank line after each sentence.
  case conll(TagScheme)
  /// One object for each line or, from CoNLL, for each sentence.
  case jsonLines
}
