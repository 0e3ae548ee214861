/// y = x·Wᵀ + b, trained.
///
/// Shapes: x [rows, inputs], W [outputs, inputs], b [1, outputs], y [rows, outputs]. Backward needs x.
package struct Linear: Parameterized, Sendable {
  package var weight: Parameter
  package var bias: Parameter

  package var inputs: Int { weight.value.columns }
  package var outputs: Int { weight.value.rows }

  /// W and b uniform in ±1/√inputs, as `torch.nn.Linear` begins.
  package init(name: String, inputs: Int, outputs: Int, using random: inout RandomStream) {
    let bound = 1 / Float(inputs).squareRoot()
    weight = Parameter(
      "\(name).weight", .uniform(rows: outputs, columns: inputs, bound: bound, using: &random))
    bias = Parameter(
      "\(name).bias", .uniform(rows: 1, columns: outputs, bound: bound, using: &random))
  }

  /// W from N(0, deviation²) and b zero, as the heads of `transformers` begin (deviation 0.02).
  package init(
    name: String, inputs: Int, outputs: Int, deviation: Float, using random: inout RandomStream
  ) {
    weight = Parameter(
      "\(name).weight",
      .normal(rows: outputs, columns: inputs, deviation: deviation, using: &random))
    bias = Parameter("\(name).bias", Matrix(rows: 1, columns: outputs))
  }

  /// Given values: W [outputs, inputs], b [1, outputs].
  package init(name: String, weight: Matrix, bias: Matrix) {
    precondition(bias.rows == 1 && bias.columns == weight.rows)
    self.weight = Parameter("\(name).weight", weight)
    self.bias = Parameter("\(name).bias", bias)
  }

  package func forward(_ x: Matrix, into y: inout Matrix) {
    Affine.forward(
      x, weight: weight.value.storage, bias: bias.value.storage, outputs: outputs, into: &y)
  }

  /// dx = dy·W alone.
  package func backwardToInput(_ dy: Matrix, into dx: inout Matrix) {
    Affine.backward(dy, weight: weight.value.storage, inputs: inputs, into: &dx)
  }

  /// dx = dy·W; adds dyᵀ·x and the column sums of dy to the gradients.
  package mutating func backward(_ dy: Matrix, x: Matrix, into dx: inout Matrix) {
    addGradients(dy, x: x)
    backwardToInput(dy, into: &dx)
  }

  /// Adds dyᵀ·x and the column sums of dy to the gradients.
  package mutating func addGradients(_ dy: Matrix, x: Matrix) {
    let (rows, inputs, outputs) = (dy.rows, inputs, outputs)
    weight.gradient.storage.withUnsafeMutableBufferPointer { dw in
      dy.storage.withUnsafeBufferPointer { dy in
        x.storage.withUnsafeBufferPointer { x in
          guard let dw = dw.baseAddress, let dy = dy.baseAddress, let x = x.baseAddress
          else { return }
          Product.leftTransposed(
            dy, outputs, x, inputs, into: dw, inputs, m: outputs, n: inputs, k: rows, keep: 1)
        }
      }
    }
    bias.gradient.storage.withUnsafeMutableBufferPointer { db in
      dy.storage.withUnsafeBufferPointer { dy in
        for row in 0..<rows {
          for output in 0..<outputs { db[output] += dy[row * outputs + output] }
        }
      }
    }
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try visit(&weight)
    try visit(&bias)
  }
}
