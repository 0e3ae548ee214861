package import Kernels

/// What a forward pass keeps for backward. R rows, H hidden size. As the weights are frozen, no
/// linear layer keeps its input.
package struct EncoderCache: Sendable {
  /// The result, the last hidden state, [R, H].
  package var hidden = Matrix()
  var embeddingNorm = LayerNorm.Cache()
  var layers: [Layer] = []

  package struct Layer: Sendable {
    /// [R, H] each.
    var queries = Matrix()
    var keys = Matrix()
    var values = Matrix()
    var attention = Attention.Cache()
    var attentionNorm = LayerNorm.Cache()
    /// Before the activation, [R, intermediate].
    var intermediate = Matrix()
    var outputNorm = LayerNorm.Cache()
  }

  package init() {}
}

/// The buffers that a training step shares between layers.
package struct EncoderBackwardWorkspace: Sendable {
  /// Of the rows between layers, [R, H].
  var gradient = Matrix()
  var context = Matrix()
  var attended = Matrix()
  var activated = Matrix()
  var dQueries = Matrix()
  var dKeys = Matrix()
  var dValues = Matrix()
  var attention = Attention.Workspace()

  package init() {}
}

extension FrozenEncoder {
  /// The same as the forward pass without caches, keeping what backward needs; the last hidden state
  /// is `cache.hidden`.
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, readout: EncoderReadout? = nil,
    states: inout [Matrix], cache: inout EncoderCache, workspace w: inout EncoderBackwardWorkspace
  ) {
    let epsilon = configuration.layerNormEpsilon
    let count = weights.layers.count
    if cache.layers.count != count {
      cache.layers = Array(repeating: EncoderCache.Layer(), count: count)
    }
    embed(input, prompts: prompts, into: &cache.hidden)
    weights.embeddingNorm.forward(&cache.hidden, epsilon: epsilon, cache: &cache.embeddingNorm)
    readout?.take(cache.hidden, layer: 0, of: count, into: &states)
    for (index, layer) in weights.layers.enumerated() {
      layer.query.forward(cache.hidden, into: &cache.layers[index].queries)
      layer.key.forward(cache.hidden, into: &cache.layers[index].keys)
      layer.value.forward(cache.hidden, into: &cache.layers[index].values)
      Attention.forward(
        queries: cache.layers[index].queries, keys: cache.layers[index].keys,
        values: cache.layers[index].values, prefix: prompts.prefix(ofLayer: index),
        batch: input.batch, heads: configuration.headCount,
        into: &w.context, cache: &cache.layers[index].attention)
      layer.attentionOutput.forward(w.context, into: &w.attended)
      w.attended.add(cache.hidden)
      layer.attentionNorm.forward(
        &w.attended, epsilon: epsilon, cache: &cache.layers[index].attentionNorm)

      layer.intermediate.forward(w.attended, into: &cache.layers[index].intermediate)
      configuration.activation.forward(cache.layers[index].intermediate, into: &w.activated)
      layer.output.forward(w.activated, into: &cache.hidden)
      cache.hidden.add(w.attended)
      layer.outputNorm.forward(
        &cache.hidden, epsilon: epsilon, cache: &cache.layers[index].outputNorm)
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
    let lowest = prompts.changesInput ? 0 : prompts.lowestDeepLayer ?? count
    guard lowest < count else { return }
    w.gradient.reshape(rows: input.rows.count, columns: configuration.hiddenSize)
    w.gradient.setZero()
    for index in (lowest..<count).reversed() {
      readout.addGradients(dStates, layer: index + 1, of: count, to: &w.gradient)
      let goesOn = index > lowest || prompts.changesInput
      backward(
        layer: index, batch: input.batch, prompts: prompts, cache: cache.layers[index],
        gradients: &gradients, goesOn: goesOn, workspace: &w)
    }
    guard prompts.changesInput else { return }
    readout.addGradients(dStates, layer: 0, of: count, to: &w.gradient)
    weights.embeddingNorm.backward(&w.gradient, cache: cache.embeddingNorm)
    input.addGradients(of: w.gradient, to: &gradients)
  }

  /// Turns `workspace.gradient` from that of a layer's output into that of its input, where the way
  /// down `goesOn`.
  private func backward(
    layer index: Int, batch: RaggedBatch, prompts: EncoderPrompts, cache kept: EncoderCache.Layer,
    gradients: inout EncoderPrompts, goesOn: Bool, workspace w: inout EncoderBackwardWorkspace
  ) {
    let layer = weights.layers[index]
    layer.outputNorm.backward(&w.gradient, cache: kept.outputNorm)
    layer.output.backward(w.gradient, into: &w.activated)
    configuration.activation.backward(&w.activated, x: kept.intermediate)
    layer.intermediate.backward(w.activated, accumulate: true, into: &w.gradient)

    layer.attentionNorm.backward(&w.gradient, cache: kept.attentionNorm)
    layer.attentionOutput.backward(w.gradient, into: &w.context)
    // Swapped rather than copied.
    var dPrefix = Attention.Prefix()
    if !gradients.deep.isEmpty { swap(&dPrefix, &gradients.deep[index]) }
    Attention.backward(
      w.context, queries: kept.queries, keys: kept.keys, values: kept.values,
      prefix: prompts.prefix(ofLayer: index), cache: kept.attention, batch: batch,
      heads: configuration.headCount, intoQueries: &w.dQueries, keys: &w.dKeys,
      values: &w.dValues, prefix: &dPrefix, workspace: &w.attention)
    if !gradients.deep.isEmpty { swap(&dPrefix, &gradients.deep[index]) }
    guard goesOn else { return }
    layer.query.backward(w.dQueries, accumulate: true, into: &w.gradient)
    layer.key.backward(w.dKeys, accumulate: true, into: &w.gradient)
    layer.value.backward(w.dValues, accumulate: true, into: &w.gradient)
  }

  /// The keys and values that each layer makes of the rows of one sequence: what a prefix that stands
  /// for that text begins as.
  package func keysAndValues(of input: EncoderInput) -> [Attention.Prefix] {
    var (states, cache) = ([Matrix](), EncoderCache())
    var workspace = EncoderBackwardWorkspace()
    forward(
      input, prompts: EncoderPrompts(), states: &states, cache: &cache, workspace: &workspace)
    return cache.layers.map { Attention.Prefix(keys: $0.keys, values: $0.values) }
  }
}
