package import Kernels

/// What a head reads of a word.
public enum HeadPooling: String, Codable, CaseIterable, Hashable, Sendable {
  /// The row of its first wordpiece (Devlin et al. 2019, section 5.3).
  case first
  /// The mean of the rows of its wordpieces.
  case mean
}

/// The head of token classification: a linear classifier over one row for each word.
package struct TokenHead: Parameterized, Sendable {
  /// [tags, hidden].
  package var linear: Linear

  package let pooling: HeadPooling

  package var tagCount: Int { linear.outputs }

  /// W from N(0, 0.02²), b zero: as `BertForTokenClassification` begins.
  package init(hidden: Int, tagCount: Int, pooling: HeadPooling = .first, seed: UInt64) {
    self.pooling = pooling
    var random = RandomStream(seed: seed, purpose: "head")
    linear = Linear(
      name: "head", inputs: hidden, outputs: tagCount, deviation: 0.02, using: &random)
  }

  /// As an adapter holds it: weight [tags, hidden], bias [1, tags].
  package init(weight: Matrix, bias: Matrix, pooling: HeadPooling = .first) {
    self.pooling = pooling
    linear = Linear(name: "head", weight: weight, bias: bias)
  }

  package mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
    try linear.visitParameters(visit)
  }
}
