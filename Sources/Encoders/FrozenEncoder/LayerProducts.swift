import Kernels

/// The products of one layer, in the form that their engine multiplies fastest.
struct LayerProducts: Sendable {
  /// Queries, keys and values side by side, H → 3H.
  let projection: PackedLinear
  /// Behind attention, H → H.
  let attention: PackedLinear
  /// Into and out of the feed-forward block, H → I and I → H.
  let intermediate: PackedLinear
  let output: PackedLinear
  /// The same the way back, where prompts are trained.
  let backward: Backward?

  struct Backward: Sendable {
    let projection: PackedLinear
    let attention: PackedLinear
    let intermediate: PackedLinear
    let output: PackedLinear
  }

  init(
    _ weights: EncoderWeights.LayerWeights, arithmetic: Arithmetic, trains: Bool,
    shapes: ProductShapes
  ) {
    func forward(_ parts: EncoderWeights.LinearWeights...) -> PackedLinear {
      PackedLinear(
        parts.map(\.weight), biases: parts.map(\.bias), inputs: parts[0].inputs,
        outputs: parts[0].outputs, arithmetic: arithmetic, shapes: shapes)
    }
    func backward(_ parts: EncoderWeights.LinearWeights...) -> PackedLinear {
      PackedLinear(
        backward: parts.map(\.weight), inputs: parts[0].inputs, outputs: parts[0].outputs,
        arithmetic: arithmetic, shapes: shapes)
    }
    projection = forward(weights.query, weights.key, weights.value)
    attention = forward(weights.attentionOutput)
    intermediate = forward(weights.intermediate)
    output = forward(weights.output)
    self.backward =
      trains
      ? Backward(
        projection: backward(weights.query, weights.key, weights.value),
        attention: backward(weights.attentionOutput),
        intermediate: backward(weights.intermediate), output: backward(weights.output))
      : nil
  }
}

extension EncoderWeights.LinearWeights {
  var outputs: Int { weight.shape[0] }
  var inputs: Int { weight.shape[1] }
}

extension FrozenTensor: FrozenValues {}

/// The biases of a layer with what an adapter adds to them; [outputs] each.
struct SummedBiases: Sendable {
  private(set) var projection: [Float]
  private(set) var attention: [Float]
  private(set) var intermediate: [Float]
  private(set) var output: [Float]

  init(_ products: LayerProducts, adding additions: LayerBiases?) {
    projection = products.projection.bias
    attention = products.attention.bias
    intermediate = products.intermediate.bias
    output = products.output.bias
    guard let additions else { return }
    projection.add(additions.query, at: 0)
    projection.add(additions.key, at: additions.query.count)
    projection.add(additions.value, at: additions.query.count + additions.key.count)
    attention.add(additions.attention, at: 0)
    intermediate.add(additions.intermediate, at: 0)
    output.add(additions.output, at: 0)
  }
}

extension [Float] {
  /// Adds a row to what begins at a place.
  fileprivate mutating func add(_ row: Matrix, at place: Int) {
    for i in 0..<row.count { self[place + i] += row.storage[i] }
  }
}
