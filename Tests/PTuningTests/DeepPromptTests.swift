import Encoders
import Foundation
import Kernels
import TestSupport
import Testing

@testable import PTuning

@Suite struct DeepPromptTests {
  static let seed: UInt64 = 23

  static func prompt(
    _ configuration: DeepPromptConfiguration, text: DeepPrompt.InitialText? = nil,
    seed: UInt64 = seed
  ) throws -> DeepPrompt {
    DeepPrompt(
      configuration: configuration, encoder: try FrozenEncoder(folder: tinyEncoderFolder()),
      text: text, seed: seed)
  }

  static func configuration(
    _ kind: DeepPromptConfiguration.Reparameterization, rows: Int = 3, firstLayer: Int = 0,
    dropout: Float = 0
  ) -> DeepPromptConfiguration {
    DeepPromptConfiguration(
      rows: rows, firstLayer: firstLayer, reparameterization: kind, reparameterizationSize: 4,
      dropout: dropout, deviation: 0.5)
  }

  static func parameters(_ prompt: DeepPrompt) -> [Parameter] {
    var parameters: [Parameter] = []
    var copy = prompt
    copy.visitParameters { parameters.append($0) }
    return parameters
  }

  /// Keys and values of each layer that has any, side by side.
  static func table(_ layers: [Attention.Prefix]) -> Matrix {
    let parts = layers.filter { $0.count > 0 }.flatMap { [$0.keys, $0.values] }
    let rows = parts.first?.rows ?? 0
    return Matrix(
      rows: rows, columns: parts.reduce(0) { $0 + $1.columns },
      values: (0..<rows).flatMap { row in parts.flatMap { $0.row(row) } })
  }

  /// The inverse of `table`.
  static func layers(_ table: Matrix, like layers: [Attention.Prefix]) -> [Attention.Prefix] {
    var column = 0
    func part(_ like: Matrix) -> Matrix {
      defer { column += like.columns }
      let values = (0..<like.rows).flatMap {
        Array(table.row($0)[column..<column + like.columns])
      }
      return Matrix(rows: like.rows, columns: like.columns, values: values)
    }
    return layers.map { layer in
      guard layer.count > 0 else { return Attention.Prefix() }
      let keys = part(layer.keys)
      return Attention.Prefix(keys: keys, values: part(layer.values))
    }
  }

  static func masks() -> RandomStream { RandomStream(seed: 3, purpose: "masks") }

  // MARK: Gradients

  static func layerCase(_ configuration: DeepPromptConfiguration) throws -> LayerCase {
    let template = try prompt(configuration)
    var mask = DoubleMatrix(table(template.folded())).map { _ in 1 }
    if configuration.dropout > 0 {
      var random: RandomStream? = masks()
      var cache = DeepPrompt.Cache()
      let dropped = table(template.forward(random: &random, cache: &cache))
      mask = DoubleMatrix(dropped).map { $0 == 0 ? 0 : 1 / (1 - Double(configuration.dropout)) }
    }
    let factors = mask
    return LayerCase(
      "deep prompt \(configuration.reparameterization), from layer \(configuration.firstLayer), "
        + "\(configuration.rows) rows, dropout \(configuration.dropout)",
      inputs: parameters(template).map(\.value)
    ) { inputs in
      var table = inputs[0]
      if inputs.count > 1 {
        let inner = Reference.linear(table, weight: inputs[1], bias: inputs[2]).map { tanh($0) }
        table = Reference.linear(inner, weight: inputs[3], bias: inputs[4])
      }
      return Reference.dropout(table, mask: factors)
    } layer: { inputs, upstream in
      var prompt = template
      var values = inputs[...]
      prompt.visitParameters { $0.value = values.popFirst() ?? $0.value }
      var random: RandomStream? = configuration.dropout > 0 ? masks() : nil
      var cache = DeepPrompt.Cache()
      let result = prompt.forward(random: &random, cache: &cache)
      prompt.backward(layers(upstream, like: result), cache: cache)
      return LayerCase.Result(
        value: table(result), gradients: parameters(prompt).map(\.gradient))
    }
  }

