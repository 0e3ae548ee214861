package import Kernels

/// Which rows of which layers a head reads.
package struct EncoderReadout: Sendable {
  package enum Layers: Sendable {
    /// The last layer's output.
    case last
    /// The output of the embedding and of every layer.
    case all
  }

  /// Rows of the batch.
  package let rows: [Int]
  package let layers: Layers

  package init(rows: [Int], layers: Layers) {
    self.rows = rows
    self.layers = layers
  }

  /// How many outputs a pass through an encoder of so many layers gives.
  func stateCount(layers count: Int) -> Int { layers == .last ? 1 : count + 1 }

  /// Keeps the chosen rows where the output of a layer is asked for. Layers count from 1; 0 is the
  /// embedding.
  func take(_ hidden: Matrix, layer: Int, of count: Int, into states: inout [Matrix]) {
    if states.count != stateCount(layers: count) {
      states = Array(repeating: Matrix(), count: stateCount(layers: count))
    }
    switch layers {
    case .all: states[layer].gather(rows, of: hidden)
    case .last: if layer == count { states[0].gather(rows, of: hidden) }
    }
  }

  /// Adds the gradient of what was taken from a layer to that of the layer's output: the backward of
  /// `take`.
  func addGradients(_ states: [Matrix], layer: Int, of count: Int, to gradient: inout Matrix) {
    switch layers {
    case .all: gradient.addScattered(states[layer], to: rows)
    case .last: if layer == count { gradient.addScattered(states[0], to: rows) }
    }
  }
}

extension Matrix {
  /// Becomes the chosen rows of another matrix.
  package mutating func gather(_ chosen: [Int], of source: Matrix) {
    let columns = source.columns
    reshape(rows: chosen.count, columns: columns)
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, place) in chosen.enumerated() {
          for i in 0..<columns { target[row * columns + i] = source[place * columns + i] }
        }
      }
    }
  }

  /// Adds each row of another matrix to the chosen one: the backward of `gather`.
  package mutating func addScattered(_ source: Matrix, to chosen: [Int]) {
    let columns = source.columns
    precondition(source.rows == chosen.count && columns == self.columns)
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, place) in chosen.enumerated() {
          for i in 0..<columns { target[place * columns + i] += source[row * columns + i] }
        }
      }
    }
  }
}
