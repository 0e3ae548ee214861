import COneDNN
import COpenBLAS

/// Matrix products over row-major buffers with explicit row strides: of what is trained, by oneDNN where it can be
/// had; and of frozen weights where they are not packed (`PackedLinear`), by OpenBLAS.
///
/// Each product runs on the thread that asks for it; `Parallel` is the one owner of parallelism.
package enum Product {
  /// OpenBLAS would start threads of its own for every product and serialise callers.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The faster of those there are.
  package static let fastest: ProductEngine = enx_onednn_runs(ENX_FLOAT32) ? .oneDNN : .openBLAS

  /// c[m, n] = a[m, k] · b[n, k]ᵀ + keep · c.
  package static func transposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    keep: Float = 0, engine: ProductEngine = fastest
  ) {
    multiply(
      engine, CblasNoTrans, CblasTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k,
      keep)
  }

  /// c[m, n] = a[m, k] · b[k, n] + keep · c.
  package static func plain(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    keep: Float = 0, engine: ProductEngine = fastest
  ) {
    multiply(
      engine, CblasNoTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k,
      keep)
  }

  /// c[m, n] = a[k, m]ᵀ · b[k, n] + keep · c.
  package static func leftTransposed(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    keep: Float = 0, engine: ProductEngine = fastest
  ) {
    multiply(
      engine, CblasTrans, CblasNoTrans, a, aStride, b, bStride, c, cStride, m: m, n: n, k: k,
      keep)
  }

  private static func multiply(
    _ engine: ProductEngine, _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, m: Int, n: Int, k: Int,
    _ keep: Float
  ) {
    guard m > 0, n > 0 else { return }
    // Of nothing the engines make different things.
    precondition(k > 0)
    if engine == .oneDNN,
      enx_sgemm(
        transposeA == CblasTrans, transposeB == CblasTrans, m, n, k, a, aStride, b, bStride,
        keep, c, cStride)
    {
      return
    }
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), 1,
      a, blasint(aStride), b, blasint(bStride), keep, c, blasint(cStride))
  }
}
