import CKernels

/// The activation between the two products of a feed-forward block; elementwise.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// x·Φ(x), by the error function (`gelu` in Hugging Face configurations).
  case gelu
  /// The approximation by tanh (`gelu_new`, `gelu_pytorch_tanh`).
  case geluTanh
  /// max(x, 0).
  case relu

  /// y = f(x), kept beside x for backward; y takes x's shape.
  package func forward(_ x: Matrix, into y: inout Matrix) {
    y.reshape(rows: x.rows, columns: x.columns)
    let count = x.count
    x.storage.withUnsafeBufferPointer { x in
      y.storage.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        forward(x, into: y, count: count)
      }
    }
  }

  /// x becomes f(x), in place.
  package func forward(_ x: inout Matrix) {
    let count = x.count
    x.storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      forward(x, into: x, count: count)
    }
  }

  /// y = f(x); the two may be the same.
  package func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .gelu: enx_gelu(x, y, count)
    case .geluTanh: enx_gelu_tanh(x, y, count)
    case .relu: for i in 0..<count { y[i] = x[i] > 0 ? x[i] : 0 }
    }
  }

  /// dy becomes dx = dy · f′(x), in place. Backward needs x.
  package func backward(_ dy: inout Matrix, x: Matrix) {
    precondition(dy.rows == x.rows && dy.columns == x.columns)
    let count = x.count
    x.storage.withUnsafeBufferPointer { x in
      dy.storage.withUnsafeMutableBufferPointer { dy in
        guard let x = x.baseAddress, let dy = dy.baseAddress else { return }
        backward(dy, x: x, into: dy, count: count)
      }
    }
  }

  /// dx = dy · f′(x); dy and dx may be the same.
  package func backward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    switch self {
    case .gelu: enx_gelu_backward(x, dy, dx, count)
    case .geluTanh: enx_gelu_tanh_backward(x, dy, dx, count)
    case .relu: for i in 0..<count { dx[i] = x[i] > 0 ? dy[i] : 0 }
    }
  }
}
