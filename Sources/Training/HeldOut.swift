public import Corpora
import Kernels

/// A corpus split in nine tenths for training and one tenth, drawn by a seed, for selection.
public struct HeldOut: Sendable {
  public let training: [Sentence]
  public let dev: [Sentence]

  /// Both parts keep the order of the corpus. A corpus of fewer than ten sentences is not split.
  public init(_ sentences: [Sentence], seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "held-out tenth")
    let chosen = Set(sentences.indices.shuffled(using: &random).prefix(sentences.count / 10))
    training = sentences.indices.filter { !chosen.contains($0) }.map { sentences[$0] }
    dev = chosen.sorted().map { sentences[$0] }
  }
}
