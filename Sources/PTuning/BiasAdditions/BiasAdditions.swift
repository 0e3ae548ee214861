package import Encoders
package import Kernels

/// Trained additions to the biases of every layer (BitFit, Ben Zaken et al. 2022); zero at first, so
/// that training begins from the encoder as it is.
package struct BiasAdditions: Parameterized, Sendable {
  /// For each layer its parts, in the order of `LayerBiases.parts`.
  private var layers: [[Parameter]]
  private var zeros: LayerBiases?

  /// No additions.
  package init() {
    layers = []
  }

  package init(isUsed: Bool, encoder: FrozenEncoder) {
    let configuration = encoder.configuration
    let zeros = LayerBiases(
      hidden: configuration.hiddenSize, intermediate: configuration.intermediateSize)
    self.zeros = zeros
    layers = (0..<(isUsed ? configuration.layerCount : 0)).map { layer in
      LayerBiases.parts.map { part in
        Parameter("bias.\(layer).\(part.name)", zeros[keyPath: part.path])
      }
    }
  }

  /// As the encoder reads them.
  package var values: [LayerBiases] {
    layers.compactMap { parameters in
      guard var biases = zeros else { return nil }
      for (part, parameter) in zip(LayerBiases.parts, parameters) {
        biases[keyPath: part.path] = parameter.value
      }
      return biases
    }
  }

  /// Adds to the gradients.
  package mutating func addGradients(_ gradients: [LayerBiases]) {
    for layer in layers.indices {
      for (index, part) in LayerBiases.parts.enumerated() {
        layers[layer][index].gradient.add(gradients[layer][keyPath: part.path])
      }
    }
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    for layer in layers.indices {
      for index in layers[layer].indices { try visit(&layers[layer][index]) }
    }
  }
}
