/// Greedy longest-match-first WordPiece over the bytes of one normalised word.
struct WordpieceMatcher: Sendable {
  let trie: VocabularyTrie
  let unknownID: Int32
  /// Longer words, in scalars, are unknown as a whole.
  let longestWord: Int
  /// Where pieces that continue a word start in the trie; nil when no token has the prefix.
  let continuation: VocabularyTrie.Node?

  init(vocabulary: Vocabulary, unknownID: Int32, continuingPrefix: [UInt8], longestWord: Int) {
    trie = vocabulary.trie
    self.unknownID = unknownID
    self.longestWord = longestWord
    continuation = trie.node(at: continuingPrefix)
  }

  /// Appends the wordpieces of `word`, which is not empty; one unknown piece if any part has no token.
  @inline(__always)
  func match(_ word: borrowing NormalizedWord, into wordpieces: inout [Wordpiece]) {
    let count = wordpieces.count
    guard word.scalarCount <= longestWord else {
      appendUnknown(word, into: &wordpieces)
      return
    }
    var start = 0
    var node: VocabularyTrie.Node? = VocabularyTrie.root
    while start < word.bytes.count {
      guard let first = node, let match = trie.longestMatch(in: word.bytes, from: start, at: first)
      else {
        wordpieces.removeSubrange(count...)
        appendUnknown(word, into: &wordpieces)
        return
      }
      wordpieces.append(
        Wordpiece(
          id: match.id, range: word.sources[start]..<word.sources[match.end - 1] + 1))
      start = match.end
      node = continuation
    }
  }

  private func appendUnknown(
    _ word: borrowing NormalizedWord, into wordpieces: inout [Wordpiece]
  ) {
    wordpieces.append(Wordpiece(id: unknownID, range: word.firstSource..<word.lastSource + 1))
  }
}
