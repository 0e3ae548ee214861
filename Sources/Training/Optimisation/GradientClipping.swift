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
    model.visitParameters { scale(&$0.gradient, by: factor, threads: threads) }
    return norm
  }

  /// Values that are summed in float32.
  private static let part = 1 << 15

  private static func sumOfSquares(_ gradient: Matrix, threads: Int) -> Double {
    let count = gradient.count
    var sums = [Float](repeating: 0, count: (count + part - 1) / part)
    gradient.storage.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let values = values.baseAddress, let sums = sums.baseAddress else { return }
        // Each part is one thread's.
        nonisolated(unsafe) let (source, target) = (values, sums)
        Parallel.forEachRange(of: (count + part - 1) / part, threads: threads, smallest: 1) {
          for index in $0 {
            let first = source + index * part
            target[index] = enx_dot(first, first, min(part, count - index * part))
          }
        }
      }
    }
    return sums.reduce(0) { $0 + Double($1) }
  }

  private static func scale(_ gradient: inout Matrix, by factor: Float, threads: Int) {
    let count = gradient.count
    gradient.storage.withUnsafeMutableBufferPointer { values in
      guard let place = values.baseAddress else { return }
      // Each range is one thread's.
      nonisolated(unsafe) let target = place
      Parallel.forEachRange(of: count, threads: threads) { range in
        for i in range { target[i] *= factor }
      }
    }
  }
}
