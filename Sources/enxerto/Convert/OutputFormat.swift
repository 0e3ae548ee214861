import Corpora

/// The formats that `convert` writes.
enum OutputFormat: String, CaseIterable {
  case conll
  case jsonl
  case tokens
  case text

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The end of a file's name.
  var fileExtension: String {
    switch self {
    case .text: "txt"
    case .conll, .jsonl, .tokens: rawValue
    }
  }
}

/// Which columns CoNLL is written with.
enum ConllOutputColumns: String, CaseIterable {
  /// All that a CoNLL input has; word and tag for other inputs.
  case all
  case wordAndTag = "word-and-tag"
}
