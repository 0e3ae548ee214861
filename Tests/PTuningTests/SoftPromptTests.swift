import Encoders
import Kernels
import TestSupport
import Testing
import Tokenization

@testable import PTuning

@Suite struct SoftPromptTests {
  static let seed: UInt64 = 17

  static func prompt(
    _ reparameterization: Reparameterization, rows: Int = 5, columns: Int = 6, size: Int = 4,
    dropout: Float = 0, seed: UInt64 = seed
  ) -> SoftPrompt {
    var random = RandomStream(seed: seed, purpose: "test embedding")
    return SoftPrompt(
      embedding: .normal(rows: rows, columns: columns, deviation: 0.5, using: &random),
      configuration: PromptConfiguration(
        reparameterization: reparameterization, reparameterizationSize: size,
        reparameterizationDropout: dropout),
      seed: seed)
  }

  static func parameters(_ prompt: SoftPrompt) -> [Parameter] {
    var parameters: [Parameter] = []
    var copy = prompt
    copy.visitParameters { parameters.append($0) }
    return parameters
  }

  // MARK: Gradients

  static func layerCase(
    _ kind: Reparameterization, rows: Int, columns: Int, size: Int
  ) -> LayerCase {
    let template = prompt(kind, rows: rows, columns: columns, size: size)
    let inputs = parameters(template).map(\.value)
    return LayerCase(
      "\(kind) prompt of \(rows)×\(columns), \(size) inside", inputs: inputs
    ) { inputs in
      let rest = Array(inputs.dropFirst())
      return switch kind {
      case .none: inputs[0]
      case .mlp: Reference.multilayerPerceptron(inputs[0], parameters: rest)
      case .lstm:
        Reference.multilayerPerceptron(
          Reference.bidirectionalLSTM(inputs[0], parameters: Array(rest[..<16])),
          parameters: Array(rest[16...]))
      }
    } layer: { inputs, upstream in
      var prompt = template
      var values = inputs[...]
      prompt.visitParameters { $0.value = values.popFirst() ?? $0.value }
      var random: RandomStream?
      var cache = SoftPrompt.Cache()
      let value = prompt.forward(random: &random, cache: &cache)
      prompt.backward(upstream, cache: cache)
      return LayerCase.Result(value: value, gradients: parameters(prompt).map(\.gradient))
    }
  }

  static var layerCases: [LayerCase] {
    Reparameterization.allCases.flatMap { kind in
      [(5, 6, 4), (1, 3, 2), (17, 1, 1)].map { rows, columns, size in
        layerCase(kind, rows: rows, columns: columns, size: size)
      }
    }
  }

