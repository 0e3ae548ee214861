import CKernels

/// Inverted dropout (Srivastava et al. 2014): a value is dropped with `rate`, the others are
/// multiplied by 1 / (1 − rate). The same mask goes forward and backward.
package enum Dropout {
  /// What backward needs: the factor of each value, 0 or 1 / (1 − rate).
  package struct Cache: Sendable {
    package var mask = Matrix()

    package init() {}
  }

  /// In place.
  package static func forward(
    _ x: inout Matrix, rate: Float, using random: inout RandomStream, cache: inout Cache
  ) {
    let kept = 1 / (1 - rate)
    cache.mask.reshape(rows: x.rows, columns: x.columns)
    let count = x.count
    // Four values from each number drawn: to 16 bits a rate is exact enough, and drawing is most of
    // the work.
    let limit = UInt32((Double(rate) * 0x1p16).rounded())
    let state = random.skip((count + 3) / 4)
    cache.mask.storage.withUnsafeMutableBufferPointer { mask in
      x.storage.withUnsafeMutableBufferPointer { x in
        guard let mask = mask.baseAddress, let x = x.baseAddress else { return }
        enx_dropout(state, limit, kept, x, mask, count)
      }
    }
  }

  /// In place: dy becomes dx.
  package static func backward(_ dy: inout Matrix, cache: Cache) {
    let count = dy.count
    precondition(cache.mask.count == count)
    cache.mask.storage.withUnsafeBufferPointer { mask in
      dy.storage.withUnsafeMutableBufferPointer { dy in
        guard let mask = mask.baseAddress, let dy = dy.baseAddress else { return }
        enx_scale_each(dy, mask, dy, count)
      }
    }
  }
}
