/// Values that never change, wherever they are kept.
package protocol FrozenValues: Sendable {
  /// Calls `body` with the first value; the pointer is valid only inside.
  func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R
}

/// y = x·Wᵀ + b with weights that are never trained, in the form that their engine multiplies fastest.
/// It works on tiles of rows, so that what comes before and after a product is done while the rows are
/// near.
///
/// Shapes: x [rows, inputs], W [outputs, inputs], b [outputs], y [rows, outputs].
package struct PackedLinear: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// [outputs]; zeros where the way is back.
  package let bias: [Float]
  let form: Form
  /// What the product reads. Known apart from the form, since taking that apart for every row would count
  /// references.
  let numbers: Precision
  /// For int8, of each output the scale and the sum of what its integers stand for, [outputs].
  private(set) var quantisation: (scales: [Float], totals: [Float]) = ([], [])

  enum Form: Sendable {
    /// For OpenBLAS, W where it lies: matrices of `outputs` rows each, one below the other; backward
    /// multiplies by W itself.
    case plain([any FrozenValues], outputs: Int, isBackward: Bool)
    case packed(ProductShape, AlignedMemory)
  }

  /// Several matrices of one shape, [outputs, inputs], as one: its outputs are those of the first, then
  /// those of the second, and so on.
  package init(
    _ weights: [any FrozenValues], biases: [any FrozenValues], inputs: Int, outputs: Int,
    arithmetic: Arithmetic, shapes: ProductShapes
  ) {
    self.inputs = inputs
    self.outputs = outputs * weights.count
    bias = biases.flatMap { values in
      values.withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: outputs)) }
    }
    (form, numbers, quantisation) = Self.packed(
      weights, inputs: inputs, outputs: outputs, arithmetic, shapes, isBackward: false)
  }

  /// The way back through such a layer, dx = dy·W: its inputs are the layer's outputs.
  ///
  /// - Parameter arithmetic: that of the layer; where its weights are 8-bit integers, W is what these
  ///   stand for.
  package init(
    backward weights: [any FrozenValues], inputs: Int, outputs: Int, arithmetic: Arithmetic,
    shapes: ProductShapes
  ) {
    self.inputs = outputs * weights.count
    self.outputs = inputs
    bias = [Float](repeating: 0, count: inputs)
    (form, numbers, quantisation) = Self.packed(
      weights, inputs: inputs, outputs: outputs, arithmetic, shapes, isBackward: true)
  }

  /// Weights packed for one way, or as they are where the engine packs none.
  private static func packed(
    _ weights: [any FrozenValues], inputs: Int, outputs: Int, _ arithmetic: Arithmetic,
    _ shapes: ProductShapes, isBackward: Bool
  ) -> (Form, Precision, (scales: [Float], totals: [Float])) {
    let all = outputs * weights.count
    let precision = isBackward ? arithmetic.ofBackward.precision : arithmetic.precision
    let shape =
      arithmetic.engine == .oneDNN
      ? shapes.shape(
        precision, inputs: isBackward ? all : inputs, outputs: isBackward ? inputs : all)
      : nil
    guard let shape else {
      return (.plain(weights, outputs: outputs, isBackward: isBackward), .float32, ([], []))
    }
    var quantisation: (scales: [Float], totals: [Float]) = ([], [])
    let memory = weights.withStack(size: inputs * outputs) { stack in
      guard arithmetic.precision == .int8 else { return shape.pack(stack, isPlain: isBackward) }
      let quantised = QuantisedWeights(stack, outputs: all, inputs: inputs)
      guard !isBackward else { return shape.pack(quantised.restored, isPlain: true) }
      quantisation = (quantised.scales, quantised.totals)
      return shape.pack(quantised.values, isPlain: false)
    }
    guard let memory else {
      return (.plain(weights, outputs: outputs, isBackward: isBackward), .float32, ([], []))
    }
    return (.packed(shape, memory), precision, quantisation)
  }

  /// Multiplies the first rows of a tile, all of which are lowered.
  package func multiply(_ tile: RowTile, rows: Int) {
    switch form {
    case .plain(let weights, let part, let isBackward):
      let (x, y) = (tile.floats, tile.sums.assumingMemoryBound(to: Float.self))
      for (index, weight) in weights.enumerated() {
        weight.withUnsafePointer { weight in
          if isBackward {
            Product.plain(
              x + index * part, inputs, weight, outputs, into: y, outputs, m: rows, n: outputs,
              k: part, keep: index == 0 ? 0 : 1, engine: .openBLAS)
          } else {
            Product.transposed(
              x, inputs, weight, inputs, into: y + index * part, outputs, m: rows, n: part,
              k: inputs, engine: .openBLAS)
          }
        }
      }
    case .packed(let shape, let weights):
      shape.multiply(tile.lowered, rows: rows, weights, into: tile.sums)
    }
  }
}

extension [any FrozenValues] {
  /// Calls `body` with the matrices one below the other: in place where there is one.
  func withStack<R>(size: Int, _ body: (UnsafePointer<Float>) -> R) -> R {
    if count == 1, let only = first { return only.withUnsafePointer(body) }
    let stack = flatMap { values in
      values.withUnsafePointer { Array<Float>(UnsafeBufferPointer(start: $0, count: size)) }
    }
    return stack.withUnsafeBufferPointer { stack in
      guard let stack = stack.baseAddress else { preconditionFailure("weights of no size") }
      return body(stack)
    }
  }
}