  @Test(arguments: layerCases)
  func agreesWithItsReference(layer: LayerCase) {
    let differences = layer.differences(seed: Self.seed)
    #expect(differences.value < layer.valueTolerance, "seed \(Self.seed)")
    for (index, difference) in differences.gradients.enumerated() {
      #expect(
        difference < layer.gradientTolerance, "gradient of parameter \(index), seed \(Self.seed)")
    }
  }

  // MARK: Folding

  @Test(arguments: Reparameterization.allCases)
  func foldingGivesTheRowsThatEvaluationReads(kind: Reparameterization) {
    let prompt = Self.prompt(kind, dropout: 0.5)
    var random: RandomStream?
    var cache = SoftPrompt.Cache()
    #expect(prompt.folded() == prompt.forward(random: &random, cache: &cache))
    #expect(prompt.folded().rows == 5 && prompt.folded().columns == 6)

    // Folded rows are plain rows: prompts without a reparameterization that say the same.
    let plain = SoftPrompt(
      embedding: prompt.folded(), configuration: PromptConfiguration(reparameterization: .none),
      seed: 2)
    #expect(plain.folded() == prompt.folded())
    if kind == .none { #expect(prompt.folded() == prompt.embedding.value) }
  }

  @Test func dropoutIsForTrainingAlone() {
    let prompt = Self.prompt(.lstm, dropout: 0.5)
    var cache = SoftPrompt.Cache()
    var random: RandomStream? = RandomStream(seed: 1, purpose: "masks")
    let first = prompt.forward(random: &random, cache: &cache)
    let second = prompt.forward(random: &random, cache: &cache)
    #expect(first != prompt.folded())
    #expect(first != second)
    random = RandomStream(seed: 1, purpose: "masks")
    #expect(prompt.forward(random: &random, cache: &cache) == first)
  }

  @Test(arguments: Reparameterization.allCases)
  func withoutRowsThereIsNothingToTrain(kind: Reparameterization) {
    var prompt = Self.prompt(kind, rows: 0)
    #expect(prompt.parameterCount == 0)
    var random: RandomStream?
    var cache = SoftPrompt.Cache()
    let rows = prompt.forward(random: &random, cache: &cache)
    #expect(rows.rows == 0 && prompt.folded().rows == 0)
    prompt.backward(rows, cache: cache)
  }

  // MARK: Parameters

  @Test(arguments: Reparameterization.allCases)
  func parametersHaveUniqueNamesInAStableOrder(kind: Reparameterization) {
    let names = Self.parameters(Self.prompt(kind)).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names == Self.parameters(Self.prompt(kind, seed: 99)).map(\.name))
    let perceptron = [0, 2, 4].flatMap { ["prompt.mlp.\($0).weight", "prompt.mlp.\($0).bias"] }
    switch kind {
    case .none: #expect(names == ["prompt.embedding"])
    case .mlp: #expect(names == ["prompt.embedding"] + perceptron)
    case .lstm:
      let lstm = ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap { suffix in
        ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map { "prompt.lstm.\($0)_\(suffix)" }
      }
      #expect(names == ["prompt.embedding"] + lstm + perceptron.dropLast(2))
    }
  }

  @Test func parametersAreAsManyAsTheFormulaSays() {
    let (rows, columns, size) = (5, 6, 4)
    #expect(Self.prompt(.none).parameterCount == rows * columns)
    #expect(
      Self.prompt(.mlp).parameterCount == rows * columns + size * (columns + 1)
        + size * (size + 1) + columns * (size + 1))
    let direction = { inputs in 4 * size * (inputs + size + 2) }
    #expect(
      Self.prompt(.lstm).parameterCount == rows * columns + 2 * direction(columns)
        + 2 * direction(2 * size) + 2 * size * (2 * size + 1) + columns * (2 * size + 1))
  }

  // MARK: Beginning

  static func begin(
    _ template: String, _ configuration: PromptConfiguration, seed: UInt64 = seed
  ) throws -> (prompt: SoftPrompt, template: ResolvedTemplate, encoder: FrozenEncoder) {
    let folder = tinyEncoderFolder()
    let encoder = try FrozenEncoder(folder: folder)
    let tokenizer = try WordpieceTokenizer(folder: folder)
    let resolved = try ResolvedTemplate(
      Template(parsing: template, fields: ["text"]), classification: tokenizer.classificationID,
      separator: tokenizer.separatorID
    ) { tokenizer.wordpieces(of: $0).map(\.id) }
    let prompt = SoftPrompt(
      template: resolved, configuration: configuration, encoder: encoder, seed: seed)
    return (prompt, resolved, encoder)
  }

  @Test(arguments: [0.02, 0.05, 0.5] as [Float])
  func embeddingsBeginWithTheStatedDeviation(deviation: Float) throws {
    let (prompt, _, encoder) = try Self.begin(
      "{soft:200} {text}", PromptConfiguration(reparameterization: .none, deviation: deviation))
    let values = prompt.embedding.value.values.map(Double.init)
    #expect(values.count == 200 * encoder.configuration.hiddenSize)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let spread = (values.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    // Four deviations of both estimates.
    #expect(abs(mean) < 4 * Double(deviation) / count.squareRoot(), "seed \(Self.seed)")
    #expect(
      abs(spread / Double(deviation) - 1) < 4 / (2 * count).squareRoot(), "seed \(Self.seed)")
  }

  @Test(arguments: Reparameterization.allCases)
  func slotsOfWordsBeginAsTheirEmbeddings(kind: Reparameterization) throws {
    let (prompt, template, encoder) = try Self.begin(
      "{soft:2} {text} {soft:\"Ab, c\"} {soft:1}",
      PromptConfiguration(reparameterization: kind, reparameterizationSize: 3))
    let slot = template.softSlots[1]
    // [PAD] [UNK] [CLS] [SEP] [MASK] a…z ##a…##z . , ': "a" is 5, "##b" 32, "," 58, "c" 7.
    #expect(slot.initialWordpieces == [5, 32, 58, 7])
    #expect(slot.rows == 2..<6)
    let words = encoder.wordEmbeddings(of: [5, 32, 58, 7])
    for (index, row) in slot.rows.enumerated() {
      #expect(prompt.embedding.value.row(row) == words.row(index))
    }
    for row in [0, 1, 6] {
      #expect(prompt.embedding.value.row(row).contains { $0 != 0 })
      #expect((0..<4).allSatisfy { prompt.embedding.value.row(row) != words.row($0) })
    }
    // Without a reparameterization the encoder reads the words themselves at first.
    if kind == .none { #expect(prompt.folded().row(2) == words.row(0)) }
  }

  @Test(arguments: Reparameterization.allCases)
  func aSeedSaysHowThePromptBegins(kind: Reparameterization) throws {
    let configuration = PromptConfiguration(reparameterization: kind)
    func values(_ seed: UInt64) throws -> [Matrix] {
      Self.parameters(try Self.begin("{soft:4} {text}", configuration, seed: seed).prompt)
        .map(\.value)
    }
    let first = try values(1)
    #expect(try values(1) == first)
    for (one, other) in zip(first, try values(2)) { #expect(one != other) }
    // Parameters of one shape differ from each other.
    #expect(Set(first.map { $0.values.prefix(4).map(\.bitPattern) }).count == first.count)
  }

  /// As `torch.nn.LSTM` and `torch.nn.Linear` begin: uniform in ±1/√h and ±1/√inputs.
  @Test func reparameterizationsBeginWithinTheirBounds() throws {
    let prompt = Self.prompt(.lstm, columns: 32, size: 16)
    for parameter in Self.parameters(prompt).dropFirst() {
      let inputs = parameter.name.hasPrefix("prompt.lstm") ? 16 : 32
      let bound = 1 / Float(inputs).squareRoot()
      let largest = parameter.value.values.map(abs).max() ?? 0
      #expect(largest <= bound, "\(parameter.name)")
      #expect(largest > 0.8 * bound, "\(parameter.name)")
      #expect(parameter.gradient.values.allSatisfy { $0 == 0 })
    }
    // The configuration's default is the encoder's width, as PEFT has it.
    let (whole, _, encoder) = try Self.begin("{soft:1} {text}", PromptConfiguration())
    #expect(whole.lstm?.layers.first?.forward.hidden == encoder.configuration.hiddenSize)
    #expect(whole.lstm?.layers.count == 2)
  }
}
