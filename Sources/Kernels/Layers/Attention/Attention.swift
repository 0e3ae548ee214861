/// Multi-head self-attention over a ragged batch (Vaswani et al. 2017, section 3.2): each sequence
/// attends to itself and to a prefix that all share (Li and Liang 2021, section 4), so there is
/// nothing to mask.
///
/// For each sequence and head, with d = columns / heads, K' and V' the prefix's keys and values above
/// the sequence's: S = Q·K'ᵀ/√d, P = softmax(S), output = P·V'.
/// Shapes: queries, keys and values side by side in one matrix, [rows, 3·columns]; output [rows, columns];
/// heads side by side in the columns of each.
///
/// Scores are made for some rows of a sequence at a time, so that memory grows with its length and not with
/// the square of it. Backward makes them again rather than keep them (Dao et al. 2022, section 3.1).
package enum Attention {
  /// Keys and values that every row attends to beside those of its own sequence, [N, columns] each;
  /// N may be 0.
  package struct Prefix: Sendable, Equatable {
    package var keys: Matrix
    package var values: Matrix

    /// N.
    package var count: Int { keys.rows }

    package init(keys: Matrix = Matrix(), values: Matrix = Matrix()) {
      precondition(keys.rows == values.rows && keys.columns == values.columns)
      self.keys = keys
      self.values = values
    }
  }

  /// What backward needs beside queries, keys, values and prefix: of every head and row the greatest score
  /// and one over the sum of exp(score − greatest), [heads, 2·rows].
  package struct Cache: Sendable {
    var statistics = Matrix()

    package init() {}
  }

  /// Buffers that calls share.
  package struct Workspace: Sendable {
    /// Turned keys and values of one sequence and of the prefix, and blocks of P and dP.
    var buffer: [Float] = []
    /// Statistics that nobody keeps.
    var cache = Cache()

    package init() {}
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    into output: inout Matrix, workspace: inout Workspace
  ) {
    var cache = Cache()
    swap(&cache, &workspace.cache)
    forward(
      projected, prefix: prefix, batch: batch, heads: heads, into: &output, cache: &cache,
      workspace: &workspace)
    swap(&cache, &workspace.cache)
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    into output: inout Matrix, cache: inout Cache, workspace: inout Workspace
  ) {
    let rows = projected.rows
    output.reshape(rows: rows, columns: projected.columns / 3)
    cache.statistics.reshape(rows: heads, columns: 2 * rows)
    let shape = AttentionHead.Shape(projected, prefix, batch, heads, output: output)
    workspace.reserve(shape)
    cache.statistics.storage.withUnsafeMutableBufferPointer { statistics in
      workspace.buffer.withUnsafeMutableBufferPointer { buffer in
        guard let statistics = statistics.baseAddress, let buffer = buffer.baseAddress else {
          return
        }
        forEachHead(shape, projected, prefix, &output, batch) { head in
          head.forward(
            AttentionHead.Room(buffer, shape), statistics: statistics + head.index * 2 * rows)
        }
      }
    }
  }

  /// Calls `body` for each head.
  static func forEachHead(
    _ shape: AttentionHead.Shape, _ projected: Matrix, _ prefix: Prefix, _ output: inout Matrix,
    _ batch: RaggedBatch, _ body: (AttentionHead) -> Void
  ) {
    output.storage.withUnsafeMutableBufferPointer { output in
      projected.storage.withUnsafeBufferPointer { projected in
        prefix.keys.storage.withUnsafeBufferPointer { prefixKeys in
          prefix.values.storage.withUnsafeBufferPointer { prefixValues in
            guard let output = output.baseAddress, let projected = projected.baseAddress
            else { return }
            for index in 0..<shape.heads {
              let start = index * shape.size
              body(
                AttentionHead(
                  index: index, batch: batch, shape: shape, queries: projected + start,
                  prefixKeys: prefixKeys.baseAddress.map { $0 + start },
                  prefixValues: prefixValues.baseAddress.map { $0 + start },
                  output: output + start))
            }
          }
        }
      }
    }
  }
}

extension Attention.Workspace {
  mutating func reserve(_ shape: AttentionHead.Shape) {
    if buffer.count < shape.roomCount {
      buffer = [Float](repeating: 0, count: shape.roomCount)
    }
  }
}
