import CKernels
package import Kernels

/// The buffers of a forward pass without caches; reused from call to call. R rows, H hidden size.
package struct EncoderWorkspace: Sendable {
  /// The rows between layers, and at the end the result, [R, H].
  package var hidden = Matrix()
  /// Queries, keys and values side by side, [R, 3H].
  var projected = Matrix()
  /// What attention gives, [R, H].
  var context = Matrix()
  var attention = Attention.Workspace()
  var tiles = RowTile.Storage()

  package init() {}
}

extension FrozenEncoder {
  /// The last hidden state of every row, left in `workspace.hidden`, [rows, hidden].
  ///
  /// Attention apart, a layer goes from tile to tile: what a product reads and what it gives stay in the
  /// processor's second cache until the next has used them.
  ///
  /// - Parameters:
  ///   - prompts: what the adapter adds.
  ///   - readout: the rows that are also taken into `states`; nil takes none.
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, readout: EncoderReadout? = nil,
    states: inout [Matrix], workspace w: inout EncoderWorkspace
  ) {
    let count = weights.layers.count
    embed(input, prompts: prompts, into: &w.hidden)
    weights.embeddingNorm.forward(&w.hidden, epsilon: configuration.layerNormEpsilon)
    readout?.take(w.hidden, layer: 0, of: count, into: &states)
    for (index, products) in products.enumerated() {
      let biases = SummedBiases(products, adding: prompts.biases(ofLayer: index))
      products.projection.forward(
        w.hidden, bias: biases.projection, into: &w.projected, tiles: &w.tiles)
      Attention.forward(
        w.projected, prefix: prompts.prefix(ofLayer: index), batch: input.batch,
        heads: configuration.headCount, into: &w.context, workspace: &w.attention)
      feedForward(layer: index, biases: biases, workspace: &w)
      readout?.take(w.hidden, layer: index + 1, of: count, into: &states)
    }
  }

  /// The last hidden state of every row, left in `workspace.hidden`, [rows, hidden].
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, workspace: inout EncoderWorkspace
  ) {
    var states: [Matrix] = []
    forward(input, prompts: prompts, states: &states, workspace: &workspace)
  }

  /// From what attention gives to the layer's output: the product behind attention, residual, LayerNorm;
  /// the feed-forward block, residual, LayerNorm.
  private func feedForward(
    layer index: Int, biases: SummedBiases, workspace w: inout EncoderWorkspace
  ) {
    let rows = w.hidden.rows
    let (size, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    w.context.storage.withUnsafeBufferPointer { context in
      w.hidden.storage.withUnsafeMutableBufferPointer { hidden in
        guard let context = context.baseAddress, let hidden = hidden.baseAddress else { return }
        w.tiles.withTile(columns: max(size, inner)) { tile in
          for range in RowTile.ranges(ofRows: rows) {
            let start = range.lowerBound * size
            feedForward(
              layer: index, biases: biases, tile: tile, rows: range.count, context: context + start,
              hidden: hidden + start)
          }
        }
      }
    }
  }

  /// The same of the rows of one tile, [rows, hidden] at `context` and `hidden`.
  private func feedForward(
    layer index: Int, biases: SummedBiases, tile: RowTile, rows: Int,
    context: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    let (products, weights) = (products[index], weights.layers[index])
    let (size, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    let epsilon = configuration.layerNormEpsilon
    for row in 0..<rows { products.attention.lower(context + row * size, row: row, in: tile) }
    products.attention.multiply(tile, rows: rows)
    weights.attentionNorm.withPointers { gain, bias in
      for row in 0..<rows {
        let attended = tile.carried + row * size
        products.attention.finish(tile, row: row, bias: biases.attention, into: attended)
        enx_add(attended, hidden + row * size, attended, size)
        enx_normalise(attended, gain, bias, epsilon, size)
        products.intermediate.lower(attended, row: row, in: tile)
      }
    }
    products.intermediate.multiply(tile, rows: rows)
    for row in 0..<rows {
      let place = tile.passing
      products.intermediate.finish(tile, row: row, bias: biases.intermediate, into: place)
      configuration.activation.forward(place, into: place, count: inner)
      products.output.lower(place, row: row, in: tile)
    }
    products.output.multiply(tile, rows: rows)
    weights.outputNorm.withPointers { gain, bias in
      for row in 0..<rows {
        let place = hidden + row * size
        products.output.finish(tile, row: row, bias: biases.output, into: place)
        enx_add(place, tile.carried + row * size, place, size)
        enx_normalise(place, gain, bias, epsilon, size)
      }
    }
  }
}
