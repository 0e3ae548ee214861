/// Collects the tokens of a vocabulary.
struct VocabularyBuilder {
  private let file: String
  private var trie: VocabularyTrie
  private var bytes: [UInt8] = []
  private var ends: [Int32] = []
  private var ids: [Int32] = []

  /// - Parameter byteCount: about how long the tokens are in all.
  init(file: String, byteCount: Int) {
    self.file = file
    trie = VocabularyTrie(byteCount: min(byteCount, Vocabulary.maximumByteCount))
    bytes.reserveCapacity(min(byteCount, Vocabulary.maximumByteCount))
  }

  var count: Int { ends.count }

  mutating func add(_ token: some Collection<UInt8>, id: Int) throws(TokenizerError) {
    let start = bytes.count
    guard start + token.count < Vocabulary.maximumByteCount, id < Vocabulary.maximumByteCount else {
      throw .unsupported(
        file: file, setting: "vocabulary", expected: "tokens below 16 MiB in all",
        found: "id \(id) at \(start + token.count) bytes")
    }
    bytes.append(contentsOf: token)
    if let other = trie.insert(bytes[start...], id: Int32(id)) {
      throw .duplicateToken(
        file: file, token: String(decoding: token, as: UTF8.self), ids: [Int(other), id])
    }
    ends.append(Int32(bytes.count))
    ids.append(Int32(id))
  }

  /// The vocabulary; its ids must be exactly `0..<count`.
  func finish() throws(TokenizerError) -> Vocabulary {
    guard !ends.isEmpty else { throw .emptyVocabulary(file: file) }
    var ranges = [Range<Int32>](repeating: -1..<(-1), count: ends.count)
    var start: Int32 = 0
    for (id, end) in zip(ids, ends) {
      guard Int(id) < ranges.count, ranges[Int(id)].lowerBound < 0 else {
        throw .unsupported(
          file: file, setting: "vocabulary",
          expected: "the ids 0 to \(ranges.count - 1), each once, for \(ranges.count) tokens",
          found: "the id \(id)\(Int(id) < ranges.count ? " twice" : "")")
      }
      ranges[Int(id)] = start..<end
      start = end
    }
    return Vocabulary(trie: trie, bytes: bytes, tokenRanges: ranges)
  }
}