  @Test(arguments: DeepPromptConfiguration.Reparameterization.allCases)
  func agreesWithItsReference(kind: DeepPromptConfiguration.Reparameterization) throws {
    for firstLayer in [0, 1] {
      for (rows, dropout) in [(3, 0), (1, 0), (5, 0.4)] as [(Int, Float)] {
        let layer = try Self.layerCase(
          Self.configuration(kind, rows: rows, firstLayer: firstLayer, dropout: dropout))
        let differences = layer.differences(seed: Self.seed)
        #expect(differences.value < layer.valueTolerance, "\(layer), seed \(Self.seed)")
        #expect(differences.gradients.count == (kind == .none ? 1 : 5))
        for (index, difference) in differences.gradients.enumerated() {
          #expect(
            difference < layer.gradientTolerance,
            "gradient of parameter \(index) of \(layer), seed \(Self.seed)")
        }
      }
    }
  }

  // MARK: Dropout

  @Test func theMaskOfForwardIsThatOfBackward() throws {
    var prompt = try Self.prompt(Self.configuration(.none, rows: 20, dropout: 0.5))
    var random: RandomStream? = Self.masks()
    var cache = DeepPrompt.Cache()
    let result = prompt.forward(random: &random, cache: &cache)
    let ones = Matrix(
      rows: 20, columns: prompt.embedding.value.columns,
      values: prompt.embedding.value.values.map { _ in 1 })
    prompt.backward(Self.layers(ones, like: result), cache: cache)
    let factors = prompt.embedding.gradient.values
    #expect(Set(factors) == [0, 2])
    let kept = zip(prompt.embedding.value.values, factors).map { $0 * $1 }
    #expect(Self.table(result).values == kept)
    // The stream went on: the next mask is another.
    let next = prompt.forward(random: &random, cache: &cache)
    #expect(Self.table(next) != Self.table(result))
  }

  @Test(arguments: DeepPromptConfiguration.Reparameterization.allCases)
  func foldingDropsNothing(kind: DeepPromptConfiguration.Reparameterization) throws {
    let dropped = try Self.prompt(Self.configuration(kind, dropout: 0.9))
    let plain = try Self.prompt(Self.configuration(kind))
    #expect(dropped.folded() == plain.folded())
    var random: RandomStream? = Self.masks()
    var cache = DeepPrompt.Cache()
    #expect(dropped.forward(random: &random, cache: &cache) != dropped.folded())
    // A cache of a step with dropout does not reach into one without.
    random = nil
    #expect(dropped.forward(random: &random, cache: &cache) == dropped.folded())
    var again = dropped
    var ones = dropped.folded()
    for layer in ones.indices {
      ones[layer].keys.storage = ones[layer].keys.storage.map { _ in 1 }
      ones[layer].values.storage = ones[layer].values.storage.map { _ in 1 }
    }
    again.backward(ones, cache: cache)
    if kind == .none { #expect(again.embedding.gradient.values.allSatisfy { $0 == 1 }) }
  }

  // MARK: Layers

  @Test(arguments: DeepPromptConfiguration.Reparameterization.allCases)
  func layersBelowTheFirstHaveNone(kind: DeepPromptConfiguration.Reparameterization) throws {
    let all = try Self.prompt(Self.configuration(kind)).folded()
    #expect(all.map(\.count) == [3, 3])
    let upper = try Self.prompt(Self.configuration(kind, firstLayer: 1)).folded()
    #expect(upper.map(\.count) == [0, 3])
    #expect(upper[1].keys.columns == 32 && upper[1].values.columns == 32)
    #expect(upper[1].keys != upper[1].values)
  }

  @Test func withoutRowsThereIsNothing() {
    var prompt = DeepPrompt()
    var random: RandomStream? = Self.masks()
    var cache = DeepPrompt.Cache()
    #expect(prompt.forward(random: &random, cache: &cache).isEmpty)
    #expect(prompt.folded().isEmpty && prompt.parameterCount == 0)
    prompt.backward([], cache: cache)
  }

  @Test func parametersHaveNamesAndShapes() throws {
    let plain = Self.parameters(try Self.prompt(Self.configuration(.none)))
    #expect(plain.map(\.name) == ["deep.embedding"])
    #expect(plain[0].value.rows == 3 && plain[0].value.columns == 2 * 2 * 32)
    let mlp = Self.parameters(try Self.prompt(Self.configuration(.mlp, firstLayer: 1)))
    #expect(
      mlp.map(\.name) == [
        "deep.embedding", "deep.mlp.0.weight", "deep.mlp.0.bias", "deep.mlp.2.weight",
        "deep.mlp.2.bias",
      ])
    #expect(mlp.map(\.value.rows) == [3, 4, 1, 64, 1])
    #expect(mlp.map(\.value.columns) == [32, 32, 4, 4, 64])
  }

  // MARK: Beginning

  @Test(arguments: DeepPromptConfiguration.Reparameterization.allCases)
  func aSeedSaysHowItBegins(kind: DeepPromptConfiguration.Reparameterization) throws {
    func values(_ seed: UInt64) throws -> [Matrix] {
      Self.parameters(try Self.prompt(Self.configuration(kind), seed: seed)).map(\.value)
    }
    let first = try values(1)
    #expect(try values(1) == first)
    for (one, other) in zip(first, try values(2)) { #expect(one != other) }
  }

  @Test func zeroIsZero() throws {
    var configuration = Self.configuration(.none)
    configuration.initialisation = .zero
    let prompt = try Self.prompt(configuration)
    #expect(prompt.folded().map(\.count) == [3, 3])
    #expect(prompt.embedding.value.values.allSatisfy { $0 == 0 })
  }

  @Test func normalHasTheStatedDeviation() throws {
    let values = try Self.prompt(Self.configuration(.none, rows: 50)).embedding.value.values
    let count = Double(values.count)
    let spread = (values.reduce(0) { $0 + Double($1) * Double($1) } / count).squareRoot()
    #expect(abs(spread / 0.5 - 1) < 4 / (2 * count).squareRoot(), "seed \(Self.seed)")
  }

  /// What the frozen layers make of the text itself, in double precision.
  @Test(arguments: [0, 1], [1, 3, 7])
  func aTextBeginsAsItsKeysAndValues(firstLayer: Int, rows: Int) throws {
    let folder = tinyEncoderFolder()
    let encoder = try FrozenEncoder(folder: folder)
    let weights = try EncoderWeights(folder: folder, configuration: encoder.configuration)
    let reference = try ReferenceEncoder(folder: folder)
    let text = DeepPrompt.InitialText(wordpieces: [5, 32, 58], classification: 2, separator: 3)
    #expect(text.words == 1..<4)
    #expect(
      text.input.rows == [
        .wordpiece(2), .wordpiece(5), .wordpiece(32), .wordpiece(58), .wordpiece(3),
      ])
    var configuration = Self.configuration(.none, rows: rows, firstLayer: firstLayer)
    configuration.initialisation = .text("a ##b ,")
    let prefixes = try Self.prompt(configuration, text: text).folded()
    let made = encoder.keysAndValues(of: text.input)
    let states = reference.states(
      text.input, prompts: ReferenceEncoder.Prompts(EncoderPrompts()))
    #expect(made.count == 2 && prefixes.count == 2)
    for layer in 0..<2 {
      let (key, value) = (weights.layers[layer].key, weights.layers[layer].value)
      let keys = Reference.linear(
        states[layer], weight: DoubleMatrix(key.weight), bias: DoubleMatrix(key.bias))
      let values = Reference.linear(
        states[layer], weight: DoubleMatrix(value.weight), bias: DoubleMatrix(value.bias))
      #expect(keys.difference(from: made[layer].keys) < 1e-5)
      #expect(values.difference(from: made[layer].values) < 1e-5)
      guard layer >= firstLayer else {
        #expect(prefixes[layer].count == 0)
        continue
      }
      #expect(prefixes[layer].count == rows)
      for row in 0..<rows {
        #expect(prefixes[layer].keys.row(row) == made[layer].keys.row(1 + row % 3))
        #expect(prefixes[layer].values.row(row) == made[layer].values.row(1 + row % 3))
      }
    }
  }
}
