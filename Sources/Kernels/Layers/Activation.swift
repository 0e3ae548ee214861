import CKernels

/// The activation between the two products of a feed-forward block; elementwise.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// x·Φ(x), by the error function (`gelu` in Hugging Face configurations).
  case gelu
  /// The approximation by tanh (`gelu_new`, `gelu_pytorch_tanh`).
  case geluTanh
  /// max(x, 0).
  case relu

  /// y = f(x); y takes x's shape.
  package func forward(_ x: Matrix, into y: inout Matrix) {
    y.reshape(rows: x.rows, columns: x.columns)
    switch self {
    case .gelu: enx_gelu(x.storage, &y.storage, x.count)
    case .geluTanh: enx_gelu_tanh(x.storage, &y.storage, x.count)
    case .relu:
      y.storage.withUnsafeMutableBufferPointer { y in
        for i in 0..<x.count { y[i] = x.storage[i] > 0 ? x.storage[i] : 0 }
      }
    }
  }

  /// dy becomes dx = dy · f′(x), in place. Backward needs x.
  package func backward(_ dy: inout Matrix, x: Matrix) {
    precondition(dy.rows == x.rows && dy.columns == x.columns)
    dy.storage.withUnsafeMutableBufferPointer { gradient in
      guard let pointer = gradient.baseAddress else { return }
      switch self {
      case .gelu: enx_gelu_backward(x.storage, pointer, pointer, x.count)
      case .geluTanh: enx_gelu_tanh_backward(x.storage, pointer, pointer, x.count)
      case .relu: for i in 0..<x.count where !(x.storage[i] > 0) { gradient[i] = 0 }
      }
    }
  }
}
