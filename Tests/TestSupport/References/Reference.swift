import Foundation
package import Kernels

/// The layers in double precision, each as its formula is printed, with nothing taken from the
/// code under test.
package enum Reference {
  /// x·Wᵀ + b; x [rows, inputs], weight [outputs, inputs], bias [1, outputs].
  package static func linear(
    _ x: DoubleMatrix, weight: DoubleMatrix, bias: DoubleMatrix
  ) -> DoubleMatrix {
    var y = DoubleMatrix(rows: x.rows, columns: weight.rows)
    for row in 0..<x.rows {
      for output in 0..<weight.rows {
        var sum = bias[0, output]
        for input in 0..<x.columns { sum += x[row, input] * weight[output, input] }
        y[row, output] = sum
      }
    }
    return y
  }

  /// (x − mean)/√(variance + ε)·gain + bias over the columns; gain and bias [1, columns].
  package static func layerNorm(
    _ x: DoubleMatrix, gain: DoubleMatrix, bias: DoubleMatrix, epsilon: Double
  ) -> DoubleMatrix {
    var y = x
    let count = Double(x.columns)
    for row in 0..<x.rows {
      let values = x.row(row)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      for i in 0..<x.columns {
        y[row, i] = (x[row, i] - mean) / (variance + epsilon).squareRoot() * gain[0, i] + bias[0, i]
      }
    }
    return y
  }

  package static func activation(_ kind: Activation, _ x: Double) -> Double {
    switch kind {
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .relu: max(x, 0)
    }
  }

  package static func softmax(_ scores: [Double]) -> [Double] {
    let largest = scores.max() ?? 0
    let exponentials = scores.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// Keys and values [N, columns] that every sequence attends to beside its own.
  package struct Prefix: Sendable {
    package var keys: DoubleMatrix
    package var values: DoubleMatrix

    package init(keys: DoubleMatrix, values: DoubleMatrix) {
      precondition(keys.rows == values.rows && keys.columns == values.columns)
      self.keys = keys
      self.values = values
    }
  }

  /// softmax(Q·[K₀; K]ᵀ/√d)·[V₀; V] for each head of each sequence; K₀ and V₀ are the prefix.
  package static func attention(
    queries: DoubleMatrix, keys: DoubleMatrix, values: DoubleMatrix, prefix: Prefix? = nil,
    lengths: [Int], heads: Int
  ) -> DoubleMatrix {
    let size = queries.columns / heads
    let shared = prefix.map { prefix in
      (0..<prefix.keys.rows).map { (prefix.keys.row($0), prefix.values.row($0)) }
    }
    var output = DoubleMatrix(rows: queries.rows, columns: queries.columns)
    var first = 0
    for length in lengths {
      let rows = first..<first + length
      let seen = (shared ?? []) + rows.map { (keys.row($0), values.row($0)) }
      for head in 0..<heads {
        let columns = head * size..<(head + 1) * size
        for row in rows {
          let scores = seen.map { key, _ in
            columns.reduce(0) { $0 + queries[row, $1] * key[$1] } / Double(size).squareRoot()
          }
          for ((_, value), probability) in zip(seen, softmax(scores)) {
            for column in columns { output[row, column] += probability * value[column] }
          }
        }
      }
      first += length
    }
    return output
  }

  /// γ·Σ softmax(w)ᵢ·hᵢ over layers of one shape; weights [1, layers].
  package static func layerMix(
    _ states: [DoubleMatrix], weights: DoubleMatrix, scale: Double
  ) -> DoubleMatrix {
    precondition(states.count == weights.columns && weights.rows == 1)
    var mixed = states[0].map { _ in 0 }
    for (state, share) in zip(states, softmax(weights.row(0))) {
      mixed = mixed + state.map { scale * share * $0 }
    }
    return mixed
  }

  /// −log softmax(logits)[target], summed over rows.
  package static func crossEntropy(_ logits: DoubleMatrix, targets: [Int]) -> Double {
    targets.indices.reduce(0) { $0 - log(softmax(logits.row($1))[targets[$1]]) }
  }

  /// x ∘ mask.
  package static func dropout(_ x: DoubleMatrix, mask: DoubleMatrix) -> DoubleMatrix {
    DoubleMatrix(
      rows: x.rows, columns: x.columns, values: zip(x.values, mask.values).map { $0 * $1 })
  }

  /// Linear layers with ReLU between them; parameters are weight and bias of each layer in turn.
  package static func multilayerPerceptron(
    _ x: DoubleMatrix, parameters: [DoubleMatrix]
  ) -> DoubleMatrix {
    var current = x
    for index in stride(from: 0, to: parameters.count, by: 2) {
      if index > 0 { current = current.map { activation(.relu, $0) } }
      current = linear(current, weight: parameters[index], bias: parameters[index + 1])
    }
    return current
  }
}
