import Kernels
import TestSupport
import Testing

@testable import PTuning

/// Reparameterizations against PyTorch and PEFT (tools/golden/prompts.py).
@Suite struct SoftPromptGoldenTests {
  /// A prompt of a golden file: whose shapes, and the width of its own that the few-shot variants
  /// of P-tuning give the MLP.
  struct Variant: Sendable, CustomTestStringConvertible {
    let name: String
    let reparameterization: Reparameterization
    let size: Int
    var widths: [Int]?

    var testDescription: String { name }
  }

  static let variants = [
    Variant(name: "lstm", reparameterization: .lstm, size: 4),
    Variant(name: "lstm-one", reparameterization: .lstm, size: 4),
    Variant(name: "lstm-few", reparameterization: .lstm, size: 6, widths: [12, 6, 6]),
    Variant(name: "mlp", reparameterization: .mlp, size: 7),
    Variant(name: "mlp-few", reparameterization: .mlp, size: 6, widths: [6, 6, 6]),
  ]

  /// PEFT's name of a parameter.
  static func foreignName(_ name: String) -> String {
    let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
    return switch parts[1] {
    case "embedding": "embedding.weight"
    case "lstm": "lstm_head." + parts[2]
    default: "mlp_head." + parts[2]
    }
  }

  static func prompt(_ variant: Variant, _ golden: Golden) throws -> SoftPrompt {
    var prompt = SoftPrompt(
      embedding: try golden.matrix("\(variant.name).parameter.embedding.weight"),
      configuration: PromptConfiguration(
        reparameterization: variant.reparameterization, reparameterizationSize: variant.size),
      seed: 1)
    if let widths = variant.widths {
      var random = RandomStream(seed: 1, purpose: "few-shot")
      prompt.mlp = MultilayerPerceptron(name: "prompt.mlp", widths: widths, using: &random)
    }
    try prompt.visitParameters { parameter in
      let value = try golden.matrix(
        "\(variant.name).parameter.\(foreignName(parameter.name))")
      try #require(
        value.rows == parameter.value.rows && value.columns == parameter.value.columns)
      parameter.value = value
    }
    return prompt
  }

  @Test(arguments: variants)
  func outputsAndGradientsAgreeWithPyTorch(variant: Variant) throws {
    let golden = try Golden.prompts()
    var prompt = try Self.prompt(variant, golden)
    var random: RandomStream?
    var cache = SoftPrompt.Cache()
    let output = prompt.forward(random: &random, cache: &cache)
    let expected = try golden.matrix("\(variant.name).output")
    #expect(DoubleMatrix(expected).difference(from: output) < 2e-6)
    #expect(prompt.folded() == output)

    prompt.backward(try golden.matrix("\(variant.name).upstream"), cache: cache)
    var checked = 0
    try prompt.visitParameters { parameter in
      let expected = try golden.matrix(
        "\(variant.name).gradient.\(Self.foreignName(parameter.name))")
      let difference = DoubleMatrix(expected).difference(from: parameter.gradient)
      #expect(difference < 5e-6, "\(parameter.name)")
      checked += 1
    }
    // Nothing of the file is left out.
    #expect(checked == golden.names.count { $0.hasPrefix(variant.name + ".gradient.") })
  }
}
