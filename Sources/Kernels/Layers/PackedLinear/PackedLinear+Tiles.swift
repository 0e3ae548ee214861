extension PackedLinear {
  /// y = x·Wᵀ + bias, tile after tile.
  ///
  /// - Parameter bias: [outputs], in place of the layer's own.
  package func forward(
    _ x: Matrix, bias: UnsafePointer<Float>, into y: inout Matrix, tiles: inout RowTile.Storage
  ) {
    precondition(x.columns == inputs)
    y.reshape(rows: x.rows, columns: outputs)
    run(x, into: &y, tiles: &tiles) { tile, row, place in
      finish(tile, row: row, bias: bias, into: place)
    }
  }

  /// The same with the layer's own bias.
  package func forward(_ x: Matrix, into y: inout Matrix, tiles: inout RowTile.Storage) {
    bias.withUnsafeBufferPointer { bias in
      guard let bias = bias.baseAddress else { return }
      forward(x, bias: bias, into: &y, tiles: &tiles)
    }
  }

  /// y += x·Wᵀ: how gradients come together.
  package func add(_ x: Matrix, to y: inout Matrix, tiles: inout RowTile.Storage) {
    precondition(x.columns == inputs && y.rows == x.rows && y.columns == outputs)
    run(x, into: &y, tiles: &tiles) { tile, row, place in
      finish(tile, row: row, bias: place, into: place)
    }
  }

  /// The same by pointers: x [rows, inputs], y [rows, outputs].
  ///
  /// - Parameter bias: of each row.
  package func forward(
    _ x: UnsafePointer<Float>, rows: Int, bias: (_ row: Int) -> [Float],
    into y: UnsafeMutablePointer<Float>, tiles: inout RowTile.Storage
  ) {
    var count = 0
    run(x, rows: rows, into: y, tiles: &tiles) { tile, row, place in
      finish(tile, row: row, bias: bias(count), into: place)
      count += 1
    }
  }

  /// Two products with something between, tile after tile: this one of x, [rows, inputs], and another of
  /// what `middle` puts into the tile.
  ///
  /// - Parameters:
  ///   - middle: takes a row of the first product, by its place in the tile and among all rows, and puts it
  ///     into the tile for the second, as `activate` does.
  ///   - end: takes a row of the second.
  package func run(
    _ x: UnsafePointer<Float>, rows: Int, before next: PackedLinear, tiles: inout RowTile.Storage,
    _ middle: (RowTile, _ row: Int, _ place: Int) -> Void,
    then end: (RowTile, _ row: Int, _ place: Int) -> Void
  ) {
    precondition(next.inputs == outputs)
    tiles.withTile(columns: max(inputs, outputs, next.outputs)) { tile in
      RowTile.forEachRange(ofRows: rows) { range in
        for (row, place) in range.enumerated() { lower(x + place * inputs, row: row, in: tile) }
        multiply(tile, rows: range.count)
        for (row, place) in range.enumerated() { middle(tile, row, place) }
        next.multiply(tile, rows: range.count)
        for (row, place) in range.enumerated() { end(tile, row, place) }
      }
    }
  }

  private func run(
    _ x: Matrix, into y: inout Matrix, tiles: inout RowTile.Storage,
    finish: (RowTile, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let rows = x.rows
    x.storage.withUnsafeBufferPointer { x in
      y.storage.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        run(x, rows: rows, into: y, tiles: &tiles, finish: finish)
      }
    }
  }

  private func run(
    _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>,
    tiles: inout RowTile.Storage, finish: (RowTile, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    tiles.withTile(columns: max(inputs, outputs)) { tile in
      RowTile.forEachRange(ofRows: rows) { range in
        for (row, place) in range.enumerated() { lower(x + place * inputs, row: row, in: tile) }
        multiply(tile, rows: range.count)
        for (row, place) in range.enumerated() { finish(tile, row, y + place * outputs) }
      }
    }
  }
}
