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
  /// The same as the forward pass without caches, keeping what backward needs; the result is
  /// `cache.hidden`.
  package func forward(
    _ input: EncoderInput, softRows: Matrix, cache: inout EncoderCache,
    workspace w: inout EncoderBackwardWorkspace
  ) {
    let epsilon = configuration.layerNormEpsilon
    if cache.layers.count != weights.layers.count {
      cache.layers = Array(repeating: EncoderCache.Layer(), count: weights.layers.count)
    }
    embed(input, softRows: softRows, into: &cache.hidden)
    weights.embeddingNorm.forward(&cache.hidden, epsilon: epsilon, cache: &cache.embeddingNorm)
    for (index, layer) in weights.layers.enumerated() {
      layer.query.forward(cache.hidden, into: &cache.layers[index].queries)
      layer.key.forward(cache.hidden, into: &cache.layers[index].keys)
      layer.value.forward(cache.hidden, into: &cache.layers[index].values)
      Attention.forward(
        queries: cache.layers[index].queries, keys: cache.layers[index].keys,
        values: cache.layers[index].values, batch: input.batch, heads: configuration.headCount,
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
    }
  }

  /// The gradient of the embedded rows (word or soft, position and segment summed, before the
  /// embedding LayerNorm), [rows, hidden].
  ///
  /// - Parameter gradient: that of the last hidden state; replaced by the result.
  package func backward(
    _ gradient: inout Matrix, batch: RaggedBatch, cache: EncoderCache,
    workspace w: inout EncoderBackwardWorkspace
  ) {
    for (layer, kept) in zip(weights.layers, cache.layers).reversed() {
      layer.outputNorm.backward(&gradient, cache: kept.outputNorm)
      layer.output.backward(gradient, into: &w.activated)
      configuration.activation.backward(&w.activated, x: kept.intermediate)
      layer.intermediate.backward(w.activated, accumulate: true, into: &gradient)

      layer.attentionNorm.backward(&gradient, cache: kept.attentionNorm)
      layer.attentionOutput.backward(gradient, into: &w.context)
      Attention.backward(
        w.context, queries: kept.queries, keys: kept.keys, values: kept.values,
        cache: kept.attention, batch: batch, heads: configuration.headCount,
        intoQueries: &w.dQueries, keys: &w.dKeys, values: &w.dValues, workspace: &w.attention)
      layer.query.backward(w.dQueries, accumulate: true, into: &gradient)
      layer.key.backward(w.dKeys, accumulate: true, into: &gradient)
      layer.value.backward(w.dValues, accumulate: true, into: &gradient)
    }
    weights.embeddingNorm.backward(&gradient, cache: cache.embeddingNorm)
  }
}
