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
    let limit = UInt64((Double(rate) * 0x1p16).rounded())
    cache.mask.storage.withUnsafeMutableBufferPointer { mask in
      var i = 0
      while i < count {
        var bits = random.next()
        let end = min(i + 4, count)
        while i < end {
          mask[i] = bits & 0xFFFF < limit ? 0 : kept
          bits >>= 16
          i += 1
        }
      }
    }
    apply(cache, to: &x)
  }

  /// In place: dy becomes dx.
  package static func backward(_ dy: inout Matrix, cache: Cache) {
    apply(cache, to: &dy)
  }

  private static func apply(_ cache: Cache, to x: inout Matrix) {
    let count = x.count
    precondition(cache.mask.count == count)
    cache.mask.storage.withUnsafeBufferPointer { mask in
      x.storage.withUnsafeMutableBufferPointer { x in
        for i in 0..<count { x[i] *= mask[i] }
      }
    }
  }
}
