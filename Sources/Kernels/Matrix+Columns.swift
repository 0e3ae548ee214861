extension Matrix {
  /// A copy of some columns.
  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    var result = Matrix(rows: rows, columns: range.count)
    storage.withUnsafeBufferPointer { source in
      result.storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for row in 0..<rows {
          (target + row * range.count).update(
            from: source + row * columns + range.lowerBound, count: range.count)
        }
      }
    }
    return result
  }

  /// Overwrites the columns from `first` on by those of another matrix of as many rows.
  package mutating func setColumns(from first: Int, to other: Matrix) {
    precondition(other.rows == rows && first >= 0 && first + other.columns <= columns)
    let (rows, columns) = (rows, columns)
    other.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for row in 0..<rows {
          (target + row * columns + first).update(
            from: source + row * other.columns, count: other.columns)
        }
      }
    }
  }
}
