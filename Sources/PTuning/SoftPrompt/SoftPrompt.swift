package import Encoders
package import Kernels

/// Soft prompt rows while they are trained: embeddings and what reparameterizes them.
///
/// P rows, H the encoder's hidden size.
package struct SoftPrompt: Parameterized, Sendable {
  /// [P, H].
  package var embedding: Parameter
  package var lstm: BidirectionalLSTM?
  package var mlp: MultilayerPerceptron?

  /// What backward needs.
  package struct Cache: Sendable {
    var lstm = BidirectionalLSTM.Cache()
    var mlp = MultilayerPerceptron.Cache()

    package init() {}
  }

  /// - Parameters:
  ///   - template: says how many rows there are, and which begin as the embeddings of words.
  ///   - encoder: gives those embeddings.
  ///   - seed: the user's.
  package init(
    template: ResolvedTemplate, configuration: PromptConfiguration, encoder: FrozenEncoder,
    seed: UInt64
  ) {
    let hidden = encoder.configuration.hiddenSize
    var random = RandomStream(seed: seed, purpose: "soft prompt")
    var rows = Matrix.normal(
      rows: template.softRowCount, columns: hidden, deviation: configuration.deviation,
      using: &random)
    for slot in template.softSlots {
      guard let ids = slot.initialWordpieces else { continue }
      let words = encoder.wordEmbeddings(of: ids)
      for (index, row) in slot.rows.enumerated() {
        for i in 0..<hidden { rows[row, i] = words[index, i] }
      }
    }
    self.init(embedding: rows, configuration: configuration, seed: seed)
  }

  /// - Parameter embedding: what the rows begin as, [P, H].
  package init(embedding: Matrix, configuration: PromptConfiguration, seed: UInt64) {
    let hidden = embedding.columns
    let size = configuration.reparameterizationSize ?? hidden
    var random = RandomStream(seed: seed, purpose: "reparameterization")
    self.embedding = Parameter("prompt.embedding", embedding)
    guard embedding.rows > 0 else { return }
    switch configuration.reparameterization {
    case .none: break
    case .mlp:
      mlp = MultilayerPerceptron(
        name: "prompt.mlp", widths: [hidden, size, size, hidden], using: &random)
    case .lstm:
      lstm = BidirectionalLSTM(
        name: "prompt.lstm", inputs: hidden, hidden: size, layers: 2,
        dropout: configuration.reparameterizationDropout, using: &random)
      mlp = MultilayerPerceptron(
        name: "prompt.mlp", widths: [2 * size, 2 * size, hidden], using: &random)
    }
  }

  /// The soft rows, [P, H].
  ///
  /// - Parameter random: draws dropout masks; nil folds: the rows that inference reads.
  package func forward(random: inout RandomStream?, cache: inout Cache) -> Matrix {
    guard embedding.value.rows > 0 else { return embedding.value }
    var rows = embedding.value
    if let lstm { rows = lstm.forward(rows, random: &random, cache: &cache.lstm) }
    if let mlp { rows = mlp.forward(rows, cache: &cache.mlp) }
    return rows
  }

  /// Adds to the gradients of the parameters, from that of the soft rows, [P, H].
  package mutating func backward(_ gradient: Matrix, cache: Cache) {
    guard embedding.value.rows > 0 else { return }
    var gradient = gradient
    gradient = mlp?.backward(gradient, cache: cache.mlp) ?? gradient
    gradient = lstm?.backward(gradient, cache: cache.lstm) ?? gradient
    embedding.gradient.add(gradient)
  }

  /// The plain rows that stand for the prompt and its reparameterization, [P, H].
  package func folded() -> Matrix {
    var random: RandomStream?
    var cache = Cache()
    return forward(random: &random, cache: &cache)
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    guard embedding.value.rows > 0 else { return }
    try visit(&embedding)
    try lstm?.visitParameters(visit)
    try mlp?.visitParameters(visit)
  }
}
