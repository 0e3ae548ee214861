import TestSupport

@testable import Kernels

extension LayerCases {
  /// Attention to a prefix beside the own sequence: its gradients are sums over all sequences.
  static var prefixedAttention: [LayerCase] {
    let shapes: [(lengths: [Int], heads: Int, columns: Int, prefix: Int, deviation: Float)] = [
      ([1], 1, 1, 1, 1), ([1], 3, 6, 5, 1), ([5], 1, 4, 1, 1), ([3, 1, 4], 2, 6, 3, 1),
      ([2, 2, 2], 5, 5, 17, 1), ([1, 33], 2, 4, 2, 1), ([1, 1, 1], 2, 4, 33, 1),
      ([6, 3], 2, 8, 4, 4),
    ]
    return shapes.map { lengths, heads, columns, prefix, deviation in
      let batch = RaggedBatch(lengths: lengths)
      let name = "attention \(lengths), \(heads) heads, \(columns) columns, prefix \(prefix)"
      let own = (batch.rowCount, columns)
      let shared = (prefix, columns)
      // Sharp attention (the last row) multiplies the rounding of scores up to some 40.
      let tolerance = deviation > 1 ? 2e-5 : 3e-6
      return LayerCase(
        name, inputs: normal(name, [own, own, own, shared, shared], deviation: deviation),
        valueTolerance: tolerance, gradientTolerance: 2 * tolerance
      ) { x in
        Reference.attention(
          queries: x[0], keys: x[1], values: x[2],
          prefix: Reference.Prefix(keys: x[3], values: x[4]), lengths: lengths, heads: heads)
      } layer: { x, upstream in
        let prefix = Attention.Prefix(keys: x[3], values: x[4])
        var y = Matrix()
        var cache = Attention.Cache()
        var workspace = Attention.Workspace()
        Attention.forward(
          .sideBySide(Array(x[..<3])), prefix: prefix, batch: batch, heads: heads, into: &y,
          cache: &cache, workspace: &workspace)
        var dProjected = Matrix()
        let zeros = Matrix(rows: prefix.count, columns: columns)
        var dPrefix = Attention.Prefix(keys: zeros, values: zeros)
        Attention.backward(
          upstream, projected: .sideBySide(Array(x[..<3])), prefix: prefix, cache: cache,
          batch: batch, heads: heads, into: &dProjected, prefix: &dPrefix, workspace: &workspace)
        return LayerCase.Result(
          value: y, gradients: dProjected.parts(of: columns) + [dPrefix.keys, dPrefix.values])
      }
    }
  }
}

extension Matrix {
  /// Matrices of one shape beside one another, as attention takes queries, keys and values.
  static func sideBySide(_ parts: [Matrix]) -> Matrix {
    let values = (0..<parts[0].rows).flatMap { row in parts.flatMap { $0.row(row) } }
    return Matrix(
      rows: parts[0].rows, columns: parts.reduce(0) { $0 + $1.columns }, values: values)
  }

  /// What `sideBySide` was made of.
  func parts(of width: Int) -> [Matrix] {
    stride(from: 0, to: columns, by: width).map { start in
      Matrix(
        rows: rows, columns: width,
        values: (0..<rows).flatMap { Array(row($0)[start..<start + width]) })
    }
  }
}
