package import Kernels

extension FrozenEncoder {
  /// The same as the forward pass without caches, keeping what backward needs; the last hidden state
  /// is `cache.hidden`, of the rows that are read where `readout` has them in order.
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, readout: EncoderReadout? = nil,
    dropout: EncoderDropout? = nil, states: inout [Matrix], cache: inout EncoderCache,
    workspace w: inout EncoderBackwardWorkspace
  ) {
    var dropout = dropout
    cache.isDropped = dropout.map { $0.rate > 0 } ?? false
    cache.read = readout.flatMap { $0.isInOrder ? $0.rows : nil }
    let epsilon = configuration.layerNormEpsilon
    let count = weights.layers.count
    if cache.layers.count != count {
      cache.layers = Array(repeating: EncoderCache.Layer(), count: count)
    }
    embed(input, prompts: [prompts], into: &cache.hidden)
    weights.embeddingNorm.forward(&cache.hidden, epsilon: epsilon, cache: &cache.embeddingNorm)
    dropout?.forward(&cache.hidden, cache: &cache.embeddingDropout)
    readout?.take(cache.hidden, layer: 0, of: count, into: &states)
    for (index, layer) in weights.layers.enumerated() {
      let products = products[index]
      let biases = SummedBiases(products, adding: prompts.biases(ofLayer: index))
      products.projection.forward(
        cache.hidden, bias: biases.projection, into: &cache.layers[index].projected,
        tiles: &w.tiles)
      Attention.forward(
        cache.layers[index].projected, prefix: prompts.prefix(ofLayer: index), batch: input.batch,
        heads: configuration.headCount, form: attention, into: &w.context,
        cache: &cache.layers[index].attention, workspace: &w.attention)
      let isPartial = index + 1 == count && cache.read != nil
      if isPartial, let read = cache.read {
        // Nothing attends to the last layer's output.
        w.context.keepRows(read)
        cache.hidden.keepRows(read)
      }
      products.attention.forward(
        w.context, bias: biases.attention, into: &w.attended, tiles: &w.tiles)
      dropout?.forward(&w.attended, cache: &cache.layers[index].attentionDropout)
      w.attended.add(cache.hidden)
      layer.attentionNorm.forward(
        &w.attended, epsilon: epsilon, cache: &cache.layers[index].attentionNorm)
      feedForward(
        w.attended, layer: index, biases: biases,
        keeping: &cache.layers[index].intermediate, into: &cache.hidden, tiles: &w.tiles)
      dropout?.forward(&cache.hidden, cache: &cache.layers[index].outputDropout)
      cache.hidden.add(w.attended)
      layer.outputNorm.forward(
        &cache.hidden, epsilon: epsilon, cache: &cache.layers[index].outputNorm)
      let readout = isPartial ? readout?.ofReadRows : readout
      readout?.take(cache.hidden, layer: index + 1, of: count, into: &states)
    }
  }

  /// Adds the gradients of the prompts. Goes down no further than the lowest layer that has any.
  ///
  /// - Parameters:
  ///   - dStates: those of what `readout` took, [chosen rows, hidden] each.
  ///   - gradients: of the shapes of `prompts`.
  package func backward(
    _ dStates: [Matrix], readout: EncoderReadout, input: EncoderInput, prompts: EncoderPrompts,
    cache: EncoderCache, gradients: inout EncoderPrompts,
    workspace w: inout EncoderBackwardWorkspace
  ) {
    let count = weights.layers.count
    // Below it nothing is trained.
    let lowest = prompts.changesInput ? 0 : prompts.lowestLayer ?? count
    guard lowest < count else { return }
    w.gradient.reshape(rows: cache.hidden.rows, columns: configuration.hiddenSize)
    w.gradient.setZero()
    for index in (lowest..<count).reversed() {
      let isPartial = index + 1 == count && cache.read != nil
      let readout = isPartial ? readout.ofReadRows : readout
      readout.addGradients(dStates, layer: index + 1, of: count, to: &w.gradient)
      let goesOn = index > lowest || prompts.changesInput
      backward(
        layer: index, batch: input.batch, prompts: prompts, cache: cache.layers[index],
        read: isPartial ? cache.read : nil, isDropped: cache.isDropped, gradients: &gradients,
        goesOn: goesOn, workspace: &w)
    }
    guard prompts.changesInput else { return }
    readout.addGradients(dStates, layer: 0, of: count, to: &w.gradient)
    if cache.isDropped { Dropout.backward(&w.gradient, cache: cache.embeddingDropout) }
    weights.embeddingNorm.backward(&w.gradient, cache: cache.embeddingNorm)
    input.addGradients(of: w.gradient, to: &gradients)
  }

  /// Turns `workspace.gradient` from that of a layer's output into that of its input, where the way
  /// down `goesOn`.
  ///
  /// - Parameter read: the rows that the output has; nil for all.
  private func backward(
    layer index: Int, batch: RaggedBatch, prompts: EncoderPrompts, cache kept: EncoderCache.Layer,
    read: [Range<Int>]?, isDropped: Bool, gradients: inout EncoderPrompts, goesOn: Bool,
    workspace w: inout EncoderBackwardWorkspace
  ) {
    let layer = weights.layers[index]
    guard let products = products[index].backward else {
      preconditionFailure("backward through an encoder that was opened without it")
    }
    let trainsBiases = !gradients.biases.isEmpty
    layer.outputNorm.backward(&w.gradient, cache: kept.outputNorm)
    // What the residual skips: its gradient stays in `gradient`.
    w.branch.copy(w.gradient)
    if isDropped { Dropout.backward(&w.branch, cache: kept.outputDropout) }
    if trainsBiases { gradients.biases[index].output.addColumnSums(of: w.branch) }
    var sums = trainsBiases ? Matrix(rows: 1, columns: configuration.intermediateSize) : nil
    feedForwardBackward(
      w.branch, products, intermediate: kept.intermediate, addingTo: &w.gradient,
      columnSums: &sums, tiles: &w.tiles)
    if let sums { gradients.biases[index].intermediate.add(sums) }

    layer.attentionNorm.backward(&w.gradient, cache: kept.attentionNorm)
    w.branch.copy(w.gradient)
    if isDropped { Dropout.backward(&w.branch, cache: kept.attentionDropout) }
    if trainsBiases { gradients.biases[index].attention.addColumnSums(of: w.branch) }
    products.attention.forward(w.branch, into: &w.context, tiles: &w.tiles)
    if let read {
      // Other rows of the output were not made: nothing comes from them.
      w.context.spreadRows(to: read, of: batch.rowCount, using: &w.branch)
      w.gradient.spreadRows(to: read, of: batch.rowCount, using: &w.branch)
    }
    // Swapped rather than copied.
    var dPrefix = Attention.Prefix()
    if !gradients.deep.isEmpty { swap(&dPrefix, &gradients.deep[index]) }
    Attention.backward(
      w.context, projected: kept.projected, prefix: prompts.prefix(ofLayer: index),
      cache: kept.attention, batch: batch, heads: configuration.headCount, into: &w.dProjected,
      prefix: &dPrefix, workspace: &w.attention)
    if !gradients.deep.isEmpty { swap(&dPrefix, &gradients.deep[index]) }
    if trainsBiases {
      let size = configuration.hiddenSize
      gradients.biases[index].query.addColumnSums(of: w.dProjected)
      gradients.biases[index].key.addColumnSums(of: w.dProjected, from: size)
      gradients.biases[index].value.addColumnSums(of: w.dProjected, from: 2 * size)
    }
    guard goesOn else { return }
    products.projection.add(w.dProjected, to: &w.gradient, tiles: &w.tiles)
  }

  /// The keys and values that each layer makes of the rows of one sequence: what a prefix that stands
  /// for that text begins as.
  package func keysAndValues(of input: EncoderInput) -> [Attention.Prefix] {
    var (states, cache) = ([Matrix](), EncoderCache())
    var workspace = EncoderBackwardWorkspace()
    forward(
      input, prompts: EncoderPrompts(), states: &states, cache: &cache, workspace: &workspace)
    let size = configuration.hiddenSize
    return cache.layers.map { layer in
      Attention.Prefix(
        keys: layer.projected.columns(size..<2 * size),
        values: layer.projected.columns(2 * size..<3 * size))
    }
  }
}
