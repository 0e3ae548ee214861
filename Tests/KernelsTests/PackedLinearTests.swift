import TestSupport
import Testing

@testable import Kernels

/// Values that a test made.
struct HeldValues: FrozenValues {
  var values: [Float]

  init(_ matrix: Matrix) { values = matrix.values }

  func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer { try body($0.baseAddress!) }
  }
}

/// Every engine and precision that this machine has against the same product in Double.
@Suite struct PackedLinearTests {
  static let arithmetics: [Arithmetic] = {
    let all = ProductEngine.allCases.flatMap { engine in
      Precision.allCases.map { Arithmetic($0, engine: engine) }
    }
    return all.filter { $0.shortfall == nil }
  }()

  /// How far a product may be from the exact one, as a share of √inputs: what rounding both sides costs.
  static func tolerance(_ precision: Precision) -> Double {
    switch precision {
    case .float32: 3e-6
    case .bf16: 1e-2
    case .int8: 3e-2
    }
  }

  private struct Example {
    let x: Matrix
    let weights: [Matrix]
    let biases: [Matrix]

    init(rows: Int, inputs: Int, outputs: Int, parts: Int) {
      let drawn = LayerCases.normal(
        "packed \(rows) \(inputs) \(outputs)",
        [(rows, inputs)] + Array(repeating: (outputs, inputs), count: parts)
          + Array(repeating: (1, outputs), count: parts))
      x = drawn[0]
      weights = Array(drawn[1...parts])
      biases = Array(drawn[(parts + 1)...])
    }

    func layer(_ arithmetic: Arithmetic) -> PackedLinear {
      PackedLinear(
        weights.map(HeldValues.init), biases: biases.map(HeldValues.init), inputs: x.columns,
        outputs: weights[0].rows, arithmetic: arithmetic, shapes: ProductShapes())
    }

    /// x·Wᵀ + b in Double.
    var expected: DoubleMatrix {
      var result = DoubleMatrix(
        rows: x.rows, columns: weights.count * weights[0].rows)
      for row in 0..<x.rows {
        for (part, weight) in weights.enumerated() {
          for output in 0..<weight.rows {
            var sum = Double(biases[part][0, output])
            for i in 0..<x.columns { sum += Double(x[row, i]) * Double(weight[output, i]) }
            result[row, part * weight.rows + output] = sum
          }
        }
      }
      return result
    }
  }

  /// Rows that fill tiles, that do not, and that are spread over several.
  @Test(arguments: arithmetics, [1, 7, 8, 64, 65, 200])
  func forwardIsTheProduct(arithmetic: Arithmetic, rows: Int) {
    for (inputs, outputs, parts) in [(384, 96, 1), (48, 32, 3), (17, 5, 2), (1, 1, 1)] {
      let example = Example(rows: rows, inputs: inputs, outputs: outputs, parts: parts)
      var y = Matrix()
      var tiles = RowTile.Storage()
      example.layer(arithmetic).forward(example.x, into: &y, tiles: &tiles)
      let allowed = Self.tolerance(arithmetic.precision) * Double(inputs).squareRoot() * 4
      #expect(
        example.expected.difference(from: y) < allowed, "\(arithmetic) \(inputs)×\(outputs)")
    }
  }

  /// dx = dy·W, replaced and added to.
  @Test(arguments: arithmetics)
  func backwardGoesThroughTheSameWeights(arithmetic: Arithmetic) {
    let (inputs, outputs, parts, rows) = (48, 40, 3, 70)
    let example = Example(rows: rows, inputs: inputs, outputs: outputs, parts: parts)
    let dy = LayerCases.normal("packed upstream", [(rows, parts * outputs)])[0]
    let layer = PackedLinear(
      backward: example.weights.map(HeldValues.init), inputs: inputs, outputs: outputs,
      arithmetic: arithmetic, shapes: ProductShapes())
    var expected = DoubleMatrix(rows: rows, columns: inputs)
    for row in 0..<rows {
      for i in 0..<inputs {
        for (part, weight) in example.weights.enumerated() {
          for output in 0..<outputs {
            expected[row, i] +=
              Double(dy[row, part * outputs + output]) * Double(weight[output, i])
          }
        }
      }
    }
    var tiles = RowTile.Storage()
    var dx = Matrix()
    layer.forward(dy, into: &dx, tiles: &tiles)
    let allowed = Self.tolerance(arithmetic.precision) * Double(parts * outputs).squareRoot() * 4
    #expect(expected.difference(from: dx) < allowed)
    layer.add(dy, to: &dx, tiles: &tiles)
    for i in expected.values.indices { expected.values[i] *= 2 }
    #expect(expected.difference(from: dx) < 2 * allowed)
  }

  /// The result of a row does not depend on how many rows come with it.
  @Test(arguments: arithmetics)
  func rowsAreApart(arithmetic: Arithmetic) {
    let example = Example(rows: 130, inputs: 384, outputs: 64, parts: 1)
    let layer = example.layer(arithmetic)
    var (together, alone) = (Matrix(), Matrix())
    var tiles = RowTile.Storage()
    layer.forward(example.x, into: &together, tiles: &tiles)
    for row in [0, 63, 64, 129] {
      let only = Matrix(rows: 1, columns: 384, values: example.x.row(row))
      layer.forward(only, into: &alone, tiles: &tiles)
      #expect(zip(alone.values, together.row(row)).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  /// A shortfall is said, and what takes its place works everywhere.
  @Test func openBLASHasFloat32Alone() {
    let wanted = Arithmetic(.int8, engine: .openBLAS)
    #expect(wanted.precision == .float32 && wanted.engine == .openBLAS)
    #expect(wanted.shortfall == "openblas has no int8: float32 instead")
    #expect(Arithmetic(.float32, engine: .openBLAS).shortfall == nil)
    #expect(Arithmetic.automatic(engine: .openBLAS).precision == .float32)
  }

  @Test func weightsAsIntegersStandForTheWeights() {
    let weight = LayerCases.normal("quantised", [(9, 31)])[0]
    let quantised = weight.storage.withUnsafeBufferPointer {
      QuantisedWeights($0.baseAddress!, outputs: 9, inputs: 31)
    }
    for output in 0..<9 {
      let row = weight.row(output)
      let half = row.map(abs).max()! / 254 * 1.001
      let restored = quantised.restored[output * 31..<(output + 1) * 31]
      #expect(zip(row, restored).allSatisfy { abs($0 - $1) <= half })
      #expect(abs(restored.reduce(0, +) - quantised.totals[output]) < 1e-4)
    }
    // An output without weights has no scale to find.
    let nothing = [Float](repeating: 0, count: 4)
    let empty = nothing.withUnsafeBufferPointer {
      QuantisedWeights($0.baseAddress!, outputs: 2, inputs: 2)
    }
    #expect(empty.restored == nothing && empty.scales == [1, 1])
  }
}
