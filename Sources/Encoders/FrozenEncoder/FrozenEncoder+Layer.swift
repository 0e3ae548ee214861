import Kernels

extension FrozenEncoder {
  /// Takes the rows in `workspace.hidden` through one layer, tile after tile: what a product reads and what
  /// it gives stay in the processor's second cache until the next has used them.
  ///
  /// Rows are projected 64 at a time. Then all sequences whose last row is there attend, and when 64 rows have
  /// come out of that, they go through the feed-forward block. So all products but the last have whole tiles,
  /// wherever sequences begin and end.
  ///
  /// - Parameters:
  ///   - rows: of the batch, those in `workspace.hidden`.
  ///   - shared: where queries, keys and values go if other threads have other rows of the batch; all rows
  ///     attend at once then.
  ///   - read: the rows that are asked for, counted from the first; the output has none but them. nil for all.
  func forward(
    layer index: Int, batch: RaggedBatch, rows: Range<Int>, shared: SharedProjections?,
    prompts: BatchPrompts, reading read: [Range<Int>]?, workspace w: inout EncoderWorkspace
  ) {
    let (size, tile) = (configuration.hiddenSize, RowTile.capacity)
    let (wide, products) = (3 * size, products[index])
    let (prefixes, owners) = (prompts.prefixes(ofLayer: index), prompts.owners(ofRows: rows))
    let all = prompts.biases(ofLayer: index)
    let biases = RowBiases(all, owners: owners)
    w.projected.reserve((tile + batch.longest) * wide)
    w.context.reserve((tile + (shared == nil ? tile + batch.longest : rows.count)) * size)
    var kept = KeptRows(read, owners: owners)
    w.withRows { hidden, own, context, attention, tiles in
      // As if of the whole batch, as the rows are counted.
      var projected = shared?.projections(ofLayer: index) ?? own - rows.lowerBound * wide
      // Rows of the output that are there.
      var done = 0
      func feed(_ count: Int) {
        tiles.withTile(columns: max(size, configuration.intermediateSize)) { tile in
          feedForward(
            layer: index, biases: RowBiases(all, owners: kept.owners(done..<done + count)),
            tile: tile, rows: count, context: context, hidden: hidden + done * size)
        }
        done += count
        context.update(from: context + count * size, count: (kept.count - done) * size)
      }
      var attended = rows.lowerBound
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: tile) {
        let end = min(first + tile, rows.upperBound)
        let place = first - rows.lowerBound
        products.projection.forward(
          hidden + place * size, rows: end - first, bias: { biases[place + $0].projection },
          into: projected + first * wide, tiles: &tiles)
        let ready = shared == nil ? batch.end(before: end) : end == rows.upperBound ? end : attended
        guard ready > attended else { continue }
        shared?.wait()
        let behind = context + (kept.count - done) * size
        Attention.forward(
          projected, columns: size, prefixes: prefixes, batch: batch, rows: attended..<ready,
          heads: configuration.headCount, form: self.attention, into: behind,
          workspace: &attention)
        kept.keep(
          attended - rows.lowerBound..<ready - rows.lowerBound, of: hidden, behind, columns: size)
        if shared == nil {
          own.update(from: projected + ready * wide, count: (end - ready) * wide)
          projected = own - ready * wide
        }
        attended = ready
        while kept.count - done >= tile { feed(tile) }
      }
      feed(kept.count - done)
    }
    w.hidden.reshape(rows: kept.count, columns: size)
  }

  /// From what attention gives to the layer's output: the product behind attention, residual, LayerNorm;
  /// the feed-forward block, residual, LayerNorm. At most a tile of rows, [rows, hidden] at `context` and
  /// `hidden`.
  private func feedForward(
    layer index: Int, biases: RowBiases, tile: RowTile, rows: Int,
    context: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>
  ) {
    let (products, weights) = (products[index], weights.layers[index])
    let size = configuration.hiddenSize
    let epsilon = configuration.layerNormEpsilon
    for row in 0..<rows { products.attention.lower(context + row * size, row: row, in: tile) }
    products.attention.multiply(tile, rows: rows)
    weights.attentionNorm.withPointers { gain, normBias in
      for row in 0..<rows {
        let attended = tile.carried + row * size
        products.attention.normalise(
          tile, row: row, bias: biases[row].attention, residual: hidden + row * size, gain: gain,
          normBias: normBias, epsilon: epsilon, into: attended)
        products.intermediate.lower(attended, row: row, in: tile)
      }
    }
    products.intermediate.multiply(tile, rows: rows)
    for row in 0..<rows {
      products.intermediate.activate(
        tile, row: row, bias: biases[row].intermediate, configuration.activation,
        keeping: tile.passing, for: products.output)
    }
    products.output.multiply(tile, rows: rows)
    weights.outputNorm.withPointers { gain, normBias in
      for row in 0..<rows {
        products.output.normalise(
          tile, row: row, bias: biases[row].output, residual: tile.carried + row * size, gain: gain,
          normBias: normBias, epsilon: epsilon, into: hidden + row * size)
      }
    }
  }
}

extension EncoderWorkspace {
  /// Calls `body` with the addresses of `hidden`, `projected` and `context`.
  fileprivate mutating func withRows(
    _ body: (
      _ hidden: UnsafeMutablePointer<Float>, _ projected: UnsafeMutablePointer<Float>,
      _ context: UnsafeMutablePointer<Float>, inout Attention.Workspace,
      inout RowTile.Storage
    ) -> Void
  ) {
    hidden.storage.withUnsafeMutableBufferPointer { hidden in
      guard let hidden = hidden.baseAddress else { return }
      projected.withPointer { projected in
        context.withPointer { context in
          body(hidden, projected, context, &attention, &tiles)
        }
      }
    }
  }
}
