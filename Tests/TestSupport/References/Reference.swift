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

  /// softmax(Q·Kᵀ/√d)·V for each head of each sequence.
  package static func attention(
    queries: DoubleMatrix, keys: DoubleMatrix, values: DoubleMatrix, lengths: [Int], heads: Int
  ) -> DoubleMatrix {
    let size = queries.columns / heads
    var output = DoubleMatrix(rows: queries.rows, columns: queries.columns)
    var first = 0
    for length in lengths {
      let rows = first..<first + length
      for head in 0..<heads {
        let columns = head * size..<(head + 1) * size
        for row in rows {
          let scores = rows.map { other in
            columns.reduce(0) { $0 + queries[row, $1] * keys[other, $1] }
              / Double(size).squareRoot()
          }
          for (other, probability) in zip(rows, softmax(scores)) {
            for column in columns { output[row, column] += probability * values[other, column] }
          }
        }
      }
      first += length
    }
    return output
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
