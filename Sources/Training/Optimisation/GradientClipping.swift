import CKernels
package import Kernels

/// Clipping by the norm of all gradients together (Pascanu et al. 2013; equal to
/// `torch.nn.utils.clip_grad_norm_`).
package enum GradientClipping {
  /// Scales the gradients so that their norm is at most `maximum`; returns the norm before.
  ///
  /// - Parameter threads: what a large gradient is shared out among; sums are of the same parts for any number.
  @discardableResult
  package static func clip(
    _ model: inout some Parameterized, maximum: Float, threads: Int = 1
  ) -> Float {
    var squares = 0.0
    model.visitParameters { squares += sumOfSquares($0.gradient, threads: threads) }
    let norm = Float(squares.squareRoot())
    guard norm > maximum else { return norm }
    let factor = maximum / (norm + 1e-6)
    model.visitParameters { $0.gradient.scale(by: factor, threads: threads) }
    return norm
  }

  /// So many values are summed in float32, and the sums in float64, whoever makes them.
  private static let part = Parallel.smallestRange

  private static func sumOfSquares(_ gradient: Matrix, threads: Int) -> Double {
    let count = gradient.count
    var sums = [Float](repeating: 0, count: (count + part - 1) / part)
    gradient.storage.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let values = values.baseAddress, let first = sums.baseAddress else { return }
        let (source, target) = (SharedFloats(reading: values), SharedFloats(first))
        Parallel.forEachRange(of: sums.count, threads: threads, smallest: 1) {
          for index in $0 {
            let values = source.from(index * part)
            target.from(index).pointee = enx_dot(values, values, min(part, count - index * part))
          }
        }
      }
    }
    return sums.reduce(0) { $0 + Double($1) }
  }
}
