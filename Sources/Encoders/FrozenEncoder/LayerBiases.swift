import CKernels
package import Kernels

/// What an adapter adds to the biases of one layer (BitFit, Ben Zaken et al. 2022), [1, outputs] each;
/// or the gradients of that.
package struct LayerBiases: Sendable, Equatable {
  package var query: Matrix
  package var key: Matrix
  package var value: Matrix
  /// Of the product behind attention.
  package var attention: Matrix
  /// Of the two products of the feed-forward block.
  package var intermediate: Matrix
  package var output: Matrix

  /// Zeros.
  package init(hidden: Int, intermediate: Int) {
    let row = Matrix(rows: 1, columns: hidden)
    (query, key, value, attention, output) = (row, row, row, row, row)
    self.intermediate = Matrix(rows: 1, columns: intermediate)
  }

  /// The parts, with the names that files use.
  package static let parts:
    [(name: String, path: any WritableKeyPath<LayerBiases, Matrix> & Sendable)] =
      [
        ("query", \.query), ("key", \.key), ("value", \.value), ("attention", \.attention),
        ("intermediate", \.intermediate), ("output", \.output),
      ]

  /// Calls `body` for each part.
  package mutating func forEachPart(_ body: (inout Matrix) -> Void) {
    for part in Self.parts { body(&self[keyPath: part.path]) }
  }

  package mutating func add(_ other: LayerBiases) {
    for part in Self.parts { self[keyPath: part.path].add(other[keyPath: part.path]) }
  }

  package var isFinite: Bool { Self.parts.allSatisfy { self[keyPath: $0.path].isFinite } }
}

extension Matrix {
  /// Adds the sum of each column of another matrix, from `first` on, to the one row of this one: the
  /// gradient of a bias.
  mutating func addColumnSums(of other: Matrix, from first: Int = 0) {
    precondition(rows == 1 && first + columns <= other.columns)
    let (rows, columns, stride) = (other.rows, columns, other.columns)
    other.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for row in 0..<rows { enx_add(target, source + row * stride + first, target, columns) }
      }
    }
  }
}
