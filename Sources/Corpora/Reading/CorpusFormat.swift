/// The formats that corpora and input come in.
public enum CorpusFormat: String, CaseIterable, Hashable, Sendable {
  case conll2003
  case wnut17
  case uner
  /// Any other file with one word a row.
  case conll
  /// `<s><PER>…</PER> …</s>`.
  case inlineXML = "inline-xml"
  /// One JSON object a line.
  case jsonl
  /// One sentence a line, words separated by spaces.
  case tokens
  /// One document of raw text a line.
  case text

  /// The dialect, for formats of the CoNLL family.
  public var dialect: ConllDialect? {
    switch self {
    case .conll2003: .conll2003
    case .wnut17: .wnut17
    case .uner: .uner
    case .conll: .generic
    case .inlineXML, .jsonl, .tokens, .text: nil
    }
  }
}
