package import Kernels

/// The gradient of sum(G ∘ f(x)) with respect to x by central differences,
/// (L(x + h·e) − L(x − h·e)) / 2h for each value: in double precision with h = 1e-4 the error is
/// about h²·L‴/6, some 1e-8.
package func centralDifferences(
  at x: DoubleMatrix, upstream: DoubleMatrix, step: Double = 1e-4,
  of function: (DoubleMatrix) -> DoubleMatrix
) -> DoubleMatrix {
  var gradient = DoubleMatrix(rows: x.rows, columns: x.columns)
  var moved = x
  for index in x.values.indices {
    moved.values[index] = x.values[index] + step
    let above = upstream.inner(function(moved))
    moved.values[index] = x.values[index] - step
    let below = upstream.inner(function(moved))
    moved.values[index] = x.values[index]
    gradient.values[index] = (above - below) / (2 * step)
  }
  return gradient
}

/// One row of a table that holds a layer's forward and backward to a reference: the forward to the
/// reference's values, the backward to its central differences.
package struct LayerCase: Sendable, CustomStringConvertible {
  /// What the layer under test gives for inputs and the gradient of its output.
  package struct Result {
    package let value: Matrix
    /// Of each input, in order.
    package let gradients: [Matrix]

    package init(value: Matrix, gradients: [Matrix]) {
      self.value = value
      self.gradients = gradients
    }
  }

  /// How far the layer was from the reference, in units of the largest reference value.
  package struct Differences: Sendable {
    package let value: Double
    /// Of each input, in order.
    package let gradients: [Double]
  }

  package let description: String
  /// Everything that is differentiated: inputs and trained parameters.
  package let inputs: [Matrix]
  /// What the forward's difference must stay under.
  package let valueTolerance: Double
  /// What each gradient's difference must stay under.
  package let gradientTolerance: Double
  let reference: @Sendable ([DoubleMatrix]) -> DoubleMatrix
  let layer: @Sendable (_ inputs: [Matrix], _ upstream: Matrix) -> Result

  package init(
    _ description: String, inputs: [Matrix], valueTolerance: Double = 2e-6,
    gradientTolerance: Double = 5e-6,
    reference: @escaping @Sendable ([DoubleMatrix]) -> DoubleMatrix,
    layer: @escaping @Sendable (_ inputs: [Matrix], _ upstream: Matrix) -> Result
  ) {
    self.description = description
    self.inputs = inputs
    self.valueTolerance = valueTolerance
    self.gradientTolerance = gradientTolerance
    self.reference = reference
    self.layer = layer
  }

  /// Runs the layer and its reference for the loss sum(G ∘ y), G normally distributed.
  package func differences(seed: UInt64) -> Differences {
    let exact = inputs.map(DoubleMatrix.init)
    let expected = reference(exact)
    var random = RandomStream(seed: seed, purpose: "upstream " + description)
    let upstream = Matrix.normal(
      rows: expected.rows, columns: expected.columns, deviation: 1, using: &random)
    let result = layer(inputs, upstream)
    precondition(result.gradients.count == inputs.count, "one gradient for each input")
    let gradients = inputs.indices.map { index in
      centralDifferences(at: exact[index], upstream: DoubleMatrix(upstream)) { moved in
        var inputs = exact
        inputs[index] = moved
        return reference(inputs)
      }.difference(from: result.gradients[index])
    }
    return Differences(value: expected.difference(from: result.value), gradients: gradients)
  }
}
