/// The tokens that an encoder has embeddings for, by id.
public struct Vocabulary: Sendable {
  /// Nodes of the trie have 24 bits.
  static let maximumByteCount = 1 << 24

  let trie: VocabularyTrie
  /// All tokens end to end, in the order in which they were read.
  private let bytes: [UInt8]
  private let tokenRanges: [Range<Int32>]

  /// The count of tokens; ids are `0..<count`.
  public var count: Int { tokenRanges.count }

  /// The id of a token, compared byte by byte: composed and decomposed letters are different tokens.
  public func id(of token: String) -> Int32? {
    trie.node(at: token.utf8).flatMap(trie.id(at:))
  }

  /// The token that has `id`; nil where `id` is out of range.
  public func token(for id: Int32) -> String? {
    guard id >= 0 && Int(id) < count else { return nil }
    let range = tokenRanges[Int(id)]
    return String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
  }

  init(trie: VocabularyTrie, bytes: [UInt8], tokenRanges: [Range<Int32>]) {
    self.trie = trie
    self.bytes = bytes
    self.tokenRanges = tokenRanges
  }
}
