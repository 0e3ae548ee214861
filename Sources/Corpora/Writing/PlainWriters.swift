/// Writes `tokens`: a sentence a line, words parted by single spaces, without annotations.
public struct TokensWriter: DocumentWriter {
  public init() {}

  /// - Throws: `CorpusError` for words that are empty or hold white space.
  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    for sentence in document.sentences where !sentence.words.isEmpty {
      for (index, word) in sentence.words.enumerated() {
        guard !word.text.isEmpty, !word.text.utf8.contains(where: { " \t\n\r".utf8.contains($0) })
        else {
          throw CorpusError(
            file: "tokens output",
            expected: "words that are not empty and hold no white space", found: word.text.quoted)
        }
        if index > 0 { result.append(UInt8(ascii: " ")) }
        result += word.text.utf8
      }
      result.append(UInt8(ascii: "\n"))
    }
    return result
  }
}

/// Writes `text`: the document's text and a line feed, without annotations.
public struct TextWriter: DocumentWriter {
  public init() {}

  public func bytes(of document: Document) -> [UInt8] {
    Array(document.text.utf8) + [UInt8(ascii: "\n")]
  }
}
