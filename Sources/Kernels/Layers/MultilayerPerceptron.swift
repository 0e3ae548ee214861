import Foundation

/// Linear layers with an elementwise function between them; none behind the last.
package struct MultilayerPerceptron: Parameterized, Sendable {
  /// What stands between the layers; its slope is known from its output.
  package enum Nonlinearity: Sendable {
    case relu
    case tanh

    fileprivate func forward(_ x: inout Matrix) {
      switch self {
      case .relu: Activation.relu.forward(&x)
      case .tanh: for i in 0..<x.count { x.storage[i] = tanhf(x.storage[i]) }
      }
    }

    /// dy becomes dx, in place; y is the output.
    fileprivate func backward(_ dy: inout Matrix, y: Matrix) {
      switch self {
      // What the ReLU let through is positive behind it as before it.
      case .relu: Activation.relu.backward(&dy, x: y)
      case .tanh: for i in 0..<y.count { dy.storage[i] *= 1 - y.storage[i] * y.storage[i] }
      }
    }
  }

  package var layers: [Linear]
  private let nonlinearity: Nonlinearity

  /// What backward needs.
  package struct Cache: Sendable {
    /// The input of each layer, after the function before it.
    var inputs: [Matrix] = []

    package init() {}
  }

  /// - Parameter widths: inputs of the first layer, then the outputs of each.
  package init(
    name: String, widths: [Int], nonlinearity: Nonlinearity = .relu,
    using random: inout RandomStream
  ) {
    self.nonlinearity = nonlinearity
    // Numbered as in a torch.nn.Sequential that counts the functions between: 0, 2, 4, …
    layers = (0..<widths.count - 1).map { index in
      Linear(
        name: "\(name).\(2 * index)", inputs: widths[index], outputs: widths[index + 1],
        using: &random)
    }
  }

  package func forward(_ x: Matrix, cache: inout Cache) -> Matrix {
    cache.inputs = []
    var current = x
    for (index, layer) in layers.enumerated() {
      if index > 0 { nonlinearity.forward(&current) }
      cache.inputs.append(current)
      layer.forward(cache.inputs[index], into: &current)
    }
    return current
  }

  /// The gradient of x; adds to the gradients of the parameters.
  package mutating func backward(_ dy: Matrix, cache: Cache) -> Matrix {
    var gradient = dy
    for index in layers.indices.reversed() {
      var dx = Matrix()
      layers[index].backward(gradient, x: cache.inputs[index], into: &dx)
      if index > 0 { nonlinearity.backward(&dx, y: cache.inputs[index]) }
      gradient = dx
    }
    return gradient
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    for index in layers.indices { try layers[index].visitParameters(visit) }
  }
}
