import CKernels
import TestSupport
import Testing

@testable import Kernels

/// Attention in tiles of bf16, on processors that have them.
@Suite(.enabled(if: enx_tiles_run() != 0, "this processor multiplies no tiles (AMX)"))
struct TiledAttentionTests {
  /// Lengths about those of a tile, of a block of rows, and of several.
  @Test(arguments: [(1, 32, 0), (2, 64, 5), (3, 96, 32), (2, 128, 33)])
  func sumsAreThoseOfTheReference(heads: Int, columns: Int, prefixCount: Int) {
    let lengths = [1, 15, 16, 17, 31, 32, 33, 65, 130]
    let batch = RaggedBatch(lengths: lengths)
    let own = (batch.rowCount, columns)
    let x = LayerCases.normal(
      "tiles", [own, own, own, (prefixCount, columns), (prefixCount, columns)])
    let expected = Reference.attention(
      queries: DoubleMatrix(x[0]), keys: DoubleMatrix(x[1]), values: DoubleMatrix(x[2]),
      prefix: Reference.Prefix(keys: DoubleMatrix(x[3]), values: DoubleMatrix(x[4])),
      lengths: lengths, heads: heads)
    var y = Matrix()
    var workspace = Attention.Workspace()
    Attention.forward(
      .sideBySide(Array(x[..<3])), prefix: Attention.Prefix(keys: x[3], values: x[4]),
      batch: batch, heads: heads, form: .tiles, into: &y, workspace: &workspace)
    #expect(workspace.cache.form == .tiles)
    // Numbers of 8 bits, errors of 2⁻⁹ in each; sums of many lie nearer.
    #expect(expected.difference(from: y) < 0.02)
    let squares = zip(expected.values, y.values).map { ($0 - Double($1)) * ($0 - Double($1)) }
    let rms = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    #expect(rms < 0.003)
  }

  /// Gradients beside those of floats, which are held against differences.
  @Test(arguments: [(1, 32, 0), (2, 64, 5), (3, 96, 32), (2, 128, 33)])
  func gradientsAreThoseOfFloats(heads: Int, columns: Int, prefixCount: Int) {
    let batch = RaggedBatch(lengths: [1, 16, 17, 33, 70])
    let own = (batch.rowCount, columns)
    let shared = (prefixCount, columns)
    let x = LayerCases.normal("gradients", [own, own, own, own, shared, shared])
    let projected = Matrix.sideBySide(Array(x[..<3]))
    let prefix = Attention.Prefix(keys: x[4], values: x[5])
    func gradients(_ form: Attention.Form) -> [Matrix] {
      var (y, workspace, cache) = (Matrix(), Attention.Workspace(), Attention.Cache())
      Attention.forward(
        projected, prefix: prefix, batch: batch, heads: heads, form: form, into: &y, cache: &cache,
        workspace: &workspace)
      var dProjected = Matrix()
      // What is there already is added to.
      let ones = Matrix(
        rows: prefixCount, columns: columns,
        values: Array(repeating: 1, count: prefixCount * columns))
      var dPrefix = Attention.Prefix(keys: ones, values: ones)
      Attention.backward(
        x[3], projected: projected, prefix: prefix, cache: cache, batch: batch, heads: heads,
        into: &dProjected, prefix: &dPrefix, workspace: &workspace)
      return dProjected.parts(of: columns) + [dPrefix.keys, dPrefix.values]
    }
    let names = ["queries", "keys", "values", "prefix keys", "prefix values"]
    for (name, (floats, tiles)) in zip(names, zip(gradients(.float32), gradients(.tiles))) {
      let squares = zip(floats.values, tiles.values).map { ($0 - $1) * ($0 - $1) }
      let size = floats.values.reduce(0) { $0 + $1 * $1 }
      #expect(squares.reduce(0, +) <= 1e-4 * size, "\(name)")
    }
  }

  /// Rows of a sequence that is shared out are those of the whole.
  @Test func someRowsAreThoseOfTheWhole() {
    let batch = RaggedBatch(lengths: [40, 70])
    let own = (batch.rowCount, 64)
    let projected = Matrix.sideBySide(LayerCases.normal("rows", [own, own, own]))
    var (whole, workspace) = (Matrix(), Attention.Workspace())
    Attention.forward(
      projected, batch: batch, heads: 2, form: .tiles, into: &whole, workspace: &workspace)
    var some = Matrix(rows: 50, columns: 64)
    projected.storage.withUnsafeBufferPointer { projected in
      some.storage.withUnsafeMutableBufferPointer { some in
        guard let projected = projected.baseAddress, let some = some.baseAddress else { return }
        Attention.forward(
          projected, columns: 64,
          prefixes: Attention.SequencePrefixes([Attention.PackedPrefix()], owners: []),
          batch: batch, rows: 55..<105, heads: 2, form: .tiles, into: some, workspace: &workspace)
      }
    }
    #expect(some.values == Array(whole.values[(55 * 64)..<(105 * 64)]))
  }

  /// Scores of either sign far beyond what exp has numbers for, and neighbours that are none.
  @Test func extremesStayFiniteAndSequencesApart() {
    let lengths = [20, 3]
    let x = LayerCases.normal("extreme", [(20, 32), (20, 32), (20, 32)], deviation: 100)
    let expected = Reference.attention(
      queries: DoubleMatrix(x[0]), keys: DoubleMatrix(x[1]), values: DoubleMatrix(x[2]),
      lengths: [20], heads: 1)
    let nothing = Array(repeating: Float.nan, count: 3 * 32)
    let padded = x.map { Matrix(rows: 23, columns: 32, values: $0.values + nothing) }
    var (y, workspace) = (Matrix(), Attention.Workspace())
    Attention.forward(
      .sideBySide(padded), batch: RaggedBatch(lengths: lengths), heads: 1, form: .tiles, into: &y,
      workspace: &workspace)
    let own = Matrix(rows: 20, columns: 32, values: Array(y.values[..<(20 * 32)]))
    #expect(own.isFinite)
    // One key has all the weight: the value is there but for its rounding.
    #expect(expected.difference(from: own) < 2)
    #expect(y.values.dropFirst(20 * 32).allSatisfy { $0.isNaN })
  }

  @Test func headsThatFillNoTileAreOfFloats() {
    let own = (5, 48)
    let projected = Matrix.sideBySide(LayerCases.normal("narrow", [own, own, own]))
    var (tiles, floats, workspace) = (Matrix(), Matrix(), Attention.Workspace())
    let batch = RaggedBatch(lengths: [5])
    Attention.forward(
      projected, batch: batch, heads: 2, form: .tiles, into: &tiles, workspace: &workspace)
    Attention.forward(projected, batch: batch, heads: 2, into: &floats, workspace: &workspace)
    #expect(tiles == floats)
  }
}
