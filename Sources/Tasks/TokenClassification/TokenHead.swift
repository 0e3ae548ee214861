package import Kernels

/// The head of token classification: a linear classifier over the hidden row of each word's first
/// wordpiece.
package struct TokenHead: Parameterized, Sendable {
  /// [tags, hidden].
  package var linear: Linear

  package var tagCount: Int { linear.outputs }

  /// W from N(0, 0.02²), b zero: as `BertForTokenClassification` begins.
  package init(hidden: Int, tagCount: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "head")
    linear = Linear(
      name: "head", inputs: hidden, outputs: tagCount, deviation: 0.02, using: &random)
  }

  /// As an adapter holds it: weight [tags, hidden], bias [1, tags].
  package init(weight: Matrix, bias: Matrix) {
    linear = Linear(name: "head", weight: weight, bias: bias)
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try linear.visitParameters(visit)
  }
}
