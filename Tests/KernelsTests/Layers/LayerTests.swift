import TestSupport
import Testing

@testable import Kernels

/// Every forward and backward pair against its double precision reference, and what the table of
/// cases cannot say.
@Suite struct LayerTests {
  @Test(arguments: LayerCases.all)
  func agreesWithItsReference(layer: LayerCase) {
    let differences = layer.differences(seed: LayerCases.seed)
    #expect(
      differences.value < layer.valueTolerance, "value of \(layer), seed \(LayerCases.seed)")
    for (index, difference) in differences.gradients.enumerated() {
      #expect(
        difference < layer.gradientTolerance,
        "gradient of input \(index) of \(layer), seed \(LayerCases.seed)")
    }
  }

  /// A check that cannot fail proves nothing: a backward that is one percent too large is found.
  @Test func theCheckFindsAWrongGradient() throws {
    let right = try #require(LayerCases.linear.last)
    let wrong = LayerCase("wrong", inputs: right.inputs) { inputs in
      Reference.linear(inputs[0], weight: inputs[1], bias: inputs[2])
    } layer: { inputs, upstream in
      var layer = Linear(name: "l", weight: inputs[1], bias: inputs[2])
      var (y, dx) = (Matrix(), Matrix())
      layer.forward(inputs[0], into: &y)
      layer.backward(upstream, x: inputs[0], into: &dx)
      dx.scale(by: 1.01)
      return LayerCase.Result(
        value: y, gradients: [dx, layer.weight.gradient, layer.bias.gradient])
    }
    let differences = wrong.differences(seed: LayerCases.seed)
    #expect(differences.gradients[0] > 5e-3)
    #expect(differences.gradients[1] < wrong.gradientTolerance)
  }

  @Test func affineAccumulates() {
    let drawn = LayerCases.normal("accumulate", [(17, 5), (5, 33), (17, 33)])
    var alone = Matrix()
    Affine.backward(drawn[0], weight: drawn[1].storage, inputs: 33, into: &alone)
    var added = drawn[2]
    Affine.backward(
      drawn[0], weight: drawn[1].storage, inputs: 33, accumulate: true, into: &added)
    var expected = drawn[2]
    expected.add(alone)
    #expect(DoubleMatrix(expected).difference(from: added) < 1e-6)
  }

  /// Gradients of parameters are summed over calls, and set to zero when asked.
  @Test func trainedLayersSumTheirGradients() {
    let drawn = LayerCases.normal("sum", [(4, 3), (2, 3), (1, 2), (4, 2)])
    var layer = Linear(name: "l", weight: drawn[1], bias: drawn[2])
    var dx = Matrix()
    layer.backward(drawn[3], x: drawn[0], into: &dx)
    let once = gradients(of: layer)
    layer.addGradients(drawn[3], x: drawn[0])
    for (first, second) in zip(once, gradients(of: layer)) {
      #expect(zip(first.values, second.values).allSatisfy { abs(2 * $0 - $1) < 1e-5 })
    }
    #expect(layer.parameterCount == 8)
    layer.zeroGradients()
    #expect(gradients(of: layer).allSatisfy { $0.values.allSatisfy { $0 == 0 } })

    var alone = Matrix()
    layer.backwardToInput(drawn[3], into: &alone)
    #expect(alone == dx)
  }

  @Test func pathsWithAndWithoutCachesAgree() {
    let batch = RaggedBatch(lengths: [3, 1, 17])
    let shape = (batch.rowCount, 6)
    let drawn = LayerCases.normal("paths", [shape, shape, shape, (1, 6), (1, 6)])
    var (kept, plain) = (Matrix(), Matrix())
    var cache = Attention.Cache()
    var workspace = Attention.Workspace()
    Attention.forward(
      .sideBySide(Array(drawn[..<3])), batch: batch, heads: 3, into: &kept, cache: &cache,
      workspace: &workspace)
    Attention.forward(
      .sideBySide(Array(drawn[..<3])), batch: batch, heads: 3, into: &plain,
      workspace: &workspace)
    #expect(kept == plain)

    var normCache = LayerNorm.Cache()
    LayerNorm.forward(
      &kept, gain: drawn[3].storage, bias: drawn[4].storage, epsilon: 1e-12, cache: &normCache)
    LayerNorm.forward(&plain, gain: drawn[3].storage, bias: drawn[4].storage, epsilon: 1e-12)
    #expect(DoubleMatrix(kept).difference(from: plain) < 1e-6)

    for kind in Activation.allCases {
      var inPlace = drawn[0]
      kind.forward(&inPlace)
      kind.forward(drawn[0], into: &plain)
      #expect(inPlace == plain)
    }
  }

  /// No sequence of a batch sees another, even where its neighbour is not a number.
  @Test func attentionKeepsSequencesApart() {
    let drawn = LayerCases.normal("apart", [(4, 4), (4, 4), (4, 4)])
    var alone = Matrix()
    var cache = Attention.Cache()
    var workspace = Attention.Workspace()
    Attention.forward(
      .sideBySide(drawn), batch: RaggedBatch(lengths: [4]), heads: 2, into: &alone, cache: &cache,
      workspace: &workspace)
    let nothing = Array(repeating: Float.nan, count: 8)
    let padded = drawn.map { Matrix(rows: 6, columns: 4, values: $0.values + nothing) }
    var together = Matrix()
    Attention.forward(
      .sideBySide(padded), batch: RaggedBatch(lengths: [4, 2]), heads: 2, into: &together,
      cache: &cache, workspace: &workspace)
    #expect(Array(together.values[..<16]) == alone.values)
  }

  /// Where the ReLU is exactly at its corner the gradient is zero, as in PyTorch.
  @Test func reluHasNoGradientAtZero() {
    var gradient = Matrix(rows: 1, columns: 3, values: [1, 1, 1])
    Activation.relu.backward(
      &gradient, x: Matrix(rows: 1, columns: 3, values: [-1, 0, .leastNonzeroMagnitude]))
    #expect(gradient.values == [0, 0, 1])
  }

  @Test func crossEntropyOfHugeLogitsIsFinite() {
    var logits = Matrix(rows: 2, columns: 3, values: [1e4, 0, -1e4, 300, 300, -300])
    let loss = CrossEntropy.forwardBackward(&logits, targets: [2, 0], scale: 0.5)
    #expect(abs(loss - (2e4 + 0.693147)) < 1e-2)
    #expect(logits.isFinite)
    #expect(logits.values == [0.5, 0, -0.5, -0.25, 0.25, 0])
  }
}
