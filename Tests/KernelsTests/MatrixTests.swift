import Testing

@testable import Kernels

@Suite struct MatrixTests {
  @Test func isRowMajor() {
    var matrix = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.count == 6)
    #expect(matrix[1, 0] == 4)
    #expect(matrix.row(1) == [4, 5, 6])
    matrix[0, 2] = 9
    #expect(matrix.values == [1, 2, 9, 4, 5, 6])
    #expect(Matrix(rows: 2, columns: 2).values == [0, 0, 0, 0])
    #expect(Matrix().count == 0)
  }

  /// A buffer that held something larger keeps its storage, and shows only its own values.
  @Test func reshapesWithinItsStorage() {
    var matrix = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    matrix.reshape(rows: 2, columns: 2)
    #expect(matrix.storage.count == 6)
    #expect(matrix.values.count == 4)
    matrix[0, 0] = 7
    matrix[1, 1] = 8
    #expect(matrix.values[0] == 7 && matrix.values[3] == 8)
    matrix.setZero()
    #expect(matrix == Matrix(rows: 2, columns: 2))
    matrix.reshape(rows: 4, columns: 3)
    #expect(matrix.storage.count == 12)
    matrix.reshape(rows: 0, columns: 3)
    #expect(matrix.values.isEmpty)
  }

  @Test func addsScalesAndCompares() {
    var a = Matrix(rows: 1, columns: 3, values: [1, 2, 3])
    a.add(Matrix(rows: 1, columns: 3, values: [1, -2, 0.5]))
    #expect(a.values == [2, 0, 3.5])
    a.scale(by: 2)
    #expect(a.values == [4, 0, 7])
    #expect(a != Matrix(rows: 3, columns: 1, values: [4, 0, 7]))

    // Spare storage behind the values counts for nothing.
    var spare = Matrix(rows: 1, columns: 5, values: [4, 0, 7, .nan, 9])
    spare.reshape(rows: 1, columns: 3)
    #expect(spare == a)
    #expect(spare.isFinite)
    spare.add(a)
    spare.scale(by: 0.5)
    #expect(spare == a)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func knowsWhatIsNotFinite(value: Float) {
    for place in 0..<9 {
      var matrix = Matrix(rows: 3, columns: 3)
      matrix.storage[place] = value
      #expect(!matrix.isFinite)
      matrix.storage[place] = .greatestFiniteMagnitude
      #expect(matrix.isFinite)
    }
  }

  @Test func raggedBatchesKnowTheirRows() {
    var batch = RaggedBatch(lengths: [3, 1])
    batch.append(length: 33)
    #expect(batch.offsets == [0, 3, 4, 37])
    #expect(batch.sequenceCount == 3)
    #expect(batch.rowCount == 37)
    #expect((0..<3).map { batch.rows(of: $0) } == [0..<3, 3..<4, 4..<37])
    #expect(batch.longest == 33)
    let empty = RaggedBatch()
    #expect(empty.sequenceCount == 0 && empty.rowCount == 0 && empty.longest == 0)
  }
}
