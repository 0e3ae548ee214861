package import Encoders
package import Kernels
package import PTuning

/// What training changes: prompts, shapes, the mix of layers, and the head.
package struct AdapterModel: Parameterized, Sendable {
  package var prompt: SoftPrompt
  package var deep: DeepPrompt
  package var shape: ShapeEmbedding
  package var biases: BiasAdditions
  /// nil where the head reads the last layer alone.
  package var mix: LayerMix?
  package var head: LinearHead
  /// nil where words' tags are scored one by one.
  package var crf: LinearChainCRF?

  package init(
    prompt: SoftPrompt, deep: DeepPrompt = DeepPrompt(),
    shape: ShapeEmbedding = ShapeEmbedding(isUsed: false, hidden: 0),
    biases: BiasAdditions = BiasAdditions(), mix: LayerMix? = nil,
    head: LinearHead, crf: LinearChainCRF? = nil
  ) {
    self.prompt = prompt
    self.deep = deep
    self.shape = shape
    self.biases = biases
    self.mix = mix
    self.head = head
    self.crf = crf
  }

  /// The prompts' parameters first, those above the encoder last.
  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try prompt.visitParameters(visit)
    try deep.visitParameters(visit)
    try shape.visitParameters(visit)
    try biases.visitParameters(visit)
    try mix?.visitParameters(visit)
    try head.visitParameters(visit)
    try crf?.visitParameters(visit)
  }

  /// What inference needs: reparameterizations folded away.
  package func folded() -> FoldedModel {
    FoldedModel(
      prompts: EncoderPrompts(
        soft: prompt.folded(), deep: deep.folded(), shapes: shape.rows.value,
        biases: biases.values),
      mix: mix, head: head, transitions: crf.map { TagTransitions($0) })
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
    return EncoderPrompts(
      soft: soft, deep: deep, shapes: shape.rows.value, biases: biases.values)
  }

  /// Adds to the gradients of what produces the prompts.
  package mutating func backward(_ gradients: EncoderPrompts, cache: PromptCache) {
    prompt.backward(gradients.soft, cache: cache.soft)
    deep.backward(gradients.deep, cache: cache.deep)
    biases.addGradients(gradients.biases)
    if shape.rows.value.rows > 0 { shape.rows.gradient.add(gradients.shapes) }
  }
}

/// A token classifier's numbers as inference reads them and an adapter keeps them.
package struct FoldedModel: Sendable {
  package var prompts: EncoderPrompts
  package var mix: LayerMix?
  package var head: LinearHead
  /// Those of a CRF; nil without one.
  package var transitions: TagTransitions?

  package init(
    prompts: EncoderPrompts, mix: LayerMix? = nil, head: LinearHead,
    transitions: TagTransitions? = nil
  ) {
    self.prompts = prompts
    self.mix = mix
    self.head = head
    self.transitions = transitions
  }

  /// Which layers the head reads.
  package var layers: EncoderReadout.Layers { mix == nil ? .last : .all }
}
