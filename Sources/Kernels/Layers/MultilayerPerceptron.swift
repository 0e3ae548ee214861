/// Linear layers with ReLU between them; the last has none.
package struct MultilayerPerceptron: Parameterized, Sendable {
  package var layers: [Linear]

  /// What backward needs.
  package struct Cache: Sendable {
    /// The input of each layer, after the ReLU before it.
    var inputs: [Matrix] = []

    package init() {}
  }

  /// - Parameter widths: inputs of the first layer, then the outputs of each.
  package init(name: String, widths: [Int], using random: inout RandomStream) {
    // Numbered as in a torch.nn.Sequential that counts the ReLUs: 0, 2, 4, …
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
      if index > 0 { Activation.relu.forward(&current) }
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
      // What the ReLU let through is positive behind it as before it.
      if index > 0 { Activation.relu.backward(&dx, x: cache.inputs[index]) }
      gradient = dx
    }
    return gradient
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    for index in layers.indices { try layers[index].visitParameters(visit) }
  }
}
