package import Encoders
package import Kernels

/// Deep prompts while they are trained: keys and values of every layer, or the embedding and MLP that
/// produce them.
///
/// N rows, H the encoder's hidden size, L the layers from `firstLayer` on. `table` is [N, 2 · L · H]:
/// row n has, for each layer, its key and then its value.
package struct DeepPrompt: Parameterized, Sendable {
  /// The table itself, or with an MLP the embedding, [N, H].
  package var embedding: Parameter
  package var mlp: MultilayerPerceptron?
  private let firstLayer: Int
  private let layerCount: Int
  private let hidden: Int
  private let dropout: Float

  /// What backward needs.
  package struct Cache: Sendable {
    var mlp = MultilayerPerceptron.Cache()
    var dropout = Dropout.Cache()
    var isDropped = false

    package init() {}
  }

  /// No deep prompts.
  package init() {
    embedding = Parameter("deep.embedding", Matrix())
    (firstLayer, layerCount, hidden, dropout) = (0, 0, 0, 0)
  }

  /// - Parameters:
  ///   - text: the wordpieces of an initialising text, with the encoder's special rows around it; only
  ///     the rows of `words` are taken.
  ///   - seed: the user's.
  package init(
    configuration: DeepPromptConfiguration, encoder: FrozenEncoder, text: InitialText?, seed: UInt64
  ) {
    let layers = encoder.configuration.layerCount
    precondition((0..<layers).contains(configuration.firstLayer))
    firstLayer = configuration.firstLayer
    layerCount = layers - configuration.firstLayer
    hidden = encoder.configuration.hiddenSize
    dropout = configuration.dropout
    var random = RandomStream(seed: seed, purpose: "deep prompt")
    let width = 2 * layerCount * hidden
    switch configuration.reparameterization {
    case .mlp:
      let size = configuration.reparameterizationSize
      embedding = Parameter(
        "deep.embedding",
        .normal(
          rows: configuration.rows, columns: hidden, deviation: configuration.deviation,
          using: &random))
      mlp = MultilayerPerceptron(
        name: "deep.mlp", widths: [hidden, size, width], nonlinearity: .tanh, using: &random)
    case .none:
      var table = Matrix(rows: configuration.rows, columns: width)
      switch (configuration.initialisation, text) {
      case (.text, let text?):
        table = Self.table(
          of: encoder.keysAndValues(of: text.input), rows: text.words, count: configuration.rows,
          firstLayer: configuration.firstLayer, hidden: hidden)
      case (.zero, _): break
      case (.normal, _), (.text, nil):
        table = .normal(
          rows: configuration.rows, columns: width, deviation: configuration.deviation,
          using: &random)
      }
      embedding = Parameter("deep.embedding", table)
    }
  }

  /// A text that keys and values begin as.
  package struct InitialText: Sendable {
    package let input: EncoderInput
    /// The rows of `input` that are the text's own wordpieces; not empty.
    package let words: Range<Int>

    package init(wordpieces: [Int32], classification: Int32, separator: Int32) {
      precondition(!wordpieces.isEmpty)
      var input = EncoderInput()
      let ids = [classification] + wordpieces + [separator]
      input.append(
        rows: ids.map { .wordpiece($0) }, segments: Array(repeating: 0, count: ids.count))
      self.input = input
      words = 1..<1 + wordpieces.count
    }
  }

  private static func table(
    of layers: [Attention.Prefix], rows: Range<Int>, count: Int, firstLayer: Int, hidden: Int
  ) -> Matrix {
    var table = Matrix(rows: count, columns: 2 * (layers.count - firstLayer) * hidden)
    for row in 0..<count {
      let source = rows.lowerBound + row % rows.count
      for (index, layer) in layers[firstLayer...].enumerated() {
        for i in 0..<hidden {
          table[row, 2 * index * hidden + i] = layer.keys[source, i]
          table[row, (2 * index + 1) * hidden + i] = layer.values[source, i]
        }
      }
    }
    return table
  }

  /// The columns of the table that one layer's keys, or values, are.
  private func part(_ index: Int) -> Range<Int> { index * hidden..<(index + 1) * hidden }

  /// Keys and values of every layer of the encoder, none in those below `firstLayer`.
  ///
  /// - Parameter random: draws dropout masks; nil folds: what inference reads.
  package func forward(random: inout RandomStream?, cache: inout Cache) -> [Attention.Prefix] {
    guard embedding.value.rows > 0 else { return [] }
    var table = embedding.value
    if let mlp { table = mlp.forward(table, cache: &cache.mlp) }
    cache.isDropped = false
    if dropout > 0, var stream = random {
      Dropout.forward(&table, rate: dropout, using: &stream, cache: &cache.dropout)
      random = stream
      cache.isDropped = true
    }
    return Array(repeating: Attention.Prefix(), count: firstLayer)
      + (0..<layerCount).map { layer in
        Attention.Prefix(
          keys: table.columns(part(2 * layer)),
          values: table.columns(part(2 * layer + 1)))
      }
  }

  /// Adds to the gradients of the parameters, from those of keys and values.
  package mutating func backward(_ gradients: [Attention.Prefix], cache: Cache) {
    guard embedding.value.rows > 0 else { return }
    let rows = embedding.value.rows
    var table = Matrix(rows: rows, columns: 2 * layerCount * hidden)
    for layer in 0..<layerCount {
      let gradient = gradients[firstLayer + layer]
      table.setColumns(from: part(2 * layer).lowerBound, to: gradient.keys)
      table.setColumns(from: part(2 * layer + 1).lowerBound, to: gradient.values)
    }
    if cache.isDropped { Dropout.backward(&table, cache: cache.dropout) }
    embedding.gradient.add(mlp?.backward(table, cache: cache.mlp) ?? table)
  }

  /// The plain keys and values that stand for the prompt and its reparameterization.
  package func folded() -> [Attention.Prefix] {
    var random: RandomStream?
    var cache = Cache()
    return forward(random: &random, cache: &cache)
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    guard embedding.value.rows > 0 else { return }
    try visit(&embedding)
    try mlp?.visitParameters(visit)
  }
}
