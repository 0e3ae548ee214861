package import Encoders
import PTuning

/// An adapter's numbers made ready for its encoder; shared by all passes.
package struct PackedModel: Sendable {
  /// But for what is packed.
  package let model: FoldedModel
  let prompts: PackedPrompts
  /// The position of every window's first row.
  let firstPosition: Int

  package init(_ model: FoldedModel, encoder: FrozenEncoder, firstPosition: Int) {
    var rest = model
    rest.prompts = model.prompts.ofInput
    self.model = rest
    prompts = encoder.packed(model.prompts)
    self.firstPosition = firstPosition
  }

  /// How many logits a window gives.
  func logitCount(of window: Layout) -> Int {
    window.readCount(model.head.reading) * model.head.outputs
  }
}
