import Testing

@testable import Kernels

@Suite struct MatrixRowsTests {
  static func counting(_ rows: Int) -> Matrix {
    Matrix(rows: rows, columns: 2, values: (0..<2 * rows).map { Float($0 + 1) })
  }

  @Test(arguments: [[], [0..<1], [1..<3, 5..<6], [0..<7], [6..<7]] as [[Range<Int>]])
  func keptRowsGoBackToTheirPlaces(kept: [Range<Int>]) {
    let all = Self.counting(7)
    var matrix = all
    matrix.keepRows(kept)
    let rows = kept.flatMap(Array.init)
    #expect(matrix.values == rows.flatMap { all.row($0) })
    // A buffer with other things in it.
    var spare = Matrix(rows: 9, columns: 2, values: Array(repeating: .nan, count: 18))
    matrix.spreadRows(to: kept, of: 7, using: &spare)
    let expected = (0..<7).flatMap { rows.contains($0) ? all.row($0) : [0, 0] }
    #expect(matrix.rows == 7 && matrix.values == expected)
  }
}
