package import Kernels

/// What a forward pass keeps for backward. R rows, H hidden size. As the weights are frozen, no
/// linear layer keeps its input.
package struct EncoderCache: Sendable {
  /// The result, the last hidden state, [R, H]; of the rows in `read` alone where there are any.
  package var hidden = Matrix()
  /// The rows that the last layer's output has; nil for all.
  var read: [Range<Int>]?
  var embeddingNorm = LayerNorm.Cache()
  var embeddingDropout = Dropout.Cache()
  /// Whether rows were dropped: otherwise the masks mean nothing.
  var isDropped = false
  var layers: [Layer] = []

  package struct Layer: Sendable {
    /// Queries, keys and values side by side, [R, 3H].
    var projected = Matrix()
    var attention = Attention.Cache()
    var attentionDropout = Dropout.Cache()
    var attentionNorm = LayerNorm.Cache()
    /// Before the activation, [R, intermediate].
    var intermediate = Matrix()
    var outputDropout = Dropout.Cache()
    var outputNorm = LayerNorm.Cache()
  }

  package init() {}
}

/// The buffers that a training step shares between layers.
package struct EncoderBackwardWorkspace: Sendable {
  /// Of the rows between layers, [R, H]; at the end, where the input is the adapter's too, of the
  /// embedded rows before their LayerNorm.
  package internal(set) var gradient = Matrix()
  /// Of what a block adds to the rows, [R, H].
  var branch = Matrix()
  var context = Matrix()
  var attended = Matrix()
  var dProjected = Matrix()
  var attention = Attention.Workspace()
  var tiles = RowTile.Storage()

  package init() {}
}
