/// The formats that corpora and input come in.
public enum CorpusFormat: String, CaseIterable, Hashable, Sendable {
  // MARK: One word a row

  /// CoNLL-2003 and CoNLL-2002.
  case conll2003
  case wnut17
  /// Universal NER.
  case uner
  /// GermEval 2014: number, word, outer tag, inner tag.
  case germeval
  /// The tag in the first column, the word in the second.
  case tagFirst = "tag-first"
  /// `word start end tag`.
  case wordOffsets = "word-offsets"
  /// HIPE: a header line, ten columns.
  case hipe
  /// CoNLL-U with `Entity=` in its last column.
  case conllu
  /// CoNLL-2012 with bracketed names.
  case conll2012
  /// One tag column for each depth of nesting.
  case layered
  /// Any other file with one word a row.
  case conll
  /// WebAnno TSV 3.
  case webannoTSV = "webanno-tsv"

  // MARK: XML with entities as elements

  /// `<s><PER>…</PER> …</s>`, or any other elements.
  case inlineXML = "inline-xml"
  /// `<ENAMEX TYPE="…">`.
  case enamex
  case timeML = "timeml"
  /// HAREM: `<EM CATEG="A|B">`, `<ALT>`.
  case harem
  /// GENIA: `<cons sem="G#…">`.
  case genia
  case tei
  /// Words one a line inside elements, as TreeTagger reads and writes.
  case verticalXML = "vertical-xml"

  // MARK: XML with offsets

  /// GATE's `TextWithNodes` and `AnnotationSet`.
  case gate
  /// UIMA CAS XMI.
  case xmi
  case bioc
  /// Sentences with `charOffset`.
  case standoffXML = "standoff-xml"

  // MARK: Others

  /// brat: `.ann` beside `.txt`.
  case brat
  case pubtator
  /// SQuAD: paragraphs with their answers.
  case squad
  /// One JSON object a line.
  case jsonl
  /// One sentence a line, words separated by spaces.
  case tokens
  /// One document of raw text a line.
  case text

  /// The dialect, for formats with one word a row whose rows are read by `ConllReader`.
  public var dialect: ConllDialect? {
    switch self {
    case .conll2003: .conll2003
    case .wnut17: .wnut17
    case .uner: .uner
    case .conll: .generic
    default: nil
    }
  }
}
