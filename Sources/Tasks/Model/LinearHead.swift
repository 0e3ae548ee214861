package import Kernels

/// The head of a task: a linear classifier over rows of the encoder's output.
package struct LinearHead: Parameterized, Sendable {
  /// [outputs, hidden].
  package var linear: Linear

  /// Which rows it reads.
  package let reading: RowReading

  package var outputs: Int { linear.outputs }

  /// W from N(0, 0.02²), b zero: as the heads of `BertForTokenClassification` and
  /// `BertForQuestionAnswering` begin.
  package init(
    hidden: Int, outputs: Int, reading: RowReading = .words(.first), seed: UInt64
  ) {
    self.reading = reading
    var random = RandomStream(seed: seed, purpose: "head")
    linear = Linear(
      name: "head", inputs: hidden, outputs: outputs, deviation: 0.02, using: &random)
  }

  /// As an adapter holds it: weight [outputs, hidden], bias [1, outputs].
  package init(weight: Matrix, bias: Matrix, reading: RowReading = .words(.first)) {
    self.reading = reading
    linear = Linear(name: "head", weight: weight, bias: bias)
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try linear.visitParameters(visit)
  }
}
