import CKernels

/// Values that never change, wherever they are kept.
package protocol FrozenValues: Sendable {
  /// Calls `body` with the first value; the pointer is valid only inside.
  func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R
}

/// y = x·Wᵀ + b with weights that are never trained, in the form that their engine multiplies fastest.
/// It works on tiles of rows, so that what comes before and after a product is done while the rows are
/// near.
///
/// Shapes: x [rows, inputs], W [outputs, inputs], b [outputs], y [rows, outputs].
package struct PackedLinear: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// [outputs]; zeros where the way is back.
  package let bias: [Float]
  let form: Form

  enum Form: Sendable {
    /// For OpenBLAS, W where it lies: matrices of `outputs` rows each, one below the other; backward
    /// multiplies by W itself.
    case plain([any FrozenValues], outputs: Int, isBackward: Bool)
    /// Float32 or bf16.
    case packed(ProductShape, AlignedMemory)
    /// 8-bit integers, with a scale for each output, and the sum of what its integers stand for.
    case quantised(ProductShape, AlignedMemory, scales: [Float], totals: [Float])
  }

  /// Several matrices of one shape, [outputs, inputs], as one: its outputs are those of the first, then
  /// those of the second, and so on.
  package init(
    _ weights: [any FrozenValues], biases: [any FrozenValues], inputs: Int, outputs: Int,
    arithmetic: Arithmetic, shapes: ProductShapes
  ) {
    self.inputs = inputs
    self.outputs = outputs * weights.count
    bias = biases.flatMap { values in
      values.withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: outputs)) }
    }
    form = Self.form(
      of: weights, inputs: inputs, outputs: outputs, arithmetic, shapes, isBackward: false)
  }

  /// The way back through such a layer, dx = dy·W: its inputs are the layer's outputs.
  ///
  /// - Parameter arithmetic: that of the layer; where its weights are 8-bit integers, W is what these
  ///   stand for.
  package init(
    backward weights: [any FrozenValues], inputs: Int, outputs: Int, arithmetic: Arithmetic,
    shapes: ProductShapes
  ) {
    self.inputs = outputs * weights.count
    self.outputs = inputs
    bias = [Float](repeating: 0, count: inputs)
    form = Self.form(
      of: weights, inputs: inputs, outputs: outputs, arithmetic, shapes, isBackward: true)
  }

  /// Weights packed for one way, or as they are where the engine packs none.
  private static func form(
    of weights: [any FrozenValues], inputs: Int, outputs: Int, _ arithmetic: Arithmetic,
    _ shapes: ProductShapes, isBackward: Bool
  ) -> Form {
    let all = outputs * weights.count
    let precision = isBackward ? arithmetic.ofBackward.precision : arithmetic.precision
    let shape =
      arithmetic.engine == .oneDNN
      ? shapes.shape(
        precision, inputs: isBackward ? all : inputs, outputs: isBackward ? inputs : all)
      : nil
    let packed: Form? = shape.flatMap { shape in
      weights.withStack(size: inputs * outputs) { stack in
        guard arithmetic.precision == .int8 else {
          return shape.pack(stack, isPlain: isBackward).map { .packed(shape, $0) }
        }
        let quantised = QuantisedWeights(stack, outputs: all, inputs: inputs)
        guard !isBackward else {
          return shape.pack(quantised.restored, isPlain: true).map { .packed(shape, $0) }
        }
        return shape.pack(quantised.values, isPlain: false).map {
          .quantised(shape, $0, scales: quantised.scales, totals: quantised.totals)
        }
      }
    }
    return packed ?? .plain(weights, outputs: outputs, isBackward: isBackward)
  }

  /// Puts a row of x into a tile.
  package func lower(_ x: UnsafePointer<Float>, row: Int, in tile: RowTile) {
    switch form {
    case .plain: (tile.floats + row * inputs).update(from: x, count: inputs)
    case .packed(let shape, _):
      if shape.precision == .bf16 {
        let rows = tile.lowered.assumingMemoryBound(to: UInt16.self)
        enx_to_bf16(x, rows + row * inputs, inputs)
      } else {
        (tile.floats + row * inputs).update(from: x, count: inputs)
      }
    case .quantised:
      let rows = tile.lowered.assumingMemoryBound(to: UInt8.self)
      enx_to_u8(x, rows + row * inputs, inputs, tile.scales + row, tile.zeros + row)
    }
  }

  /// Multiplies the first rows of a tile, all of which are lowered.
  package func multiply(_ tile: RowTile, rows: Int) {
    switch form {
    case .plain(let weights, let part, let isBackward):
      let (x, y) = (tile.floats, tile.sums.assumingMemoryBound(to: Float.self))
      for (index, weight) in weights.enumerated() {
        weight.withUnsafePointer { weight in
          if isBackward {
            Product.plain(
              x + index * part, inputs, weight, outputs, into: y, outputs, m: rows, n: outputs,
              k: part, keep: index == 0 ? 0 : 1)
          } else {
            Product.transposed(
              x, inputs, weight, inputs, into: y + index * part, outputs, m: rows, n: part,
              k: inputs)
          }
        }
      }
    case .packed(let shape, let weights):
      shape.multiply(tile.lowered, rows: rows, weights, into: tile.sums)
    case .quantised(let shape, let weights, _, _):
      shape.multiply(tile.lowered, rows: rows, weights, into: tile.sums)
    }
  }

  /// What came out of a row, with a bias: [outputs].
  package func finish(
    _ tile: RowTile, row: Int, bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    switch form {
    case .plain, .packed:
      let sums = tile.sums.assumingMemoryBound(to: Float.self) + row * outputs
      enx_add(sums, bias, y, outputs)
    case .quantised(_, _, let scales, let totals):
      let sums = tile.sums.assumingMemoryBound(to: Int32.self) + row * outputs
      enx_from_s32(sums, tile.scales[row], tile.zeros[row], scales, totals, bias, y, outputs)
    }
  }

  /// What came out of a row where the way is back, before anything is added: [outputs].
  package func sums(_ tile: RowTile, row: Int) -> UnsafePointer<Float> {
    if case .quantised = form { preconditionFailure("sums of integers are no numbers yet") }
    return UnsafePointer(tile.sums.assumingMemoryBound(to: Float.self) + row * outputs)
  }

  /// Takes what came out of a row, with a bias, through an activation, and puts it into the tile for
  /// another product.
  ///
  /// - Parameter before: the row before the activation, [outputs]; where nobody needs it, `tile.passing`.
  package func activate(
    _ tile: RowTile, row: Int, bias: UnsafePointer<Float>, _ activation: Activation,
    keeping before: UnsafeMutablePointer<Float>, for next: PackedLinear
  ) {
    let passing = tile.passing
    switch (activation, form) {
    case (.gelu, .quantised(_, _, let scales, let totals)):
      let sums = tile.sums.assumingMemoryBound(to: Int32.self) + row * outputs
      enx_gelu_of_s32(
        sums, tile.scales[row], tile.zeros[row], scales, totals, bias, before, passing, outputs)
      next.lower(passing, row: row, in: tile)
    case (.gelu, _):
      let sums = sums(tile, row: row)
      if case .packed(let shape, _) = next.form, shape.precision == .bf16 {
        let lowered = tile.lowered.assumingMemoryBound(to: UInt16.self) + row * outputs
        enx_gelu_of_sums_to_bf16(sums, bias, before, lowered, outputs)
      } else {
        enx_gelu_of_sums(sums, bias, before, passing, outputs)
        next.lower(passing, row: row, in: tile)
      }
    default:
      finish(tile, row: row, bias: bias, into: before)
      activation.forward(before, into: passing, count: outputs)
      next.lower(passing, row: row, in: tile)
    }
  }

  /// y = LayerNorm of what came out of a row, a bias and what a residual connection carried: [outputs]; y may
  /// be `residual`.
  package func normalise(
    _ tile: RowTile, row: Int, bias: UnsafePointer<Float>, residual: UnsafePointer<Float>,
    gain: UnsafePointer<Float>, normBias: UnsafePointer<Float>, epsilon: Float,
    into y: UnsafeMutablePointer<Float>
  ) {
    guard case .quantised(_, _, let scales, let totals) = form else {
      let sums = sums(tile, row: row)
      return enx_normalise_sums(sums, bias, residual, gain, normBias, epsilon, y, outputs)
    }
    let sums = tile.sums.assumingMemoryBound(to: Int32.self) + row * outputs
    enx_normalise_s32(
      sums, tile.scales[row], tile.zeros[row], scales, totals, bias, residual, gain, normBias,
      epsilon, y, outputs)
  }

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
  package func forward(
    _ x: UnsafePointer<Float>, rows: Int, bias: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, tiles: inout RowTile.Storage
  ) {
    run(x, rows: rows, into: y, tiles: &tiles) { tile, row, place in
      finish(tile, row: row, bias: bias, into: place)
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

extension RowTile {
  /// Lowered rows where nothing is lost.
  var floats: UnsafeMutablePointer<Float> { lowered.assumingMemoryBound(to: Float.self) }
}

extension [any FrozenValues] {
  /// Calls `body` with the matrices one below the other: in place where there is one.
  func withStack<R>(size: Int, _ body: (UnsafePointer<Float>) -> R) -> R {
    if count == 1, let only = first { return only.withUnsafePointer(body) }
    let stack = flatMap { values in
      values.withUnsafePointer { Array<Float>(UnsafeBufferPointer(start: $0, count: size)) }
    }
    return stack.withUnsafeBufferPointer { stack in
      guard let stack = stack.baseAddress else { preconditionFailure("weights of no size") }
      return body(stack)
    }
  }
}
