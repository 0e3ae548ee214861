/// Why a folder gave no tokenizer.
public enum TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The folder has neither `tokenizer.json` nor `vocab.txt`.
  case noVocabulary(folder: String)
  case unreadable(file: String, reason: String)
  /// Something else than `expected` at a line and column (in bytes), both from 1.
  case malformed(file: String, line: Int, column: Int, expected: String, found: String)
  /// A tokenizer of another family than BERT's, or an option that we do not follow.
  case unsupported(file: String, setting: String, expected: String, found: String)
  case emptyVocabulary(file: String)
  /// A token that stands twice; for `vocab.txt` the ids are lines counted from 0.
  case duplicateToken(file: String, token: String, ids: [Int])
  /// A token that a tokenizer cannot do without.
  case missingToken(file: String, token: String)

  public var description: String {
    switch self {
    case .noVocabulary(let folder):
      "\(folder): expected tokenizer.json or vocab.txt in this folder, found neither"
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .malformed(let file, let line, let column, let expected, let found):
      "\(file):\(line):\(column): expected \(expected), found \(found)"
    case .unsupported(let file, let setting, let expected, let found):
      "\(file): \(setting): expected \(expected), found \(found)"
    case .emptyVocabulary(let file):
      "\(file): expected a vocabulary, found no token in it"
    case .duplicateToken(let file, let token, let ids):
      "\(file): expected every token once, found “\(token)” with the ids "
        + ids.map(String.init).joined(separator: " and ")
    case .missingToken(let file, let token):
      "\(file): expected the token “\(token)” in the vocabulary, found none"
    }
  }
}
