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

/// What threads that go through a batch together have in common: each has its own rows, and attends to the
/// keys and values of all.
package final class SharedProjections: Sendable {
  /// Queries, keys and values of all rows, [R, 3H]: of even layers and of odd ones, since a thread may
  /// write those of the next layer while another still reads.
  private let memory: [AlignedMemory]
  private let barrier: Parallel.Barrier

  /// - Parameters:
  ///   - rows: of the batch.
  ///   - threads: how many share it.
  package init(rows: Int, encoder: FrozenEncoder, threads: Int) {
    let size = rows * 3 * encoder.configuration.hiddenSize * MemoryLayout<Float>.size
    memory = [AlignedMemory(byteCount: size), AlignedMemory(byteCount: size)]
    barrier = Parallel.Barrier(count: threads)
  }

  fileprivate func projections(ofLayer layer: Int) -> UnsafeMutablePointer<Float> {
    guard let address = memory[layer % 2].address else { preconditionFailure("no memory") }
    return address.assumingMemoryBound(to: Float.self)
  }

  /// Returns when all threads have written theirs.
  fileprivate func wait() { barrier.wait() }
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
    states: inout [Matrix], workspace: inout EncoderWorkspace
  ) {
    let rows = 0..<input.rows.count
    var projected = Matrix()
    swap(&projected, &workspace.projected)
    projected.reshape(rows: rows.count, columns: 3 * configuration.hiddenSize)
    projected.storage.withUnsafeMutableBufferPointer { projected in
      guard let address = projected.baseAddress else { return }
      forward(
        input, rows: rows, prompts: prompts, readout: readout, states: &states,
        workspace: &workspace, projections: { _ in address }, wait: {})
    }
    swap(&projected, &workspace.projected)
  }

  /// The last hidden state of every row, left in `workspace.hidden`, [rows, hidden].
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, workspace: inout EncoderWorkspace
  ) {
    var states: [Matrix] = []
    forward(input, prompts: prompts, states: &states, workspace: &workspace)
  }

  /// One thread's part of a forward pass that several make at the same time, each with other rows.
  ///
  /// - Parameters:
  ///   - rows: of the batch, those that this thread answers for; `workspace.hidden` has them alone.
  ///   - readout: counts from the first of them.
  package func forward(
    _ input: EncoderInput, rows: Range<Int>, shared: SharedProjections, prompts: EncoderPrompts,
    readout: EncoderReadout, states: inout [Matrix], workspace: inout EncoderWorkspace
  ) {
    forward(
      input, rows: rows, prompts: prompts, readout: readout, states: &states,
      workspace: &workspace, projections: shared.projections(ofLayer:), wait: shared.wait)
  }

  private func forward(
    _ input: EncoderInput, rows: Range<Int>, prompts: EncoderPrompts, readout: EncoderReadout?,
    states: inout [Matrix], workspace w: inout EncoderWorkspace,
    projections: (Int) -> UnsafeMutablePointer<Float>, wait: () -> Void
  ) {
    let (count, size) = (weights.layers.count, configuration.hiddenSize)
    embed(input, prompts: prompts, rows: rows, into: &w.hidden)
    weights.embeddingNorm.forward(&w.hidden, epsilon: configuration.layerNormEpsilon)
    readout?.take(w.hidden, layer: 0, of: count, into: &states)
    w.context.reshape(rows: rows.count, columns: size)
    for (index, products) in products.enumerated() {
      let biases = SummedBiases(products, adding: prompts.biases(ofLayer: index))
      let projected = projections(index)
      w.hidden.storage.withUnsafeBufferPointer { hidden in
        guard let hidden = hidden.baseAddress else { return }
        products.projection.forward(
          hidden, rows: rows.count, bias: biases.projection,
          into: projected + rows.lowerBound * 3 * size, tiles: &w.tiles)
      }
      wait()
      w.context.storage.withUnsafeMutableBufferPointer { context in
        guard let context = context.baseAddress else { return }
        Attention.forward(
          projected, columns: size, prefix: prompts.prefix(ofLayer: index), batch: input.batch,
          rows: rows, heads: configuration.headCount, into: context, workspace: &w.attention)
      }
      feedForward(layer: index, biases: biases, workspace: &w)
      readout?.take(w.hidden, layer: index + 1, of: count, into: &states)
    }
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
