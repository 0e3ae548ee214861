import TestSupport

@testable import Kernels

/// The table of forward and backward pairs. Every row is held to its double precision reference:
/// the value, and the gradient by central differences.
enum LayerCases {
  static let seed: UInt64 = 20

  static var all: [LayerCase] {
    frozenLinear + linear + layerNorm + activation + attention + prefixedAttention
      + crossEntropy + dropout + lstm + perceptron
  }

  /// Normally distributed inputs, of which the table's row is the only user.
  static func normal(_ name: String, _ shapes: [(Int, Int)], deviation: Float = 1) -> [Matrix] {
    var random = RandomStream(seed: seed, purpose: name)
    return shapes.map { rows, columns in
      .normal(rows: rows, columns: columns, deviation: deviation, using: &random)
    }
  }

  /// [rows, inputs, outputs]
  static let linearShapes = [
    (1, 1, 1), (1, 5, 3), (4, 1, 2), (4, 6, 1), (3, 17, 33), (17, 33, 5), (33, 8, 17),
  ]

  static var frozenLinear: [LayerCase] {
    linearShapes.map { rows, inputs, outputs in
      let name = "frozen linear \(rows)×\(inputs) → \(outputs)"
      let weights = normal(name + " weights", [(outputs, inputs), (1, outputs)], deviation: 0.5)
      return LayerCase(name, inputs: normal(name, [(rows, inputs)])) { x in
        Reference.linear(
          x[0], weight: DoubleMatrix(weights[0]), bias: DoubleMatrix(weights[1]))
      } layer: { x, upstream in
        // Buffers that held something larger: what they hold must not be seen.
        var y = Matrix(rows: 40, columns: 40, values: Array(repeating: .nan, count: 1600))
        var dx = y
        Affine.forward(
          x[0], weight: weights[0].storage, bias: weights[1].storage, outputs: outputs, into: &y)
        Affine.backward(upstream, weight: weights[0].storage, inputs: inputs, into: &dx)
        return LayerCase.Result(value: y, gradients: [dx])
      }
    }
  }

  static var linear: [LayerCase] {
    linearShapes.map { rows, inputs, outputs in
      let name = "linear \(rows)×\(inputs) → \(outputs)"
      let drawn = normal(name, [(rows, inputs), (outputs, inputs), (1, outputs)])
      return LayerCase(name, inputs: drawn) { inputs in
        Reference.linear(inputs[0], weight: inputs[1], bias: inputs[2])
      } layer: { inputs, upstream in
        var layer = Linear(name: "l", weight: inputs[1], bias: inputs[2])
        var y = Matrix()
        var dx = Matrix()
        layer.forward(inputs[0], into: &y)
        layer.backward(upstream, x: inputs[0], into: &dx)
        return LayerCase.Result(
          value: y, gradients: [dx, layer.weight.gradient, layer.bias.gradient])
      }
    }
  }

  static var layerNorm: [LayerCase] {
    let shapes: [(Int, Int, Float, Float)] = [
      // rows, columns, ε, deviation of x
      (1, 1, 1e-12, 1), (5, 1, 1e-5, 1), (1, 17, 1e-12, 1), (17, 33, 1e-12, 1), (33, 8, 1e-5, 0.05),
      (4, 2, 1e-2, 1), (3, 384, 1e-12, 20),
    ]
    return shapes.map { rows, columns, epsilon, deviation in
      let name = "LayerNorm \(rows)×\(columns), ε \(epsilon)"
      let weights = normal(name + " weights", [(1, columns), (1, columns)])
      return LayerCase(
        name, inputs: normal(name, [(rows, columns)], deviation: deviation)
      ) { x in
        Reference.layerNorm(
          x[0], gain: DoubleMatrix(weights[0]), bias: DoubleMatrix(weights[1]),
          epsilon: Double(epsilon))
      } layer: { x, upstream in
        var (y, gradient) = (x[0], upstream)
        var cache = LayerNorm.Cache()
        LayerNorm.forward(
          &y, gain: weights[0].storage, bias: weights[1].storage, epsilon: epsilon, cache: &cache)
        LayerNorm.backward(&gradient, gain: weights[0].storage, cache: cache)
        return LayerCase.Result(value: y, gradients: [gradient])
      }
    }
  }

  static var activation: [LayerCase] {
    Activation.allCases.flatMap { kind in
      [(1, 1, 1 as Float), (1, 33, 1), (17, 33, 3), (33, 1, 30)].map { rows, columns, deviation in
        let name = "\(kind) \(rows)×\(columns), deviation \(deviation)"
        let inputs = normal(name, [(rows, columns)], deviation: deviation)
        return LayerCase(name, inputs: inputs) { x in
          x[0].map { Reference.activation(kind, $0) }
        } layer: { x, upstream in
          var y = Matrix()
          var gradient = upstream
          kind.forward(x[0], into: &y)
          kind.backward(&gradient, x: x[0])
          return LayerCase.Result(value: y, gradients: [gradient])
        }
      }
    }
  }

