import Corpora

/// The formats that `convert` writes.
enum OutputFormat: String, CaseIterable {
  case conll
  case layered
  case conllu
  case inlineXML = "inline-xml"
  case bioc
  case gate
  case xmi
  case brat
  case jsonl
  case tokens
  case text

  /// The end of a file's name.
  var fileExtension: String {
    switch self {
    case .text: "txt"
    case .inlineXML, .bioc, .gate: "xml"
    case .layered: "conll"
    case .brat: "ann"
    case .conll, .conllu, .jsonl, .tokens, .xmi: rawValue
    }
  }

  /// Whether a document is a file of its own, or several.
  var filesWriter: (any DocumentFilesWriter)? {
    switch self {
    case .gate: GateWriter()
    case .xmi: XMIWriter()
    case .brat: BratWriter()
    default: nil
    }
  }

  /// Whether annotations of every shape are written, not the flat spans alone.
  var holdsAllAnnotations: Bool {
    switch self {
    case .inlineXML, .bioc, .gate, .xmi, .brat, .jsonl, .conllu, .layered: true
    case .conll, .tokens, .text: false
    }
  }
}

/// Which columns CoNLL is written with.
enum ConllOutputColumns: String, CaseIterable {
  /// All that a CoNLL input has; word and tag for other inputs.
  case all
  case wordAndTag = "word-and-tag"
}
