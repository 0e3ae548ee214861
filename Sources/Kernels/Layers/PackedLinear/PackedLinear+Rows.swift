import CKernels

/// What happens to one row of a tile before a product and behind it.
extension PackedLinear {
  /// Puts a row of x into a tile.
  package func lower(_ x: UnsafePointer<Float>, row: Int, in tile: RowTile) {
    switch numbers {
    case .float32: (tile.floats + row * inputs).update(from: x, count: inputs)
    case .bf16: enx_to_bf16(x, tile.halves + row * inputs, inputs)
    case .int8:
      enx_to_u8(x, tile.bytes + row * inputs, inputs, tile.scales + row, tile.zeros + row)
    }
  }

  /// What came out of a row, with a bias: [outputs].
  package func finish(
    _ tile: RowTile, row: Int, bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    guard numbers == .int8 else { return enx_add(sums(tile, row: row), bias, y, outputs) }
    enx_from_s32(
      integers(tile, row: row), tile.scales[row], tile.zeros[row], quantisation.scales,
      quantisation.totals, bias, y, outputs)
  }

  /// What came out of a row before anything is added, of any product but one of integers: [outputs].
  package func sums(_ tile: RowTile, row: Int) -> UnsafePointer<Float> {
    precondition(numbers != .int8, "sums of integers are no numbers yet")
    return UnsafePointer(tile.sums.assumingMemoryBound(to: Float.self) + row * outputs)
  }

  private func integers(_ tile: RowTile, row: Int) -> UnsafePointer<Int32> {
    UnsafePointer(tile.sums.assumingMemoryBound(to: Int32.self) + row * outputs)
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
    switch (activation, numbers) {
    case (.gelu, .int8):
      enx_gelu_of_s32(
        integers(tile, row: row), tile.scales[row], tile.zeros[row], quantisation.scales,
        quantisation.totals, bias, before, passing, outputs)
      next.lower(passing, row: row, in: tile)
    case (.gelu, _) where next.numbers == .bf16:
      let halves = tile.halves + row * outputs
      enx_gelu_of_sums_to_bf16(sums(tile, row: row), bias, before, halves, outputs)
    case (.gelu, _) where next.numbers == .float32:
      let floats = tile.floats + row * outputs
      enx_gelu_of_sums(sums(tile, row: row), bias, before, floats, outputs)
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
    guard numbers == .int8 else {
      return enx_normalise_sums(
        sums(tile, row: row), bias, residual, gain, normBias, epsilon, y, outputs)
    }
    enx_normalise_s32(
      integers(tile, row: row), tile.scales[row], tile.zeros[row], quantisation.scales,
      quantisation.totals, bias, residual, gain, normBias, epsilon, y, outputs)
  }
}
