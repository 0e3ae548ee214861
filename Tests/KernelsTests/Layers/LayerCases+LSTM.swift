import TestSupport

@testable import Kernels

extension LayerCases {
  static var lstm: [LayerCase] {
    let shapes: [(length: Int, inputs: Int, hidden: Int, layers: Int, dropout: Float)] = [
      (1, 1, 1, 1, 0), (1, 3, 2, 2, 0), (2, 5, 4, 1, 0), (5, 6, 4, 2, 0), (17, 2, 3, 2, 0),
      (4, 3, 5, 3, 0), (6, 3, 4, 2, 0.4),
    ]
    return shapes.map { shape in
      let name =
        "LSTM \(shape.length)×\(shape.inputs), \(shape.hidden) a direction, "
        + "\(shape.layers) layers, dropout \(shape.dropout)"
      var random = RandomStream(seed: seed, purpose: name)
      let template = BidirectionalLSTM(
        name: "lstm", inputs: shape.inputs, hidden: shape.hidden, layers: shape.layers,
        dropout: shape.dropout, using: &random)
      let x = normal(name + " x", [(shape.length, shape.inputs)])
      let masks = masks(template, x[0])
      return LayerCase(name, inputs: x + parameters(of: template)) { inputs in
        Reference.bidirectionalLSTM(inputs[0], parameters: Array(inputs[1...]), masks: masks)
      } layer: { inputs, upstream in
        var layer = template
        set(&layer, inputs[1...])
        var random: RandomStream? = maskStream
        var cache = BidirectionalLSTM.Cache()
        let y = layer.forward(inputs[0], random: &random, cache: &cache)
        let dx = layer.backward(upstream, cache: cache)
        return LayerCase.Result(value: y, gradients: [dx] + gradients(of: layer))
      }
    }
  }

  private static var maskStream: RandomStream { RandomStream(seed: seed, purpose: "LSTM masks") }

  /// The masks that the LSTM draws from `maskStream`.
  private static func masks(_ layer: BidirectionalLSTM, _ x: Matrix) -> [DoubleMatrix?] {
    var random: RandomStream? = maskStream
    var cache = BidirectionalLSTM.Cache()
    _ = layer.forward(x, random: &random, cache: &cache)
    return cache.layers.map { kept in kept.dropout.map { DoubleMatrix($0.mask) } }
  }
}
