extension Matrix {
  /// A copy of some rows.
  package func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rows: range.count, columns: columns,
      values: Array(storage[range.lowerBound * columns..<range.upperBound * columns]))
  }

  /// Keeps some rows, one below the other. They come in order, none twice.
  package mutating func keepRows(_ kept: [Range<Int>]) {
    let columns = columns
    var count = 0
    storage.withUnsafeMutableBufferPointer { storage in
      guard let storage = storage.baseAddress else { return }
      for range in kept {
        (storage + count * columns).update(
          from: storage + range.lowerBound * columns, count: range.count * columns)
        count += range.count
      }
    }
    reshape(rows: count, columns: columns)
  }

  /// Puts rows that stand one below the other where `keepRows` took them from; the other rows become zeros.
  ///
  /// - Parameter spare: a buffer.
  package mutating func spreadRows(
    to places: [Range<Int>], of rows: Int, using spare: inout Matrix
  ) {
    let columns = columns
    precondition(places.reduce(0) { $0 + $1.count } == self.rows)
    spare.reshape(rows: rows, columns: columns)
    storage.withUnsafeBufferPointer { source in
      spare.storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        var (taken, end) = (0, 0)
        for place in places + [rows..<rows] {
          (target + end * columns).update(
            repeating: 0, count: (place.lowerBound - end) * columns)
          (target + place.lowerBound * columns).update(
            from: source + taken * columns, count: place.count * columns)
          taken += place.count
          end = place.upperBound
        }
      }
    }
    swap(&self, &spare)
  }
}
