import CKernels

/// A dense row-major matrix of float32.
///
/// Its storage may be longer than `rows * columns`: a matrix that is used as a buffer grows to the
/// largest shape it ever held and keeps that storage, so the steady state allocates nothing.
package struct Matrix: Sendable {
  package private(set) var rows: Int
  package private(set) var columns: Int
  /// Row-major values; only the first `count` belong to the matrix.
  package var storage: [Float]

  package var count: Int { rows * columns }

  /// A matrix of zeros.
  package init(rows: Int = 0, columns: Int = 0) {
    self.rows = rows
    self.columns = columns
    storage = [Float](repeating: 0, count: rows * columns)
  }

  /// A matrix of given values, row after row.
  package init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "a \(rows)×\(columns) matrix of \(values.count)")
    self.rows = rows
    self.columns = columns
    storage = values
  }

  /// The values, row after row, without any spare storage.
  package var values: [Float] {
    storage.count == count ? storage : Array(storage[..<count])
  }

  /// Takes another shape, keeping the storage where it is long enough. The contents are unspecified.
  package mutating func reshape(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    if storage.count < count {
      storage = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        buffer.initialize(repeating: 0)
        initialized = buffer.count
      }
    }
  }

  /// Sets every value to zero.
  ///
  /// - Parameter threads: what a large matrix is shared out among.
  package mutating func setZero(threads: Int = 1) {
    storage.withUnsafeMutableBufferPointer { values in
      guard let first = values.baseAddress else { return }
      let target = SharedFloats(first)
      Parallel.forEachRange(of: values.count, threads: threads) {
        target.from($0.lowerBound).update(repeating: 0, count: $0.count)
      }
    }
  }

  package subscript(row: Int, column: Int) -> Float {
    get { storage[row * columns + column] }
    set { storage[row * columns + column] = newValue }
  }

  /// A copy of one row.
  package func row(_ index: Int) -> [Float] {
    Array(storage[index * columns..<(index + 1) * columns])
  }

  /// Becomes equal to another matrix, keeping its own storage.
  package mutating func copy(_ other: Matrix) {
    reshape(rows: other.rows, columns: other.columns)
    let count = count
    other.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        target.update(from: source, count: count)
      }
    }
  }

  /// Adds another matrix of the same shape.
  package mutating func add(_ other: Matrix) {
    precondition(rows == other.rows && columns == other.columns)
    let count = count
    other.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        enx_add(target, source, target, count)
      }
    }
  }

  /// Multiplies every value by a factor.
  ///
  /// - Parameter threads: what a large matrix is shared out among.
  package mutating func scale(by factor: Float, threads: Int = 1) {
    let count = count
    storage.withUnsafeMutableBufferPointer { values in
      guard let first = values.baseAddress else { return }
      let target = SharedFloats(first)
      Parallel.forEachRange(of: count, threads: threads) { range in
        let part = target.from(range.lowerBound)
        for i in 0..<range.count { part[i] *= factor }
      }
    }
  }

  /// Whether every value is a finite number.
  package var isFinite: Bool {
    storage.withUnsafeBufferPointer { values in
      // 0·x is 0 for every finite x and NaN for the others, so one sum decides.
      var sum: Float = 0
      for i in 0..<count { sum += values[i] * 0 }
      return sum == 0
    }
  }
}

extension Matrix: Equatable {
  package static func == (a: Matrix, b: Matrix) -> Bool {
    a.rows == b.rows && a.columns == b.columns && a.values == b.values
  }
}
