package import Kernels

/// The buffers of a forward pass without caches; reused from call to call. R rows, H hidden size.
package struct EncoderWorkspace: Sendable {
  /// The rows between layers, and at the end the result, [R, H].
  package var hidden = Matrix()
  /// Queries, keys and values side by side, [W, 3H], of the rows that are on their way through a layer.
  var projected = AlignedFloats()
  /// What attention gives, [W, H].
  var context = AlignedFloats()
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
  private let barrier: Crew.Barrier

  /// - Parameters:
  ///   - rows: of the batch.
  ///   - threads: how many share it.
  package init(rows: Int, encoder: FrozenEncoder, threads: Int) {
    let size = rows * 3 * encoder.configuration.hiddenSize * MemoryLayout<Float>.size
    memory = [AlignedMemory(byteCount: size), AlignedMemory(byteCount: size)]
    barrier = Crew.Barrier(count: threads)
  }

  func projections(ofLayer layer: Int) -> UnsafeMutablePointer<Float> {
    guard let address = memory[layer % 2].address else { preconditionFailure("no memory") }
    return address.assumingMemoryBound(to: Float.self)
  }

  /// Returns when all threads have written theirs.
  func wait() { barrier.wait() }
}

extension FrozenEncoder {
  /// The last hidden state of the rows that are read, one below the other where they are in order, of all
  /// rows elsewhere; left in `workspace.hidden`.
  ///
  /// - Parameters:
  ///   - prompts: what the adapters add whose sequences are in the batch.
  ///   - readout: the rows that are taken into `states`; nil takes none.
  package func forward(
    _ input: EncoderInput, prompts: [PackedPrompts], readout: EncoderReadout? = nil,
    states: inout [Matrix], workspace: inout EncoderWorkspace
  ) {
    forward(
      input, rows: 0..<input.rows.count, shared: nil, prompts: prompts, readout: readout,
      states: &states, workspace: &workspace)
  }

  /// The same of one adapter whose prompts are not packed.
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, readout: EncoderReadout? = nil,
    states: inout [Matrix], workspace: inout EncoderWorkspace
  ) {
    forward(
      input, prompts: [packed(prompts)], readout: readout, states: &states, workspace: &workspace)
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
  ///   - rows: of the batch, those that this thread answers for; `workspace.hidden` has none but them.
  ///   - readout: counts from the first of them.
  package func forward(
    _ input: EncoderInput, rows: Range<Int>, shared: SharedProjections, prompts: [PackedPrompts],
    readout: EncoderReadout, states: inout [Matrix], workspace: inout EncoderWorkspace
  ) {
    forward(
      input, rows: rows, shared: .some(shared), prompts: prompts, readout: readout,
      states: &states, workspace: &workspace)
  }

  private func forward(
    _ input: EncoderInput, rows: Range<Int>, shared: SharedProjections?, prompts: [PackedPrompts],
    readout: EncoderReadout?, states: inout [Matrix], workspace w: inout EncoderWorkspace
  ) {
    let count = weights.layers.count
    embed(input, prompts: prompts.map(\.ofInput), rows: rows, into: &w.hidden)
    let prompts = BatchPrompts(prompts, input: input)
    weights.embeddingNorm.forward(&w.hidden, epsilon: configuration.layerNormEpsilon)
    readout?.take(w.hidden, layer: 0, of: count, into: &states)
    for layer in 0..<count {
      // Nothing attends to the last layer's output.
      let isPartial = layer + 1 == count && readout?.isInOrder == true
      forward(
        layer: layer, batch: input.batch, rows: rows, shared: shared, prompts: prompts,
        reading: isPartial ? readout?.rows : nil, workspace: &w)
      let readout = isPartial ? readout?.ofReadRows : readout
      readout?.take(w.hidden, layer: layer + 1, of: count, into: &states)
    }
  }
}
