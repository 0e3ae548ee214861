package import Encoders
package import Kernels
package import PTuning

/// What training changes: the soft prompt and the head.
package struct TokenClassificationModel: Parameterized, Sendable {
  package var prompt: SoftPrompt
  package var head: TokenHead

  package init(prompt: SoftPrompt, head: TokenHead) {
    self.prompt = prompt
    self.head = head
  }

  /// The prompt's parameters, then the head's.
  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try prompt.visitParameters(visit)
    try head.visitParameters(visit)
  }
}

/// Loss and gradients of a batch, in parallel over windows; keeps its buffers from step to step.
package struct TokenClassificationStep: Sendable {
  private let encoder: FrozenEncoder
  /// Of the hidden rows before the head, in [0, 1).
  private let dropout: Float
  private var shards: [Shard]

  fileprivate struct Shard: Sendable {
    var examples: ArraySlice<TokenExample> = []
    var workspace = EncoderWorkspace()
    var backwardWorkspace = EncoderBackwardWorkspace()
    var cache = EncoderCache()
    var dropout = Dropout.Cache()
    /// The words' hidden rows after dropout, [words, hidden].
    var words = Matrix()
    /// [words, tags]; then their gradient.
    var logits = Matrix()
    var dWords = Matrix()
    /// [rows, hidden].
    var dHidden = Matrix()
    var head: Linear?
    /// [soft rows, hidden].
    var dSoft = Matrix()
    var loss = 0.0
  }

  package init(encoder: FrozenEncoder, dropout: Float, threads: Int) {
    self.encoder = encoder
    self.dropout = dropout
    shards = Array(repeating: Shard(), count: max(1, threads))
  }

  /// The mean loss over the words of the batch; the gradients of `model` become those of this batch.
  ///
  /// - Parameter random: a stream of this step alone.
  package mutating func gradients(
    of model: inout TokenClassificationModel, batch: [TokenExample],
    random: (_ purpose: String, _ shard: Int) -> RandomStream
  ) -> Double {
    model.zeroGradients()
    var promptCache = SoftPrompt.Cache()
    var promptRandom: RandomStream? = random("reparameterization dropout", 0)
    let soft = model.prompt.forward(random: &promptRandom, cache: &promptCache)
    let words = batch.reduce(0) { $0 + $1.targets.count }
    guard words > 0 else { return 0 }

    let weights = batch.map(\.window.rows.count)
    let ranges = Parallel.ranges(ofWeights: weights, parts: shards.count)
    for index in shards.indices {
      shards[index].examples = index < ranges.count ? batch[ranges[index]] : []
      shards[index].head = model.head.linear
    }
    let streams = shards.indices.map { random("head dropout", $0) }
    let (encoder, dropout) = (encoder, dropout)
    Parallel.forEach(&shards) { index, shard in
      shard.run(
        encoder: encoder, soft: soft, dropout: dropout, scale: 1 / Float(words),
        random: streams[index])
    }

    // Summed in the order of the shards, so that a run can be repeated to the last bit.
    var dSoft = Matrix(rows: soft.rows, columns: soft.columns)
    var loss = 0.0
    for shard in shards where !shard.examples.isEmpty {
      loss += shard.loss
      dSoft.add(shard.dSoft)
      guard let head = shard.head else { continue }
      model.head.linear.weight.gradient.add(head.weight.gradient)
      model.head.linear.bias.gradient.add(head.bias.gradient)
    }
    model.prompt.backward(dSoft, cache: promptCache)
    return loss / Double(words)
  }
}

extension TokenClassificationStep.Shard {
  /// Forward and backward of this shard's windows.
  fileprivate mutating func run(
    encoder: FrozenEncoder, soft: Matrix, dropout: Float, scale: Float, random: RandomStream
  ) {
    guard !examples.isEmpty else { return }
    let windows = examples.map(\.window)
    let input = EncoderInput(windows)
    let chosen = input.answerRows(of: windows)
    // Without soft rows nothing behind the head is trained.
    let trainsPrompt = soft.rows > 0
    if trainsPrompt {
      encoder.forward(input, softRows: soft, cache: &cache, workspace: &backwardWorkspace)
      words.gather(chosen, of: cache.hidden)
    } else {
      encoder.forward(input, softRows: soft, workspace: &workspace)
      words.gather(chosen, of: workspace.hidden)
    }
    if dropout > 0 {
      var random = random
      Dropout.forward(&words, rate: dropout, using: &random, cache: &self.dropout)
    }
    head?.forward(words, into: &logits)
    loss = CrossEntropy.forwardBackward(
      &logits, targets: examples.flatMap(\.targets), scale: scale)

    head?.addGradients(logits, x: words)
    dSoft.reshape(rows: soft.rows, columns: soft.columns)
    dSoft.setZero()
    guard trainsPrompt else { return }
    head?.backwardToInput(logits, into: &dWords)
    if dropout > 0 { Dropout.backward(&dWords, cache: self.dropout) }
    dHidden.scatter(dWords, to: chosen, rows: input.batch.rowCount)
    encoder.backward(&dHidden, batch: input.batch, cache: cache, workspace: &backwardWorkspace)
    input.addSoftGradients(of: dHidden, to: &dSoft)
  }
}
