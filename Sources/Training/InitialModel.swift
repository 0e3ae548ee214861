import Encoders
import Kernels
import PTuning
import Tasks
import Tokenization

extension AdapterModel {
  /// The weights that a run begins with, drawn by the configuration's seed.
  ///
  /// - Parameter adapter: says what the head is of.
  ///
  /// - Throws: `TrainingError.outOfRange` where the encoder does not have the layers, or a text gives no
  ///   wordpieces.
  init(
    _ setup: Trainer.Setup, adapter: AdapterConfiguration, template: ResolvedTemplate
  ) throws(TrainingError) {
    let (configuration, encoder, tokenizer) = (
      setup.configuration, setup.encoder, setup.tokenizer
    )
    let (prompt, seed) = (configuration.prompt, configuration.seed)
    let (hidden, layers) = (encoder.configuration.hiddenSize, encoder.configuration.layerCount)
    var deep = DeepPrompt()
    if let wanted = prompt.deep {
      guard wanted.firstLayer < layers else {
        throw .outOfRange(
          option: "--deep-first-layer", expected: "0 to \(layers - 1)",
          found: "\(wanted.firstLayer)")
      }
      guard wanted.firstPosition < encoder.configuration.maximumPositions / 2 else {
        throw .outOfRange(
          option: "--deep-prompt",
          expected: "fewer than half of the encoder's positions beside --deep-positions shifted",
          found: "\(wanted.rows)")
      }
      var text: DeepPrompt.InitialText?
      if case .text(let words) = wanted.initialisation {
        let limit = encoder.configuration.maximumPositions - 2
        let ids = tokenizer.wordpieces(of: words).prefix(limit).map(\.id)
        guard !ids.isEmpty else {
          throw .outOfRange(
            option: "--prompt-init", expected: "a text with words", found: "\"\(words)\"")
        }
        text = DeepPrompt.InitialText(
          wordpieces: Array(ids), classification: tokenizer.classificationID,
          separator: tokenizer.separatorID)
      }
      deep = DeepPrompt(configuration: wanted, encoder: encoder, text: text, seed: seed)
    }
    self.init(
      prompt: SoftPrompt(template: template, configuration: prompt, encoder: encoder, seed: seed),
      deep: deep, shape: ShapeEmbedding(isUsed: prompt.usesShapes, hidden: hidden),
      biases: BiasAdditions(isUsed: prompt.usesBiases, encoder: encoder),
      mix: configuration.headLayers == .mix ? LayerMix(layers: layers + 1) : nil,
      head: LinearHead(
        hidden: hidden, outputs: adapter.headOutputs, reading: adapter.headReading, seed: seed),
      crf: adapter.decoding == .crf
        ? LinearChainCRF(legal: TagSet(labels: adapter.labels).legalTransitions) : nil)
  }
}
