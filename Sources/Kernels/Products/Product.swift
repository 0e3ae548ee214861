import COpenBLAS

/// Matrix products on OpenBLAS, over row-major buffers with explicit row strides.
///
/// Each product runs on the thread that asks for it; `Parallel` is the one owner of parallelism.
package enum Product {
  /// OpenBLAS would start threads of its own for every product and serialise callers.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// c[m, n] = scale · a[m, k] · b[n, k]ᵀ + keep · c.
  package static func transposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0
  ) {
    multiply(
      CblasNoTrans, CblasTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k, scale, keep)
  }

  /// c[m, n] = scale · a[m, k] · b[k, n] + keep · c.
  package static func plain(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0
  ) {
    multiply(
      CblasNoTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k, scale, keep)
  }

  /// c[m, n] = scale · a[k, m]ᵀ · b[k, n] + keep · c.
  package static func leftTransposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0
  ) {
    multiply(
      CblasTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k, scale, keep)
  }

  private static func multiply(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    _ scale: Float, _ keep: Float
  ) {
    guard m > 0, n > 0 else { return }
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), scale,
      a, blasint(aStride), b, blasint(bStride), keep, c, blasint(cStride))
  }
}
