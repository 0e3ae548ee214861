package import Encoders
package import Kernels
import PTuning

/// Loss and gradients of a batch, in parallel over windows; keeps its buffers from step to step.
package struct GradientStep<Example: TrainingExample>: Sendable {
  private let encoder: FrozenEncoder
  /// Of the hidden rows before the head, in [0, 1).
  private let dropout: Float
  /// Of the encoder's hidden rows, in [0, 1).
  private let encoderDropout: Float
  /// The position of every window's first row.
  private let firstPosition: Int
  private var shards: [Shard]

  fileprivate struct Shard: Sendable {
    var examples: [Example] = []
    var workspace = EncoderWorkspace()
    var backwardWorkspace = EncoderBackwardWorkspace()
    var cache = EncoderCache()
    var dropout = Dropout.Cache()
    /// The rows that the head reads, of each layer, [rows, hidden]; then their gradients.
    var states: [Matrix] = []
    var dStates: [Matrix] = []
    /// What the head reads, after dropout, [rows, hidden]; then its gradient.
    var inputs = Matrix()
    var dInputs = Matrix()
    /// [rows, outputs]; then their gradient.
    var logits = Matrix()
    /// Copies of what stands above the encoder, each with gradients of its own.
    var mix: LayerMix?
    var head: Linear?
    var crf: LinearChainCRF?
    var lossWorkspace = Example.makeWorkspace()
    var gradients = EncoderPrompts()
    var loss = 0.0
  }

  package init(
    encoder: FrozenEncoder, dropout: Float, encoderDropout: Float = 0, firstPosition: Int = 0,
    threads: Int
  ) {
    self.encoder = encoder
    self.dropout = dropout
    self.encoderDropout = encoderDropout
    self.firstPosition = firstPosition
    shards = Array(repeating: Shard(), count: max(1, threads))
  }

  /// The mean of the batch's losses; the gradients of `model` become those of this batch.
  ///
  /// - Parameter random: a stream of this step alone.
  package mutating func gradients(
    of model: inout AdapterModel, batch: [Example],
    random: (_ purpose: String, _ shard: Int) -> RandomStream
  ) -> Double {
    model.zeroGradients(threads: shards.count)
    var promptCache = AdapterModel.PromptCache()
    let prompts = model.prompts(
      random: random("reparameterization dropout", 0), cache: &promptCache)
    let losses = batch.reduce(0) { $0 + $1.lossCount }
    guard losses > 0 else { return 0 }

    let weights = batch.map(\.window.rows.count)
    let shares = Parallel.shares(ofWeights: weights, parts: shards.count)
    for index in shards.indices {
      shards[index].examples = shares[index].map { batch[$0] }
      shards[index].mix = model.mix
      shards[index].head = model.head.linear
      shards[index].crf = model.crf
    }
    let streams = shards.indices.map { shard in
      Streams(head: random("head dropout", shard), encoder: random("encoder dropout", shard))
    }
    let setting = Setting(
      encoder: encoder, prompts: prompts, reading: model.head.reading, firstPosition: firstPosition,
      dropout: dropout,
      encoderDropout: encoderDropout, scale: 1 / Float(losses))
    Parallel.forEach(&shards) { index, shard in
      shard.run(setting, streams[index])
    }

    // Summed in the order of the shards, so that a run can be repeated to the last bit.
    var gradients = EncoderPrompts()
    gradients.becomeZeros(like: prompts)
    var loss = 0.0
    for shard in shards where !shard.examples.isEmpty {
      loss += shard.loss
      gradients.add(shard.gradients)
      if let mix = shard.mix { model.mix?.addGradients(of: mix) }
      if let head = shard.head { model.head.linear.addGradients(of: head) }
      if let crf = shard.crf { model.crf?.addGradients(of: crf) }
    }
    model.backward(gradients, cache: promptCache)
    return loss / Double(losses)
  }

  /// What all shards of a step share.
  fileprivate struct Setting: Sendable {
    let encoder: FrozenEncoder
    let prompts: EncoderPrompts
    let reading: RowReading
    let firstPosition: Int
    let dropout: Float
    let encoderDropout: Float
    /// Of one loss: one over their number in the batch.
    let scale: Float
  }

  /// What one shard draws its masks from.
  fileprivate struct Streams: Sendable {
    let head: RandomStream
    let encoder: RandomStream
  }
}

extension GradientStep.Shard {
  /// Forward and backward of this shard's windows.
  fileprivate mutating func run(
    _ setting: GradientStep<Example>.Setting, _ streams: GradientStep<Example>.Streams
  ) {
    guard !examples.isEmpty else { return }
    let encoder = setting.encoder
    let windows = examples.map(\.window)
    let input = EncoderInput(windows, firstPosition: setting.firstPosition)
    let readout = EncoderReadout(
      rows: input.readRows(of: windows, setting.reading),
      layers: mix == nil ? .last : .all)
    // Without prompts nothing below the head and the mix is trained.
    let trainsPrompts = !setting.prompts.isEmpty
    if trainsPrompts {
      encoder.forward(
        input, prompts: setting.prompts, readout: readout,
        dropout: EncoderDropout(rate: setting.encoderDropout, random: streams.encoder),
        states: &states, cache: &cache,
        workspace: &backwardWorkspace)
    } else {
      encoder.forward(
        input, prompts: setting.prompts, readout: readout, states: &states,
        workspace: &workspace)
    }
    if let mix { mix.forward(states, into: &inputs) } else { swap(&inputs, &states[0]) }
    if setting.dropout > 0 {
      var random = streams.head
      Dropout.forward(&inputs, rate: setting.dropout, using: &random, cache: &dropout)
    }
    head?.forward(inputs, into: &logits)
    loss = Example.loss(
      of: examples, logits: &logits, crf: &crf, scale: setting.scale, workspace: &lossWorkspace)

    head?.addGradients(logits, x: inputs)
    gradients.becomeZeros(like: setting.prompts)
    guard trainsPrompts || mix != nil else { return }
    head?.backwardToInput(logits, into: &dInputs)
    if setting.dropout > 0 { Dropout.backward(&dInputs, cache: dropout) }
    guard trainsPrompts else {
      mix?.addGradients(dInputs, states: states)
      return
    }
    if mix != nil {
      mix?.backward(dInputs, states: states, into: &dStates)
    } else {
      if dStates.count != 1 { dStates = [Matrix()] }
      swap(&dStates[0], &dInputs)
    }
    encoder.backward(
      dStates, readout: readout, input: input, prompts: setting.prompts, cache: cache,
      gradients: &gradients, workspace: &backwardWorkspace)
  }
}
