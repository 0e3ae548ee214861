/// A trainable matrix and the gradient of the loss with respect to it.
package struct Parameter: Sendable {
  package let name: String
  package var value: Matrix
  /// Summed by every backward since it was last set to zero; the shape of `value`.
  package var gradient: Matrix

  package init(_ name: String, _ value: Matrix) {
    self.name = name
    self.value = value
    gradient = Matrix(rows: value.rows, columns: value.columns)
  }
}

/// Something with trainable parameters, visited always in the same order.
package protocol Parameterized {
  mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows
}

extension Parameterized {
  /// Sets every gradient to zero.
  ///
  /// - Parameter threads: what a large gradient is shared out among.
  package mutating func zeroGradients(threads: Int = 1) {
    visitParameters { $0.gradient.setZero(threads: threads) }
  }

  /// Adds the gradients of a copy that went through another part of the batch.
  package mutating func addGradients(of copy: Self) {
    var gradients: [Matrix] = []
    var copy = copy
    copy.visitParameters { gradients.append($0.gradient) }
    var index = 0
    visitParameters {
      $0.gradient.add(gradients[index])
      index += 1
    }
  }

  /// The number of trained values.
  package var parameterCount: Int {
    var count = 0
    var copy = self
    copy.visitParameters { count += $0.value.count }
    return count
  }
}
