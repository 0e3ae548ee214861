package import Kernels

/// All that an adapter adds to a pass through the encoder, as plain numbers; and, in the same shapes,
/// the gradients of them.
package struct EncoderPrompts: Sendable, Equatable {
  /// The rows that `InputRow.soft` names, [soft rows, hidden].
  package var soft: Matrix
  /// For each layer the keys and values that every row attends to beside its own sequence, [N, hidden]
  /// each; N may differ from layer to layer and be 0. Empty where no layer has any.
  package var deep: [Attention.Prefix]
  /// What is added to the word embedding of a row with a shape, [shapes, hidden]: row s − 1 to those of
  /// shape s. Without rows where the adapter has none.
  package var shapes: Matrix
  /// For each layer what is added to its biases; empty where nothing is.
  package var biases: [LayerBiases]

  package init(
    soft: Matrix = Matrix(), deep: [Attention.Prefix] = [], shapes: Matrix = Matrix(),
    biases: [LayerBiases] = []
  ) {
    self.soft = soft
    self.deep = deep
    self.shapes = shapes
    self.biases = biases
  }

  /// What is added to a layer's biases; nil for nothing.
  func biases(ofLayer layer: Int) -> LayerBiases? { biases.isEmpty ? nil : biases[layer] }

  /// What is added to a layer's attention.
  package func prefix(ofLayer layer: Int) -> Attention.Prefix {
    deep.isEmpty ? Attention.Prefix() : deep[layer]
  }

  /// Those that change the input alone.
  package var ofInput: EncoderPrompts { EncoderPrompts(soft: soft, shapes: shapes) }

  /// Whether rows of the input are the adapter's, so that gradients must come down to them.
  package var changesInput: Bool { soft.rows > 0 || shapes.rows > 0 }

  /// The lowest layer that something is added to; nil where none is.
  var lowestLayer: Int? { biases.isEmpty ? deep.firstIndex { $0.count > 0 } : 0 }

  /// Whether there is nothing here.
  package var isEmpty: Bool { !changesInput && lowestLayer == nil }

  /// Whether every value is a finite number.
  package var isFinite: Bool {
    soft.isFinite && shapes.isFinite
      && deep.allSatisfy { $0.keys.isFinite && $0.values.isFinite }
      && biases.allSatisfy(\.isFinite)
  }

  /// Takes the shapes of other prompts, with zeros everywhere.
  package mutating func becomeZeros(like other: EncoderPrompts) {
    soft.becomeZeros(like: other.soft)
    shapes.becomeZeros(like: other.shapes)
    if deep.count != other.deep.count {
      deep = Array(repeating: Attention.Prefix(), count: other.deep.count)
    }
    for layer in deep.indices {
      deep[layer].keys.becomeZeros(like: other.deep[layer].keys)
      deep[layer].values.becomeZeros(like: other.deep[layer].values)
    }
    if biases.count != other.biases.count { biases = other.biases }
    for layer in biases.indices { biases[layer].forEachPart { $0.setZero() } }
  }

  /// Adds others of the same shapes.
  package mutating func add(_ other: EncoderPrompts) {
    soft.add(other.soft)
    shapes.add(other.shapes)
    for layer in deep.indices {
      deep[layer].keys.add(other.deep[layer].keys)
      deep[layer].values.add(other.deep[layer].values)
    }
    for layer in biases.indices { biases[layer].add(other.biases[layer]) }
  }
}

extension Matrix {
  fileprivate mutating func becomeZeros(like other: Matrix) {
    reshape(rows: other.rows, columns: other.columns)
    setZero()
  }
}
