import Foundation

/// A bidirectional LSTM over one sequence, in any number of layers (Hochreiter and Schmidhuber 1997;
/// the equations, gate order and initialisation of `torch.nn.LSTM`).
///
/// Layer k reads [length, inputs] (k = 0) or [length, 2·hidden] and gives [length, 2·hidden]: the
/// states of the forward direction beside those of the backward direction. Between layers comes
/// dropout, as `torch.nn.LSTM(dropout:)` has it.
package struct BidirectionalLSTM: Parameterized, Sendable {
  package var layers: [Layer]
  package let dropout: Float

  /// The two directions of one layer.
  package struct Layer: Sendable {
    package var forward: LSTMDirection
    package var backward: LSTMDirection
  }

  /// What backward needs.
  package struct Cache: Sendable {
    var layers: [LayerCache]
    var random: RandomStream?

    package init() { layers = [] }
  }

  struct LayerCache: Sendable {
    /// The layer's input, after dropout, [length, inputs].
    var input = Matrix()
    var dropout: Dropout.Cache?
    var forward = LSTMDirection.Cache()
    var backward = LSTMDirection.Cache()
  }

  package init(
    name: String, inputs: Int, hidden: Int, layers: Int, dropout: Float,
    using random: inout RandomStream
  ) {
    self.dropout = dropout
    self.layers = (0..<layers).map { layer in
      let width = layer == 0 ? inputs : 2 * hidden
      return Layer(
        forward: LSTMDirection(
          name: name, suffix: "l\(layer)", inputs: width, hidden: hidden, reversed: false,
          using: &random),
        backward: LSTMDirection(
          name: name, suffix: "l\(layer)_reverse", inputs: width, hidden: hidden, reversed: true,
          using: &random))
    }
  }

  /// - Parameter random: draws the dropout masks; nil where there is no dropout (inference).
  package func forward(
    _ x: Matrix, random: inout RandomStream?, cache: inout Cache
  ) -> Matrix {
    cache.layers = Array(repeating: LayerCache(), count: layers.count)
    var current = x
    for (index, layer) in layers.enumerated() {
      if index > 0, dropout > 0, var stream = random {
        var mask = Dropout.Cache()
        Dropout.forward(&current, rate: dropout, using: &stream, cache: &mask)
        cache.layers[index].dropout = mask
        random = stream
      }
      cache.layers[index].input = current
      let hidden = layer.forward.hidden
      var output = Matrix(rows: x.rows, columns: 2 * hidden)
      layer.forward.forward(
        current, into: &output, column: 0, cache: &cache.layers[index].forward)
      layer.backward.forward(
        current, into: &output, column: hidden, cache: &cache.layers[index].backward)
      current = output
    }
    return current
  }

  /// The gradient of x; adds to the gradients of the parameters.
  package mutating func backward(_ dy: Matrix, cache: Cache) -> Matrix {
    var gradient = dy
    for index in layers.indices.reversed() {
      let kept = cache.layers[index]
      var dx = Matrix(rows: kept.input.rows, columns: kept.input.columns)
      layers[index].forward.backward(
        gradient, column: 0, x: kept.input, cache: kept.forward, addingTo: &dx)
      layers[index].backward.backward(
        gradient, column: layers[index].forward.hidden, x: kept.input, cache: kept.backward,
        addingTo: &dx)
      if let mask = kept.dropout { Dropout.backward(&dx, cache: mask) }
      gradient = dx
    }
    return gradient
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    for index in layers.indices {
      try layers[index].forward.visitParameters(visit)
      try layers[index].backward.visitParameters(visit)
    }
  }
}

