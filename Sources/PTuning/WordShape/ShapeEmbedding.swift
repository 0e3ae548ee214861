package import Kernels
import Tokenization

/// A trained row for each way in which a word can be written, added to the word embedding of its
/// wordpieces: what an uncased encoder never sees (the "caps" feature of Collobert et al. 2011).
package struct ShapeEmbedding: Parameterized, Sendable {
  /// [shapes, H], zero at first, so that training begins from the encoder as it is; without rows where
  /// shapes are not used.
  package var rows: Parameter

  package init(isUsed: Bool, hidden: Int) {
    rows = Parameter(
      "shape.embedding", Matrix(rows: isUsed ? WordShape.allCases.count : 0, columns: hidden))
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    guard rows.value.rows > 0 else { return }
    try visit(&rows)
  }
}
