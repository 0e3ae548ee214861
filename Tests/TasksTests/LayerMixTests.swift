import Kernels
import Tasks
import TestSupport
import Testing

/// The mix of layers against double precision, and against golden values of PyTorch.
@Suite struct LayerMixTests {
  static let seed: UInt64 = 51

  static var cases: [LayerCase] {
    let shapes: [(layers: Int, rows: Int, columns: Int, deviation: Float)] = [
      (1, 1, 1, 1), (1, 3, 5, 1), (2, 1, 4, 1), (7, 5, 6, 1), (4, 17, 3, 3),
    ]
    return shapes.map { layers, rows, columns, deviation in
      let name = "mix of \(layers) layers, \(rows)×\(columns)"
      var random = RandomStream(seed: seed, purpose: name)
      let shapes = Array(repeating: (rows, columns), count: layers) + [(1, layers), (1, 1)]
      let inputs = shapes.map { rows, columns in
        Matrix.normal(rows: rows, columns: columns, deviation: deviation, using: &random)
      }
      return LayerCase(name, inputs: inputs) { x in
        Reference.layerMix(Array(x[..<layers]), weights: x[layers], scale: x[layers + 1][0, 0])
      } layer: { x, upstream in
        var mix = LayerMix(weights: x[layers], scale: x[layers + 1])
        let states = Array(x[..<layers])
        // Buffers that held something larger: what they hold must not be seen.
        var y = Matrix(rows: 40, columns: 40, values: Array(repeating: .nan, count: 1600))
        var dStates = [y]
        mix.forward(states, into: &y)
        mix.backward(upstream, states: states, into: &dStates)
        return LayerCase.Result(
          value: y, gradients: dStates + [mix.weights.gradient, mix.scale.gradient])
      }
    }
  }

  @Test(arguments: cases)
  func agreesWithItsReference(layer: LayerCase) {
    let differences = layer.differences(seed: Self.seed)
    #expect(differences.value < layer.valueTolerance, "value of \(layer), seed \(Self.seed)")
    for (index, difference) in differences.gradients.enumerated() {
      #expect(
        difference < layer.gradientTolerance,
        "gradient of input \(index) of \(layer), seed \(Self.seed)")
    }
  }

  @Test(arguments: ["tiny-uncased-gelu", "tiny-cased-gelu-new"])
  func agreesWithPyTorch(name: String) throws {
    let file = try DeepGolden(name)
    var checked = 0
    for golden in file.cases {
      guard let mixed = golden.mixed, let upstream = golden.upstream else { continue }
      var mix = LayerMix(
        weights: file.mixWeights,
        scale: Matrix(rows: 1, columns: 1, values: [file.mixScale]))
      var y = Matrix()
      mix.forward(golden.states, into: &y)
      #expect(DoubleMatrix(mixed).difference(from: y) < 1e-5, "\(golden)")
      mix.addGradients(upstream, states: golden.states)
      let weights = DoubleMatrix(try #require(golden.gradients["weights"]))
      let scale = DoubleMatrix(try #require(golden.gradients["scale"]))
      #expect(weights.difference(from: mix.weights.gradient) < 1e-5, "\(golden)")
      #expect(scale.difference(from: mix.scale.gradient) < 1e-5, "\(golden)")
      checked += 1
    }
    #expect(checked == 2)
  }

  /// At first the mix is the mean of the layers, whatever is trained later.
  @Test func beginsAsTheMean() {
    let mix = LayerMix(layers: 3)
    let states = [1, 2, 6].map { Matrix(rows: 1, columns: 2, values: [$0, -$0]) }
    var y = Matrix()
    mix.forward(states, into: &y)
    #expect(zip(y.values, [3, -3]).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