/// One direction of one LSTM layer. With gates in the order input, forget, cell, output:
///
///     [i f g o] = x(t)·W_ihᵀ + b_ih + h(t−1)·W_hhᵀ + b_hh
///     c(t) = σ(f)·c(t−1) + σ(i)·tanh(g),  h(t) = σ(o)·tanh(c(t))
///
/// Shapes: W_ih [4·hidden, inputs], W_hh [4·hidden, hidden], b [1, 4·hidden].
package struct LSTMDirection: Parameterized, Sendable {
  package var inputWeight: Parameter
  package var hiddenWeight: Parameter
  package var inputBias: Parameter
  package var hiddenBias: Parameter
  /// Whether time runs from the last row to the first.
  package let reversed: Bool

  package var hidden: Int { hiddenWeight.value.columns }

  /// What backward needs, all [length, …] by row of the input, whichever way time runs.
  package struct Cache: Sendable {
    /// σ(i), σ(f), tanh(g), σ(o), [length, 4·hidden].
    var gates = Matrix()
    /// c(t), [length, hidden].
    var cells = Matrix()
    /// tanh(c(t)), [length, hidden].
    var squashedCells = Matrix()
    /// h(t), [length, hidden].
    var states = Matrix()

    package init() {}
  }

  /// All parameters uniform in ±1/√hidden, as `torch.nn.LSTM` begins.
  init(
    name: String, suffix: String, inputs: Int, hidden: Int, reversed: Bool,
    using random: inout RandomStream
  ) {
    let bound = 1 / Float(hidden).squareRoot()
    func parameter(_ kind: String, _ rows: Int, _ columns: Int) -> Parameter {
      Parameter(
        "\(name).\(kind)_\(suffix)",
        .uniform(rows: rows, columns: columns, bound: bound, using: &random))
    }
    inputWeight = parameter("weight_ih", 4 * hidden, inputs)
    hiddenWeight = parameter("weight_hh", 4 * hidden, hidden)
    inputBias = parameter("bias_ih", 1, 4 * hidden)
    hiddenBias = parameter("bias_hh", 1, 4 * hidden)
    self.reversed = reversed
  }

  /// The rows in the order of time.
  private func steps(_ length: Int) -> [Int] {
    reversed ? Array((0..<length).reversed()) : Array(0..<length)
  }

  /// Writes h(t) into the columns `column..<column + hidden` of `output`'s rows.
  func forward(_ x: Matrix, into output: inout Matrix, column: Int, cache: inout Cache) {
    let (length, hidden) = (x.rows, hidden)
    var gates = Matrix()
    Affine.forward(
      x, weight: inputWeight.value.storage, bias: inputBias.value.storage, outputs: 4 * hidden,
      into: &gates)
    cache.cells = Matrix(rows: length, columns: hidden)
    cache.squashedCells = Matrix(rows: length, columns: hidden)
    cache.states = Matrix(rows: length, columns: hidden)
    var previous: Int?
    for row in steps(length) {
      addRecurrence(from: previous, of: cache.states, to: row, of: &gates)
      for j in 0..<hidden {
        let base = row * 4 * hidden + j
        let input = sigmoid(gates.storage[base])
        let forget = sigmoid(gates.storage[base + hidden])
        let candidate = tanh(gates.storage[base + 2 * hidden])
        let out = sigmoid(gates.storage[base + 3 * hidden])
        let before = previous.map { cache.cells[$0, j] } ?? 0
        let cell = forget * before + input * candidate
        let squashed = tanh(cell)
        gates.storage[base] = input
        gates.storage[base + hidden] = forget
        gates.storage[base + 2 * hidden] = candidate
        gates.storage[base + 3 * hidden] = out
        cache.cells[row, j] = cell
        cache.squashedCells[row, j] = squashed
        cache.states[row, j] = out * squashed
        output[row, column + j] = out * squashed
      }
      previous = row
    }
    cache.gates = gates
  }

  /// gates[row] += b_hh + h[previous]·W_hhᵀ.
  private func addRecurrence(
    from previous: Int?, of states: Matrix, to row: Int, of gates: inout Matrix
  ) {
    let hidden = hidden
    gates.storage.withUnsafeMutableBufferPointer { gates in
      guard let target = gates.baseAddress.map({ $0 + row * 4 * hidden }) else { return }
      for i in 0..<4 * hidden { target[i] += hiddenBias.value.storage[i] }
      guard let previous else { return }
      states.storage.withUnsafeBufferPointer { states in
        guard let state = states.baseAddress.map({ $0 + previous * hidden }) else { return }
        Product.transposed(
          state, hidden, hiddenWeight.value.storage, hidden, into: target, 4 * hidden,
          m: 1, n: 4 * hidden, k: hidden, keep: 1)
      }
    }
  }

  /// Takes the gradient of h(t) from the columns `column..<column + hidden` of `dOutput`; adds the
  /// gradient of x to `dx` and those of the parameters to their gradients.
  mutating func backward(
    _ dOutput: Matrix, column: Int, x: Matrix, cache: Cache, addingTo dx: inout Matrix
  ) {
    let (length, hidden) = (x.rows, hidden)
    var dGates = Matrix(rows: length, columns: 4 * hidden)
    var dState = [Float](repeating: 0, count: hidden)
    var dCell = [Float](repeating: 0, count: hidden)
    let order = steps(length)
    for (time, row) in order.enumerated().reversed() {
      let previous = time > 0 ? order[time - 1] : nil
      for j in 0..<hidden {
        let base = row * 4 * hidden + j
        let input = cache.gates.storage[base]
        let forget = cache.gates.storage[base + hidden]
        let candidate = cache.gates.storage[base + 2 * hidden]
        let out = cache.gates.storage[base + 3 * hidden]
        let squashed = cache.squashedCells[row, j]
        let dh = dOutput[row, column + j] + dState[j]
        let dc = dCell[j] + dh * out * (1 - squashed * squashed)
        let before = previous.map { cache.cells[$0, j] } ?? 0
        dGates.storage[base] = dc * candidate * input * (1 - input)
        dGates.storage[base + hidden] = dc * before * forget * (1 - forget)
        dGates.storage[base + 2 * hidden] = dc * input * (1 - candidate * candidate)
        dGates.storage[base + 3 * hidden] = dh * squashed * out * (1 - out)
        dCell[j] = dc * forget
      }
      // dh(t−1) = d[i f g o](t)·W_hh
      dGates.storage.withUnsafeBufferPointer { gates in
        guard let gates = gates.baseAddress else { return }
        Product.plain(
          gates + row * 4 * hidden, 4 * hidden, hiddenWeight.value.storage, hidden,
          into: &dState, hidden, m: 1, n: hidden, k: 4 * hidden)
      }
    }
    addGradients(dGates, x: x, states: cache.states, order: order)
    Affine.backward(
      dGates, weight: inputWeight.value.storage, inputs: x.columns, accumulate: true, into: &dx)
  }

  private mutating func addGradients(
    _ dGates: Matrix, x: Matrix, states: Matrix, order: [Int]
  ) {
    let (length, hidden) = (x.rows, hidden)
    // h(t−1) beside each row; zero before the first.
    var previous = Matrix(rows: length, columns: hidden)
    for (time, row) in order.enumerated() where time > 0 {
      for j in 0..<hidden { previous[row, j] = states[order[time - 1], j] }
    }
    Product.leftTransposed(
      dGates.storage, 4 * hidden, x.storage, x.columns,
      into: &inputWeight.gradient.storage, x.columns,
      m: 4 * hidden, n: x.columns, k: length, keep: 1)
    Product.leftTransposed(
      dGates.storage, 4 * hidden, previous.storage, hidden,
      into: &hiddenWeight.gradient.storage, hidden, m: 4 * hidden, n: hidden, k: length, keep: 1)
    for row in 0..<length {
      for i in 0..<4 * hidden {
        inputBias.gradient.storage[i] += dGates[row, i]
        hiddenBias.gradient.storage[i] += dGates[row, i]
      }
    }
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try visit(&inputWeight)
    try visit(&hiddenWeight)
    try visit(&inputBias)
    try visit(&hiddenBias)
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
}
