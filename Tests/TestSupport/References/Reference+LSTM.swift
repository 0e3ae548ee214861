import Foundation

extension Reference {
  /// The layers of a bidirectional LSTM over one sequence, by the equations of `torch.nn.LSTM`.
  ///
  /// - Parameters:
  ///   - parameters: W_ih, W_hh, b_ih and b_hh of the forward direction of layer 0, of its backward
  ///     direction, then those of layer 1, and so on.
  ///   - masks: the dropout factors of the input of each layer; nil for none.
  package static func bidirectionalLSTM(
    _ x: DoubleMatrix, parameters: [DoubleMatrix], masks: [DoubleMatrix?] = []
  ) -> DoubleMatrix {
    var current = x
    for layer in 0..<parameters.count / 8 {
      if layer < masks.count, let mask = masks[layer] { current = dropout(current, mask: mask) }
      let own = Array(parameters[8 * layer..<8 * (layer + 1)])
      let forward = lstm(current, Array(own[..<4]), rows: Array(0..<x.rows))
      let backward = lstm(current, Array(own[4...]), rows: Array((0..<x.rows).reversed()))
      let hidden = forward.columns
      var output = DoubleMatrix(rows: x.rows, columns: 2 * hidden)
      for row in 0..<x.rows {
        for j in 0..<hidden {
          output[row, j] = forward[row, j]
          output[row, hidden + j] = backward[row, j]
        }
      }
      current = output
    }
    return current
  }

  /// One direction; `rows` are the rows in the order of time.
  private static func lstm(
    _ x: DoubleMatrix, _ parameters: [DoubleMatrix], rows: [Int]
  ) -> DoubleMatrix {
    let (inputWeight, hiddenWeight) = (parameters[0], parameters[1])
    let (inputBias, hiddenBias) = (parameters[2], parameters[3])
    let hidden = hiddenWeight.columns
    var state = [Double](repeating: 0, count: hidden)
    var cell = state
    var output = DoubleMatrix(rows: x.rows, columns: hidden)
    for row in rows {
      var gates = [Double](repeating: 0, count: 4 * hidden)
      for gate in gates.indices {
        gates[gate] = inputBias[0, gate] + hiddenBias[0, gate]
        for i in 0..<x.columns { gates[gate] += inputWeight[gate, i] * x[row, i] }
        for i in 0..<hidden { gates[gate] += hiddenWeight[gate, i] * state[i] }
      }
      for j in 0..<hidden {
        let input = sigmoid(gates[j])
        let forget = sigmoid(gates[hidden + j])
        let candidate = tanh(gates[2 * hidden + j])
        let out = sigmoid(gates[3 * hidden + j])
        cell[j] = forget * cell[j] + input * candidate
        state[j] = out * tanh(cell[j])
        output[row, j] = state[j]
      }
    }
    return output
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
