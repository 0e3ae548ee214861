/// Multi-head self-attention over a ragged batch (Vaswani et al. 2017, section 3.2): each sequence
/// attends to itself and to a prefix that all share (Li and Liang 2021, section 4), so there is
/// nothing to mask.
///
/// For each sequence and head, with d = columns / heads, K' and V' the prefix's keys and values above
/// the sequence's: S = Q·K'ᵀ/√d, P = softmax(S), output = P·V'.
/// Shapes: queries, keys and values side by side in one matrix, [rows, 3·columns]; output [rows, columns];
/// heads side by side in the columns of each.
///
/// What concerns the prefix is one product for all sequences of a head.
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

  /// What backward needs beside queries, keys, values and prefix.
  package struct Cache: Sendable {
    /// P of every head and sequence, one after another; sequence s has length(s)² of a head's.
    var probabilities = Matrix()
    /// The columns of P that are the prefix's: of every head, [rows, N].
    var prefixProbabilities = Matrix()

    package init() {}
  }

  /// Buffers that calls share.
  package struct Workspace: Sendable {
    /// One sequence and head: P while inferring, dP while going back; [longest, longest].
    var square = Matrix()
    /// One head: the prefix's columns of P or dP, [rows, N].
    var prefix = Matrix()

    package init() {}
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    into output: inout Matrix, workspace: inout Workspace
  ) {
    output.reshape(rows: projected.rows, columns: projected.columns / 3)
    workspace.square.reshape(rows: batch.longest, columns: batch.longest)
    workspace.prefix.reshape(rows: projected.rows, columns: prefix.count)
    workspace.square.storage.withUnsafeMutableBufferPointer { square in
      workspace.prefix.storage.withUnsafeMutableBufferPointer { prefixSquare in
        forEachHead(projected, prefix, &output, batch, heads) { head in
          guard let square = square.baseAddress else { return }
          // The same square serves every sequence.
          head.forward(prefixSquare.baseAddress) { _ in square }
        }
      }
    }
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    into output: inout Matrix, cache: inout Cache
  ) {
    output.reshape(rows: projected.rows, columns: projected.columns / 3)
    let squares = squareCount(batch)
    let prefixSize = projected.rows * prefix.count
    cache.probabilities.reshape(rows: heads, columns: squares)
    cache.prefixProbabilities.reshape(rows: heads, columns: prefixSize)
    cache.probabilities.storage.withUnsafeMutableBufferPointer { probabilities in
      cache.prefixProbabilities.storage.withUnsafeMutableBufferPointer { prefixProbabilities in
        forEachHead(projected, prefix, &output, batch, heads) { head in
          guard let probabilities = probabilities.baseAddress else { return }
          let own = probabilities + head.index * squares
          head.forward(prefixProbabilities.baseAddress.map { $0 + head.index * prefixSize }) {
            own + $0
          }
        }
      }
    }
  }

  /// Σ length² over the sequences.
  static func squareCount(_ batch: RaggedBatch) -> Int {
    (0..<batch.sequenceCount).reduce(0) {
      let length = batch.rows(of: $1).count
      return $0 + length * length
    }
  }

  /// Calls `body` for each head.
  ///
  /// - Parameter output: [rows, columns], or [rows, 3·columns] with what each head writes in the first
  ///   third.
  static func forEachHead(
    _ projected: Matrix, _ prefix: Prefix, _ output: inout Matrix, _ batch: RaggedBatch,
    _ heads: Int, _ body: (AttentionHead) -> Void
  ) {
    let columns = projected.columns / 3
    let size = columns / heads
    let outputStride = output.columns
    precondition(projected.rows == batch.rowCount && 3 * size * heads == projected.columns)
    precondition(prefix.count == 0 || prefix.keys.columns == columns)
    output.storage.withUnsafeMutableBufferPointer { output in
      projected.storage.withUnsafeBufferPointer { projected in
        prefix.keys.storage.withUnsafeBufferPointer { prefixKeys in
          prefix.values.storage.withUnsafeBufferPointer { prefixValues in
            guard let output = output.baseAddress, let queries = projected.baseAddress
            else { return }
            for head in 0..<heads {
              let start = head * size
              body(
                AttentionHead(
                  index: head, batch: batch, size: size, columns: columns,
                  prefixCount: prefix.count, queries: queries + start,
                  prefixKeys: prefixKeys.baseAddress.map { $0 + start },
                  prefixValues: prefixValues.baseAddress.map { $0 + start },
                  output: output + start, outputStride: outputStride))
            }
          }
        }
      }
    }
  }
}
