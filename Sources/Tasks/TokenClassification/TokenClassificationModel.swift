package import Encoders
package import Kernels
package import PTuning

/// What training changes: prompts, shapes, the mix of layers, and the head.
package struct TokenClassificationModel: Parameterized, Sendable {
  package var prompt: SoftPrompt
  package var deep: DeepPrompt
  package var shape: ShapeEmbedding
  /// nil where the head reads the last layer alone.
  package var mix: LayerMix?
  package var head: TokenHead

  package init(
    prompt: SoftPrompt, deep: DeepPrompt = DeepPrompt(),
    shape: ShapeEmbedding = ShapeEmbedding(isUsed: false, hidden: 0), mix: LayerMix? = nil,
    head: TokenHead
  ) {
    self.prompt = prompt
    self.deep = deep
    self.shape = shape
    self.mix = mix
    self.head = head
  }

  /// The prompts' parameters first, the head's last.
  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try prompt.visitParameters(visit)
    try deep.visitParameters(visit)
    try shape.visitParameters(visit)
    try mix?.visitParameters(visit)
    try head.visitParameters(visit)
  }

  /// What inference needs: reparameterizations folded away.
  package func folded() -> FoldedTokenModel {
    FoldedTokenModel(
      prompts: EncoderPrompts(
        soft: prompt.folded(), deep: deep.folded(), shapes: shape.rows.value),
      mix: mix, head: head)
  }

  /// What backward needs to bring gradients from the plain prompts to what produces them.
  package struct PromptCache: Sendable {
    var soft = SoftPrompt.Cache()
    var deep = DeepPrompt.Cache()

    package init() {}
  }

  /// The plain prompts of a training step.
  ///
  /// - Parameter random: draws dropout masks.
  package func prompts(random: RandomStream, cache: inout PromptCache) -> EncoderPrompts {
    var random: RandomStream? = random
    let soft = prompt.forward(random: &random, cache: &cache.soft)
    let deep = deep.forward(random: &random, cache: &cache.deep)
    return EncoderPrompts(soft: soft, deep: deep, shapes: shape.rows.value)
  }

  /// Adds to the gradients of what produces the prompts.
  package mutating func backward(_ gradients: EncoderPrompts, cache: PromptCache) {
    prompt.backward(gradients.soft, cache: cache.soft)
    deep.backward(gradients.deep, cache: cache.deep)
    if shape.rows.value.rows > 0 { shape.rows.gradient.add(gradients.shapes) }
  }
}

/// A token classifier's numbers as inference reads them and an adapter keeps them.
package struct FoldedTokenModel: Sendable {
  package var prompts: EncoderPrompts
  package var mix: LayerMix?
  package var head: TokenHead

  package init(prompts: EncoderPrompts, mix: LayerMix? = nil, head: TokenHead) {
    self.prompts = prompts
    self.mix = mix
    self.head = head
  }

  /// Which layers the head reads.
  package var layers: EncoderReadout.Layers { mix == nil ? .last : .all }
}
