package import Kernels

/// The buffers of a forward pass without caches; reused from call to call. R rows, H hidden size.
package struct EncoderWorkspace: Sendable {
  /// The rows between layers, and at the end the result, [R, H].
  package var hidden = Matrix()
  var queries = Matrix()
  var keys = Matrix()
  var values = Matrix()
  /// What attention gives, and what a feed-forward block gives, [R, H].
  var context = Matrix()
  /// After the attention block, [R, H].
  var attended = Matrix()
  /// Inside the feed-forward block, [R, intermediate].
  var intermediate = Matrix()
  var attention = Attention.Workspace()

  package init() {}
}

extension FrozenEncoder {
  /// The last hidden state of every row, left in `workspace.hidden`, [rows, hidden].
  ///
  /// - Parameters:
  ///   - prompts: what the adapter adds.
  ///   - readout: the rows that are also taken into `states`; nil takes none.
  package func forward(
    _ input: EncoderInput, prompts: EncoderPrompts, readout: EncoderReadout? = nil,
    states: inout [Matrix], workspace w: inout EncoderWorkspace
  ) {
    let epsilon = configuration.layerNormEpsilon
    let count = weights.layers.count
    embed(input, prompts: prompts, into: &w.hidden)
    weights.embeddingNorm.forward(&w.hidden, epsilon: epsilon)
    readout?.take(w.hidden, layer: 0, of: count, into: &states)
    for (index, layer) in weights.layers.enumerated() {
      layer.query.forward(w.hidden, into: &w.queries)
      layer.key.forward(w.hidden, into: &w.keys)
      layer.value.forward(w.hidden, into: &w.values)
      Attention.forward(
        queries: w.queries, keys: w.keys, values: w.values,
        prefix: prompts.prefix(ofLayer: index), batch: input.batch,
        heads: configuration.headCount, into: &w.context, workspace: &w.attention)
      layer.attentionOutput.forward(w.context, into: &w.attended)
      w.attended.add(w.hidden)
      layer.attentionNorm.forward(&w.attended, epsilon: epsilon)

      layer.intermediate.forward(w.attended, into: &w.intermediate)
      configuration.activation.forward(&w.intermediate)
      layer.output.forward(w.intermediate, into: &w.hidden)
      w.hidden.add(w.attended)
      layer.outputNorm.forward(&w.hidden, epsilon: epsilon)
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
}
