import TestSupport
import Testing

@testable import Kernels

/// Products of each engine that there is against sums in Double; rows further apart than they are long.
@Suite struct ProductTests {
  static let engines = [Product.fastest, .openBLAS]
  static let shapes = [(1, 1, 1), (1, 7, 5), (5, 3, 17), (16, 40, 33), (70, 130, 48)]

  private func drawn(_ count: Int, _ purpose: String) -> [Float] {
    LayerCases.normal("product \(purpose)", [(1, count)])[0].values
  }

  /// c = a·b + keep·c, where a[i, j] and b[i, j] say where an element stands.
  private func check(
    _ engine: ProductEngine, m: Int, n: Int, k: Int, keep: Float, a: (Int, Int) -> Float,
    b: (Int, Int) -> Float, _ multiply: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let stride = n + 3
    // Where nothing is kept, nothing that was there may matter.
    let before = keep == 0 ? [Float](repeating: .nan, count: m * stride) : drawn(m * stride, "c")
    var c = before
    c.withUnsafeMutableBufferPointer { multiply($0.baseAddress!, stride) }
    for row in 0..<m {
      for column in 0..<n {
        var sum = keep == 0 ? 0 : Double(keep) * Double(before[row * stride + column])
        for i in 0..<k { sum += Double(a(row, i)) * Double(b(i, column)) }
        #expect(abs(Double(c[row * stride + column]) - sum) < 1e-5 * Double(k).squareRoot() + 1e-5)
      }
      for column in n..<stride {
        #expect(c[row * stride + column].bitPattern == before[row * stride + column].bitPattern)
      }
    }
  }

  @Test(arguments: engines, [Float(0), 1])
  func allThreeWays(engine: ProductEngine, keep: Float) {
    for (m, n, k) in Self.shapes {
      let most = max(m, n, k) + 5
      let (a, b) = (drawn(most * most, "a"), drawn(most * most, "b"))
      check(
        engine, m: m, n: n, k: k, keep: keep, a: { a[$0 * most + $1] }, b: { b[$0 * most + $1] }
      ) {
        Product.plain(a, most, b, most, into: $0, $1, m: m, n: n, k: k, keep: keep, engine: engine)
      }
      check(
        engine, m: m, n: n, k: k, keep: keep, a: { a[$0 * most + $1] }, b: { b[$1 * most + $0] }
      ) {
        Product.transposed(
          a, most, b, most, into: $0, $1, m: m, n: n, k: k, keep: keep, engine: engine)
      }
      check(
        engine, m: m, n: n, k: k, keep: keep, a: { a[$1 * most + $0] }, b: { b[$0 * most + $1] }
      ) {
        Product.leftTransposed(
          a, most, b, most, into: $0, $1, m: m, n: n, k: k, keep: keep, engine: engine)
      }
    }
  }
}
