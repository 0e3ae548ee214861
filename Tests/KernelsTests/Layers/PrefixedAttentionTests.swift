import TestSupport
import Testing

@testable import Kernels

/// What the table of cases cannot say of attention with a prefix.
@Suite struct PrefixedAttentionTests {
  static let columns = 6
  static let heads = 3

  /// Rows of sequences of 3, 1 and 17, with a prefix of 5.
  private struct Example {
    let batch = RaggedBatch(lengths: [3, 1, 17])
    let drawn: [Matrix]
    let projected: Matrix
    let prefix: Attention.Prefix

    init() {
      let shape = (batch.rowCount, PrefixedAttentionTests.columns)
      drawn = LayerCases.normal("prefixed", [shape, shape, shape, shape])
      projected = .sideBySide(Array(drawn[..<3]))
      let shared = LayerCases.normal(
        "prefix", Array(repeating: (5, PrefixedAttentionTests.columns), count: 2))
      prefix = Attention.Prefix(keys: shared[0], values: shared[1])
    }

    func forward(_ prefix: Attention.Prefix, cache: inout Attention.Cache) -> Matrix {
      var y = Matrix()
      var workspace = Attention.Workspace()
      Attention.forward(
        projected, prefix: prefix, batch: batch, heads: PrefixedAttentionTests.heads, into: &y,
        cache: &cache, workspace: &workspace)
      return y
    }
  }

  @Test func pathsWithAndWithoutCachesAgree() {
    let example = Example()
    var cache = Attention.Cache()
    var workspace = Attention.Workspace()
    var plain = Matrix()
    Attention.forward(
      example.projected, prefix: example.prefix, batch: example.batch, heads: Self.heads,
      into: &plain, workspace: &workspace)
    #expect(example.forward(example.prefix, cache: &cache) == plain)
  }

  /// A prefix whose scores are far below those of the sequence is not seen; far above, nothing else.
  @Test func extremeScoresStayFinite() {
    let example = Example()
    var cache = Attention.Cache()
    let without = example.forward(Attention.Prefix(), cache: &cache)
    var prefix = example.prefix
    // A query's product with itself is the only one whose sign is known.
    for sign: Float in [-1, 1] {
      let query = example.drawn[0].row(3)
      for row in 0..<prefix.count {
        for i in 0..<Self.columns { prefix.keys[row, i] = sign * 1e4 * query[i] }
      }
      let y = example.forward(prefix, cache: &cache)
      #expect(y.isFinite)
      // All prefix keys are alike: the mean of their values.
      let mean = (0..<Self.columns).map { column in
        (0..<prefix.count).reduce(0) { $0 + prefix.values[$1, column] } / Float(prefix.count)
      }
      let expected = sign < 0 ? without.row(3) : mean
      #expect(zip(y.row(3), expected).allSatisfy { abs($0 - $1) < 1e-5 }, "sign \(sign)")
    }
  }

  /// The gradient of the prefix is added to what is there; the others replace it.
  @Test func theGradientOfThePrefixIsAdded() {
    let example = Example()
    var cache = Attention.Cache()
    _ = example.forward(example.prefix, cache: &cache)
    var workspace = Attention.Workspace()
    func backward(into dPrefix: inout Attention.Prefix) {
      var dProjected = Matrix()
      Attention.backward(
        example.drawn[3], projected: example.projected, prefix: example.prefix, cache: cache,
        batch: example.batch, heads: Self.heads, into: &dProjected, prefix: &dPrefix,
        workspace: &workspace)
    }
    let zeros = Matrix(rows: 5, columns: Self.columns)
    var once = Attention.Prefix(keys: zeros, values: zeros)
    backward(into: &once)
    var twice = once
    backward(into: &twice)
    for (first, second) in [(once.keys, twice.keys), (once.values, twice.values)] {
      #expect(first.values.contains { abs($0) > 1e-3 })
      #expect(zip(first.values, second.values).allSatisfy { abs(2 * $0 - $1) < 1e-5 })
    }
  }
}
