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
}

/// What a tagging stream writes.
public enum TagOutputFormat: Hashable, Sendable {
  /// CoNLL input keeps its columns and lines and gains a last column; other input comes out as
  /// `word<TAB>tag`, a blank line after each sentence.
  case conll(TagScheme)
  /// One object for each line or, from CoNLL, for each sentence.
  case jsonLines
}
