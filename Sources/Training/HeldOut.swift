import Kernels

/// A corpus split in nine tenths for training and one tenth, drawn by a seed, for selection.
public struct HeldOut<Example: Sendable>: Sendable {
  public let training: [Example]
  public let dev: [Example]

  /// Both parts keep the order of the corpus. A corpus of fewer than ten is not split.
  public init(_ examples: [Example], seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "held-out tenth")
    let chosen = Set(examples.indices.shuffled(using: &random).prefix(examples.count / 10))
    training = examples.indices.filter { !chosen.contains($0) }.map { examples[$0] }
    dev = chosen.sorted().map { examples[$0] }
  }
}
