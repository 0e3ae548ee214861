import CKernels
package import Kernels

/// Which layers a head reads.
public enum HeadLayers: String, Codable, CaseIterable, Hashable, Sendable {
  /// The last layer's output.
  case last
  /// A learned mix of the embedding's and every layer's output.
  case mix
}

/// A learned scalar mix of layers: y = γ · Σ softmax(w)ᵢ · xᵢ (ELMo, Peters et al. 2018, equation 1).
///
/// K layers, γ and w trained; w starts at 0, the mean, and γ at 1.
package struct LayerMix: Parameterized, Sendable {
  /// w, [1, K].
  package var weights: Parameter
  /// γ, [1, 1].
  package var scale: Parameter

  package init(layers: Int) {
    weights = Parameter("mix.weights", Matrix(rows: 1, columns: layers))
    scale = Parameter("mix.scale", Matrix(rows: 1, columns: 1, values: [1]))
  }

  /// As an adapter holds it.
  package init(weights: Matrix, scale: Matrix) {
    self.weights = Parameter("mix.weights", weights)
    self.scale = Parameter("mix.scale", scale)
  }

  /// softmax(w).
  private var shares: [Float] {
    let count = weights.value.columns
    var shares = [Float](repeating: 0, count: count)
    let values = weights.value.values
    let sum = enx_exp_sum(values, enx_max(values, count), &shares, count)
    for i in 0..<count { shares[i] /= sum }
    return shares
  }

  /// - Parameters:
  ///   - states: K matrices, [rows, columns] each.
  ///   - y: [rows, columns].
  package func forward(_ states: [Matrix], into y: inout Matrix) {
    let shares = shares
    precondition(states.count == shares.count)
    let count = states[0].count
    y.reshape(rows: states[0].rows, columns: states[0].columns)
    y.storage.withUnsafeMutableBufferPointer { y in
      for (index, state) in states.enumerated() {
        let factor = scale.value[0, 0] * shares[index]
        state.storage.withUnsafeBufferPointer { x in
          if index == 0 {
            for i in 0..<count { y[i] = factor * x[i] }
          } else {
            for i in 0..<count { y[i] += factor * x[i] }
          }
        }
      }
    }
  }

  /// From dy the gradient of each state, dxᵢ = γ·sᵢ·dy with s = softmax(w); adds to those of γ,
  /// Σ sᵢ·⟨dy, xᵢ⟩, and w, γ·sᵢ·(⟨dy, xᵢ⟩ − Σ sⱼ·⟨dy, xⱼ⟩).
  ///
  /// - Parameter dStates: K matrices; nil where only γ and w are trained.
  package mutating func backward(_ dy: Matrix, states: [Matrix], into dStates: inout [Matrix]) {
    addGradients(dy, states: states)
    let shares = shares
    let gamma = scale.value[0, 0]
    if dStates.count != states.count {
      dStates = Array(repeating: Matrix(), count: states.count)
    }
    let count = dy.count
    for index in states.indices {
      dStates[index].reshape(rows: dy.rows, columns: dy.columns)
      let factor = gamma * shares[index]
      dStates[index].storage.withUnsafeMutableBufferPointer { dx in
        dy.storage.withUnsafeBufferPointer { dy in
          for i in 0..<count { dx[i] = factor * dy[i] }
        }
      }
    }
  }

  /// The gradients of γ and w alone.
  package mutating func addGradients(_ dy: Matrix, states: [Matrix]) {
    let shares = shares
    let inner = states.map { enx_dot(dy.storage, $0.storage, dy.count) }
    var mean: Float = 0
    for (share, product) in zip(shares, inner) { mean += share * product }
    scale.gradient[0, 0] += mean
    let gamma = scale.value[0, 0]
    for index in states.indices {
      weights.gradient[0, index] += gamma * shares[index] * (inner[index] - mean)
    }
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try visit(&weights)
    try visit(&scale)
  }
}
