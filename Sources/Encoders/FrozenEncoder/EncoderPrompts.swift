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

  package init(
    soft: Matrix = Matrix(), deep: [Attention.Prefix] = [], shapes: Matrix = Matrix()
  ) {
    self.soft = soft
    self.deep = deep
    self.shapes = shapes
  }

  /// What is added to a layer's attention.
  package func prefix(ofLayer layer: Int) -> Attention.Prefix {
    deep.isEmpty ? Attention.Prefix() : deep[layer]
  }

  /// Whether rows of the input are the adapter's, so that gradients must come down to them.
  package var changesInput: Bool { soft.rows > 0 || shapes.rows > 0 }

  /// The lowest layer whose attention is given keys and values; nil where none is.
  var lowestDeepLayer: Int? { deep.firstIndex { $0.count > 0 } }

  /// Whether there is nothing here.
  package var isEmpty: Bool { !changesInput && lowestDeepLayer == nil }

  /// Whether every value is a finite number.
  package var isFinite: Bool {
    soft.isFinite && shapes.isFinite
      && deep.allSatisfy { $0.keys.isFinite && $0.values.isFinite }
  }

  /// How many rows a layer has; 0 where none has any.
  package var deepRows: Int { deep.map(\.count).max() ?? 0 }

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
  }

  /// Adds others of the same shapes.
  package mutating func add(_ other: EncoderPrompts) {
    soft.add(other.soft)
    shapes.add(other.shapes)
    for layer in deep.indices {
      deep[layer].keys.add(other.deep[layer].keys)
      deep[layer].values.add(other.deep[layer].values)
    }
  }
}

extension Matrix {
  fileprivate mutating func becomeZeros(like other: Matrix) {
    reshape(rows: other.rows, columns: other.columns)
    setZero()
  }
}
