import Kernels

/// Which rows of which layers a head reads: one row, or the mean of several, for each of its inputs.
package struct EncoderReadout: Sendable {
  package enum Layers: Sendable {
    /// The last layer's output.
    case last
    /// The output of the embedding and of every layer.
    case all
  }

  /// Rows of the batch; none is empty.
  package let rows: [Range<Int>]
  package let layers: Layers
  /// Whether the rows come one after another, none twice: others need not be made then.
  let isInOrder: Bool

  package init(rows: [Range<Int>], layers: Layers) {
    precondition(rows.allSatisfy { !$0.isEmpty })
    self.rows = rows
    self.layers = layers
    isInOrder = zip(rows, rows.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
  }

  package init(rows: [Int], layers: Layers) {
    self.init(rows: rows.map { $0..<$0 + 1 }, layers: layers)
  }

  /// The same where the rows that are read stand alone, one behind the other.
  var ofReadRows: EncoderReadout {
    var end = 0
    let rows = rows.map { range in
      defer { end += range.count }
      return end..<end + range.count
    }
    return EncoderReadout(rows: rows, layers: layers)
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
    case .all: states[layer].gatherMeans(rows, of: hidden)
    case .last: if layer == count { states[0].gatherMeans(rows, of: hidden) }
    }
  }

  /// Adds the gradient of what was taken from a layer to that of the layer's output: the backward of
  /// `take`.
  func addGradients(_ states: [Matrix], layer: Int, of count: Int, to gradient: inout Matrix) {
    switch layers {
    case .all: gradient.addSpread(states[layer], to: rows)
    case .last: if layer == count { gradient.addSpread(states[0], to: rows) }
    }
  }
}

extension Matrix {
  /// Becomes the means of the chosen rows of another matrix.
  fileprivate mutating func gatherMeans(_ chosen: [Range<Int>], of source: Matrix) {
    let columns = source.columns
    reshape(rows: chosen.count, columns: columns)
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, places) in chosen.enumerated() {
          let first = places.lowerBound * columns
          for i in 0..<columns { target[row * columns + i] = source[first + i] }
          guard places.count > 1 else { continue }
          for place in places.dropFirst() {
            for i in 0..<columns { target[row * columns + i] += source[place * columns + i] }
          }
          let share = 1 / Float(places.count)
          for i in 0..<columns { target[row * columns + i] *= share }
        }
      }
    }
  }

  /// Adds each row of another matrix, shared out evenly, to the chosen ones: the backward of
  /// `gatherMeans`.
  fileprivate mutating func addSpread(_ source: Matrix, to chosen: [Range<Int>]) {
    let columns = source.columns
    precondition(source.rows == chosen.count && columns == self.columns)
    source.storage.withUnsafeBufferPointer { source in
      storage.withUnsafeMutableBufferPointer { target in
        for (row, places) in chosen.enumerated() {
          let share = 1 / Float(places.count)
          for place in places {
            for i in 0..<columns {
              target[place * columns + i] += share * source[row * columns + i]
            }
          }
        }
      }
    }
  }
}