  static var attention: [LayerCase] {
    let shapes: [([Int], Int, Int, Float)] = [
      // lengths, heads, columns, deviation
      ([1], 1, 1, 1), ([1], 3, 6, 1), ([5], 1, 4, 1), ([3, 1, 4], 2, 6, 1), ([17], 1, 3, 1),
      ([1, 33], 2, 4, 1), ([2, 2, 2], 5, 5, 1), ([6, 3], 2, 8, 4),
    ]
    return shapes.map { lengths, heads, columns, deviation in
      let batch = RaggedBatch(lengths: lengths)
      let name = "attention \(lengths), \(heads) heads, \(columns) columns"
      let shape = (batch.rowCount, columns)
      // Sharp attention (the last row) multiplies the rounding of scores up to some 40.
      let tolerance = deviation > 1 ? 2e-5 : 3e-6
      return LayerCase(
        name, inputs: normal(name, [shape, shape, shape], deviation: deviation),
        valueTolerance: tolerance, gradientTolerance: 2 * tolerance
      ) { x in
        Reference.attention(
          queries: x[0], keys: x[1], values: x[2], lengths: lengths, heads: heads)
      } layer: { x, upstream in
        var y = Matrix()
        var cache = Attention.Cache()
        var workspace = Attention.Workspace()
        Attention.forward(
          .sideBySide(x), batch: batch, heads: heads, into: &y, cache: &cache, workspace: &workspace
        )
        var dProjected = Matrix()
        var dPrefix = Attention.Prefix()
        Attention.backward(
          upstream, projected: .sideBySide(x), prefix: Attention.Prefix(), cache: cache,
          batch: batch, heads: heads,
          into: &dProjected, prefix: &dPrefix, workspace: &workspace)
        return LayerCase.Result(value: y, gradients: dProjected.parts(of: columns))
      }
    }
  }

  static var crossEntropy: [LayerCase] {
    let shapes: [(Int, Int, Float)] = [
      // rows, classes, deviation
      (1, 1, 1), (1, 2, 1), (5, 9, 1), (17, 33, 4), (33, 17, 0.1),
    ]
    return shapes.map { rows, classes, deviation in
      let name = "cross-entropy \(rows)×\(classes)"
      var random = RandomStream(seed: seed, purpose: name + " targets")
      let targets = (0..<rows).map { _ in Int.random(in: 0..<classes, using: &random) }
      return LayerCase(
        name, inputs: normal(name, [(rows, classes)], deviation: deviation)
      ) { logits in
        let loss = Reference.crossEntropy(logits[0], targets: targets)
        return DoubleMatrix(rows: 1, columns: 1, values: [loss])
      } layer: { logits, upstream in
        var gradient = logits[0]
        let loss = CrossEntropy.forwardBackward(
          &gradient, targets: targets, scale: upstream[0, 0])
        return LayerCase.Result(
          value: Matrix(rows: 1, columns: 1, values: [Float(loss)]), gradients: [gradient])
      }
    }
  }

  static var dropout: [LayerCase] {
    [(1, 1, 0.5 as Float), (5, 17, 0.1), (33, 3, 0.9), (4, 4, 0)].map { rows, columns, rate in
      let name = "dropout \(rows)×\(columns), rate \(rate)"
      let stream = RandomStream(seed: seed, purpose: "mask")
      var cache = Dropout.Cache()
      var (ones, drawing) = (Matrix(rows: rows, columns: columns), stream)
      Dropout.forward(&ones, rate: rate, using: &drawing, cache: &cache)
      let mask = DoubleMatrix(cache.mask)
      return LayerCase(name, inputs: normal(name, [(rows, columns)])) { x in
        Reference.dropout(x[0], mask: mask)
      } layer: { x, upstream in
        var (y, gradient, random) = (x[0], upstream, stream)
        var cache = Dropout.Cache()
        Dropout.forward(&y, rate: rate, using: &random, cache: &cache)
        Dropout.backward(&gradient, cache: cache)
        return LayerCase.Result(value: y, gradients: [gradient])
      }
    }
  }

  static var perceptron: [LayerCase] {
    let shapes: [(Int, [Int])] = [
      // rows, widths
      (1, [1, 1]), (1, [3, 2, 4]), (5, [6, 7, 7, 6]), (17, [4, 33, 1]),
    ]
    return shapes.map { rows, widths in
      let name = "MLP \(rows)×\(widths)"
      var random = RandomStream(seed: seed, purpose: name)
      let template = MultilayerPerceptron(name: "mlp", widths: widths, using: &random)
      return LayerCase(
        name, inputs: normal(name + " x", [(rows, widths[0])]) + parameters(of: template)
      ) { inputs in
        Reference.multilayerPerceptron(inputs[0], parameters: Array(inputs[1...]))
      } layer: { inputs, upstream in
        var layer = template
        set(&layer, inputs[1...])
        var cache = MultilayerPerceptron.Cache()
        let y = layer.forward(inputs[0], cache: &cache)
        let dx = layer.backward(upstream, cache: cache)
        return LayerCase.Result(value: y, gradients: [dx] + gradients(of: layer))
      }
    }
  }
}

/// The values of the parameters in the order of visiting.
func parameters(of model: some Parameterized) -> [Matrix] {
  var (values, copy) = ([Matrix](), model)
  copy.visitParameters { values.append($0.value) }
  return values
}

/// The gradients of the parameters in the order of visiting.
func gradients(of model: some Parameterized) -> [Matrix] {
  var (gradients, copy) = ([Matrix](), model)
  copy.visitParameters { gradients.append($0.gradient) }
  return gradients
}

/// Gives the parameters values, in the order of visiting.
func set(_ model: inout some Parameterized, _ values: some Sequence<Matrix>) {
  var rest = Array(values)[...]
  model.visitParameters { $0.value = rest.popFirst() ?? $0.value }
}
