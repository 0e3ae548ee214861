public import Corpora

/// What is special about the rows of a file with one word a row.
public enum TagRowLayout: Hashable, Sendable {
  /// Every row is a word and gains a last column.
  case plain
  /// CoNLL-U: ranges and empty nodes are no words, and a word's tag goes to its last column as
  /// `NER=B-PER`, which is where other tools look for it.
  case conllu
  /// HIPE: the line that names the columns gains a name, `NE-PREDICTED`.
  case hipe

  /// Which rows of a sentence are words; nil: all.
  func words(of sentence: ConllSentence) -> [Int]? {
    guard self == .conllu else { return nil }
    return sentence.rows.indices.filter { index in
      let number = sentence.field(1, of: sentence.rows[index]) ?? []
      return !number.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
  }

  /// A line between sentences.
  func bytes(of line: ConllLine) -> [UInt8] {
    guard self == .hipe, line.text.utf8.starts(with: "TOKEN\t".utf8) else {
      return ConllWriter.bytes(of: line)
    }
    return appending("\tNE-PREDICTED", to: line.bytes)
  }

  private func appending(_ text: String, to line: [UInt8]) -> [UInt8] {
    let end = line.end { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return line.dropLast(end.count) + Array(text.utf8) + end
  }

  /// The rows with a tag for each word.
  ///
  /// - Parameter words: indices of the rows that the tags belong to.
  func bytes(of sentence: ConllSentence, tags: [String], words: [Int]?) -> [UInt8] {
    guard self == .conllu, let words else {
      return ConllWriter.bytes(of: sentence, tags: tags)
    }
    var result: [UInt8] = []
    var copied = 0
    for (index, tag) in zip(words, tags) {
      guard let field = sentence.field(Self.misc, of: sentence.rows[index]) else { continue }
      result += sentence.bytes[copied..<field.startIndex]
      result += Self.cell(field, with: tag)
      copied = field.endIndex
    }
    return result + sentence.bytes[copied...]
  }

  /// The column of CoNLL-U that holds what has no column.
  static let misc = 10
  private static let key = Array("NER=".utf8)

  /// `SpaceAfter=No|NER=B-PER`; a tag that is there already is replaced.
  private static func cell(_ cell: ArraySlice<UInt8>, with tag: String) -> [UInt8] {
    let bar = UInt8(ascii: "|")
    var values: [[UInt8]] = []
    if !cell.elementsEqual("_".utf8), !cell.isEmpty {
      values = cell.split(separator: bar, omittingEmptySubsequences: false).map { Array($0) }
    }
    let value = key + Array(tag.utf8)
    if let index = values.firstIndex(where: { $0.starts(with: key) }) {
      values[index] = value
    } else {
      values.append(value)
    }
    return Array(values.joined(separator: [bar]))
  }
}

extension [UInt8] {
  /// The longest end whose bytes all `belong`.
  fileprivate func end(where belong: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    var start = endIndex
    while start > startIndex, belong(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}

extension CorpusFormat {
  /// How `TagStream` reads the format; nil for formats that are read as whole documents.
  public var tagInput: TagInputFormat? {
    switch self {
    case .text: .text
    case .tokens: .tokens
    case .jsonl: .jsonLines
    case .conll: .conll(nil)
    case .conllu:
      .rows(
        ConllDialect(
          separator: .tab, wordColumn: 2, tagColumn: TagRowLayout.misc, comments: .hash),
        .conllu)
    case .conll2012:
      .conll(
        ConllDialect(separator: .spaces, wordColumn: 4, tagColumn: 11, comments: .hash))
    case .hipe: dialect.map { .rows($0, .hipe) }
    default: dialect.map { .conll($0) }
    }
  }
}
