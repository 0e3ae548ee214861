import CKernels

/// y = (x − mean) / √(variance + ε) · gain + bias over the columns of each row, with frozen gain
/// and bias (Ba, Kiros and Hinton 2016). x and y [rows, columns].
package enum LayerNorm {
  /// What backward needs.
  package struct Cache: Sendable {
    /// (x − mean) / √(variance + ε), [rows, columns].
    package var normalized = Matrix()
    /// 1 / √(variance + ε), one a row.
    package var inverseDeviation = Matrix()

    package init() {}
  }

  /// In place, without a cache.
  package static func forward(
    _ x: inout Matrix, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float
  ) {
    let (rows, columns) = (x.rows, x.columns)
    x.storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      for row in 0..<rows { enx_normalise(x + row * columns, gain, bias, epsilon, columns) }
    }
  }

  /// In place, keeping what backward needs.
  package static func forward(
    _ x: inout Matrix, gain: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float,
    cache: inout Cache
  ) {
    let (rows, columns) = (x.rows, x.columns)
    cache.normalized.reshape(rows: rows, columns: columns)
    cache.inverseDeviation.reshape(rows: rows, columns: 1)
    x.storage.withUnsafeMutableBufferPointer { x in
      cache.normalized.storage.withUnsafeMutableBufferPointer { normalized in
        guard let x = x.baseAddress, let normalized = normalized.baseAddress else { return }
        for row in 0..<rows {
          cache.inverseDeviation.storage[row] = enx_normalise_keeping(
            x + row * columns, gain, bias, epsilon, normalized + row * columns, columns)
        }
      }
    }
  }

  /// dx = (g − mean(g) − n · mean(g · n)) / deviation, where g = dy · gain and n the normalised row.
  /// In place: dy becomes dx.
  package static func backward(
    _ dy: inout Matrix, gain: UnsafePointer<Float>, cache: Cache
  ) {
    let (rows, columns) = (dy.rows, dy.columns)
    precondition(cache.normalized.rows == rows && cache.normalized.columns == columns)
    dy.storage.withUnsafeMutableBufferPointer { dy in
      cache.normalized.storage.withUnsafeBufferPointer { normalized in
        guard let dy = dy.baseAddress, let normalized = normalized.baseAddress else { return }
        for row in 0..<rows {
          enx_normalise_backward(
            dy + row * columns, gain, normalized + row * columns,
            cache.inverseDeviation.storage[row], columns)
        }
      }
    }
  }
}
