/// y = x·Wᵀ + b and the way back to x, for layers that hold W and b and form their gradients themselves.
/// `PackedLinear` is for weights that never change.
///
/// Shapes: x [rows, inputs], W [outputs, inputs], b [outputs], y [rows, outputs].
package enum Affine {
  package static func forward(
    _ x: Matrix, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, outputs: Int,
    into y: inout Matrix
  ) {
    y.reshape(rows: x.rows, columns: outputs)
    y.storage.withUnsafeMutableBufferPointer { y in
      guard let y = y.baseAddress else { return }
      for row in 0..<x.rows { (y + row * outputs).update(from: bias, count: outputs) }
      x.storage.withUnsafeBufferPointer { x_ in
        guard let source = x_.baseAddress else { return }
        Product.transposed(
          source, x.columns, weight, x.columns, into: y, outputs,
          m: x.rows, n: outputs, k: x.columns, keep: 1)
      }
    }
  }

  /// dx = dy·W, added to `dx` where `accumulate`.
  package static func backward(
    _ dy: Matrix, weight: UnsafePointer<Float>, inputs: Int, accumulate: Bool = false,
    into dx: inout Matrix
  ) {
    if !accumulate { dx.reshape(rows: dy.rows, columns: inputs) }
    precondition(dx.rows == dy.rows && dx.columns == inputs)
    dx.storage.withUnsafeMutableBufferPointer { dx in
      dy.storage.withUnsafeBufferPointer { dy_ in
        guard let target = dx.baseAddress, let source = dy_.baseAddress else { return }
        Product.plain(
          source, dy.columns, weight, inputs, into: target, inputs,
          m: dy.rows, n: inputs, k: dy.columns, keep: accumulate ? 1 : 0)
      }
    }
  }
}
