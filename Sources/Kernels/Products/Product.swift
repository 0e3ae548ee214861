import COneDNN
import COpenBLAS

/// Matrix products over row-major buffers with explicit row strides: those of what is trained by oneDNN where it
/// can be had, those of frozen weights by OpenBLAS where that was chosen (`PackedLinear` has the others).
///
/// Each product runs on the thread that asks for it; `Parallel` is the one owner of parallelism.
package enum Product {
  /// OpenBLAS would start threads of its own for every product and serialise callers.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The faster of those there are.
  package static let fastest: ProductEngine = enx_onednn_runs(ENX_FLOAT32) ? .oneDNN : .openBLAS

  /// c[m, n] = scale · a[m, k] · b[n, k]ᵀ + keep · c.
  package static func transposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0, engine: ProductEngine = fastest
  ) {
    multiply(
      engine, CblasNoTrans, CblasTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k, scale,
      keep)
  }

  /// c[m, n] = scale · a[m, k] · b[k, n] + keep · c.
  package static func plain(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0, engine: ProductEngine = fastest
  ) {
    multiply(
      engine, CblasNoTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k,
      scale, keep)
  }

  /// c[m, n] = scale · a[k, m]ᵀ · b[k, n] + keep · c.
  package static func leftTransposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    scale: Float = 1, keep: Float = 0
  ) {
    multiply(
      fastest, CblasTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k,
      scale, keep)
  }

  private static func multiply(
    _ engine: ProductEngine, _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    _ scale: Float, _ keep: Float
  ) {
    guard m > 0, n > 0 else { return }
    if engine == .oneDNN {
      let isDone = enx_sgemm(
        transposeA == CblasTrans, transposeB == CblasTrans, m, n, k, scale, a, aStride, b, bStride,
        keep, c, cStride)
      precondition(isDone, "oneDNN failed a product of \(m) × \(k) × \(n)")
      return
    }
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), scale,
      a, blasint(aStride), b, blasint(bStride), keep, c, blasint(cStride))
  }
}
