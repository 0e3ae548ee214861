package import Kernels

/// A row-major matrix in double precision, for reference implementations: plain loops that are
/// obviously right rather than fast.
package struct DoubleMatrix: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  package var values: [Double]

  /// A matrix of zeros.
  package init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
  }

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  package init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map(Double.init))
  }

  package subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  package func row(_ index: Int) -> [Double] {
    Array(values[index * columns..<(index + 1) * columns])
  }

  package func map(_ transform: (Double) -> Double) -> DoubleMatrix {
    DoubleMatrix(rows: rows, columns: columns, values: values.map(transform))
  }

  package static func + (a: DoubleMatrix, b: DoubleMatrix) -> DoubleMatrix {
    precondition(a.rows == b.rows && a.columns == b.columns)
    return DoubleMatrix(
      rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 + $1 })
  }

  /// The sum of the products of values in the same places.
  package func inner(_ other: DoubleMatrix) -> Double {
    precondition(rows == other.rows && columns == other.columns)
    return zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The largest absolute value; infinite where one is not a number.
  package var largest: Double {
    values.reduce(0) { $1.isNaN ? .infinity : max($0, abs($1)) }
  }

  /// The largest absolute difference from float32 values, in units of the largest reference value
  /// (of `floor` where that is smaller); infinite where shapes differ or a value is not a number.
  package func difference(from other: Matrix, floor: Double = 0.1) -> Double {
    guard rows == other.rows, columns == other.columns else { return .infinity }
    let gaps = DoubleMatrix(
      rows: rows, columns: columns,
      values: zip(values, other.values).map { $0 - Double($1) })
    return gaps.largest / max(largest, floor)
  }
}
