import Kernels

/// What an adapter adds to a pass, made ready for the way forward: biases summed, prefixes packed for the encoder's
/// products. Made once for an adapter, and shared by all passes.
package struct PackedPrompts: Sendable {
  /// What changes the input; what changes the layers is packed.
  let ofInput: EncoderPrompts
  /// Of each layer.
  let biases: [SummedBiases]
  let prefixes: [Attention.PackedPrefix]
}

extension FrozenEncoder {
  package func packed(_ prompts: EncoderPrompts) -> PackedPrompts {
    PackedPrompts(
      ofInput: prompts.ofInput,
      biases: products.indices.map {
        SummedBiases(products[$0], adding: prompts.biases(ofLayer: $0))
      },
      prefixes: products.indices.map {
        Attention.PackedPrefix(
          prompts.prefix(ofLayer: $0), columns: configuration.hiddenSize,
          heads: configuration.headCount, form: attention)
      })
  }
}

/// Whose biases each row has.
struct RowBiases {
  /// Of one layer, of each adapter of the pass.
  private let all: [SummedBiases]
  /// Of each row; none: every row has the only ones.
  private let owners: [Int]

  init(_ all: [SummedBiases], owners: [Int]) {
    self.all = all
    self.owners = owners
  }

  subscript(row: Int) -> SummedBiases { owners.isEmpty ? all[0] : all[owners[row]] }
}

/// The prompts of a pass, and whose each sequence has.
struct BatchPrompts {
  let all: [PackedPrompts]
  private let batch: RaggedBatch
  /// Of each sequence; none where all have the same.
  private let owners: [Int]

  init(_ all: [PackedPrompts], input: EncoderInput) {
    precondition(input.owners.allSatisfy(all.indices.contains), "a sequence without prompts")
    self.all = all
    batch = input.batch
    owners = all.count == 1 ? [] : input.owners
  }

  func biases(ofLayer layer: Int) -> [SummedBiases] { all.map { $0.biases[layer] } }

  func prefixes(ofLayer layer: Int) -> Attention.SequencePrefixes {
    Attention.SequencePrefixes(all.map { $0.prefixes[layer] }, owners: owners)
  }

  /// Whose prompts each of some rows has; none where all have the same.
  func owners(ofRows rows: Range<Int>) -> [Int] {
    guard !owners.isEmpty else { return [] }
    return batch.sequences(ofRows: rows).flatMap { sequence in
      repeatElement(owners[sequence], count: batch.rows(of: sequence).clamped(to: rows).count)
    }
  }
}
