import CKernels

/// Multi-head self-attention over a ragged batch (Vaswani et al. 2017, section 3.2): each sequence
/// attends to itself alone, so there is nothing to mask.
///
/// For each sequence and head, with d = columns / heads: S = Q·Kᵀ/√d, P = softmax(S), output = P·V.
/// Shapes: queries, keys, values and output [rows, columns]; heads side by side in the columns.
package enum Attention {
  /// What backward needs beside queries, keys and values.
  package struct Cache: Sendable {
    /// P of every sequence and head, one after another; sequence s has heads · length(s)² of them.
    package var probabilities = Matrix()

    package init() {}
  }

  /// Buffers that calls share.
  package struct Workspace: Sendable {
    /// One sequence and head: P while inferring, dP while going back; [longest, longest].
    var square = Matrix()

    package init() {}
  }

  package static func forward(
    queries: Matrix, keys: Matrix, values: Matrix, batch: RaggedBatch, heads: Int,
    into output: inout Matrix, workspace: inout Workspace
  ) {
    output.reshape(rows: queries.rows, columns: queries.columns)
    let side = batch.longest
    workspace.square.reshape(rows: side, columns: side)
    workspace.square.storage.withUnsafeMutableBufferPointer { square in
      forEachHead(queries, keys, values, &output, batch, heads) { head, _ in
        guard let square = square.baseAddress else { return }
        head.forward(probabilities: square)
      }
    }
  }

  package static func forward(
    queries: Matrix, keys: Matrix, values: Matrix, batch: RaggedBatch, heads: Int,
    into output: inout Matrix, cache: inout Cache
  ) {
    output.reshape(rows: queries.rows, columns: queries.columns)
    let squares = (0..<batch.sequenceCount).reduce(0) {
      let length = batch.rows(of: $1).count
      return $0 + length * length
    }
    cache.probabilities.reshape(rows: heads, columns: squares)
    cache.probabilities.storage.withUnsafeMutableBufferPointer { probabilities in
      forEachHead(queries, keys, values, &output, batch, heads) { head, offset in
        guard let probabilities = probabilities.baseAddress else { return }
        head.forward(probabilities: probabilities + offset)
      }
    }
  }

  /// From dOutput the gradients of queries, keys and values:
  /// dV = Pᵀ·dO, dP = dO·Vᵀ, dS = P ∘ (dP − rowsum(dP ∘ P)), dQ = dS·K/√d, dK = dSᵀ·Q/√d.
  package static func backward(
    _ dOutput: Matrix, queries: Matrix, keys: Matrix, values: Matrix, cache: Cache,
    batch: RaggedBatch, heads: Int,
    intoQueries dQueries: inout Matrix, keys dKeys: inout Matrix, values dValues: inout Matrix,
    workspace: inout Workspace
  ) {
    let (rows, columns) = (queries.rows, queries.columns)
    dQueries.reshape(rows: rows, columns: columns)
    dKeys.reshape(rows: rows, columns: columns)
    dValues.reshape(rows: rows, columns: columns)
    let side = batch.longest
    workspace.square.reshape(rows: side, columns: side)
    dOutput.storage.withUnsafeBufferPointer { dOutput in
      dKeys.storage.withUnsafeMutableBufferPointer { dKeys in
        dValues.storage.withUnsafeMutableBufferPointer { dValues in
          cache.probabilities.storage.withUnsafeBufferPointer { probabilities in
            workspace.square.storage.withUnsafeMutableBufferPointer { square in
              forEachHead(queries, keys, values, &dQueries, batch, heads) { head, offset in
                guard let dO = dOutput.baseAddress, let dK = dKeys.baseAddress,
                  let dV = dValues.baseAddress, let p = probabilities.baseAddress,
                  let square = square.baseAddress
                else { return }
                head.backward(
                  dOutput: dO + head.start, probabilities: p + offset,
                  dKeys: dK + head.start, dValues: dV + head.start, dScores: square)
              }
            }
          }
        }
      }
    }
  }

  /// Calls `body` for each head of each sequence, with the place of its probabilities in a cache.
  private static func forEachHead(
    _ queries: Matrix, _ keys: Matrix, _ values: Matrix, _ output: inout Matrix,
    _ batch: RaggedBatch, _ heads: Int, _ body: (AttentionHead, Int) -> Void
  ) {
    let columns = queries.columns
    let size = columns / heads
    precondition(queries.rows == batch.rowCount && size * heads == columns)
    output.storage.withUnsafeMutableBufferPointer { output in
      queries.storage.withUnsafeBufferPointer { queries in
        keys.storage.withUnsafeBufferPointer { keys in
          values.storage.withUnsafeBufferPointer { values in
            guard let output = output.baseAddress, let queries = queries.baseAddress,
              let keys = keys.baseAddress, let values = values.baseAddress
            else { return }
            var offset = 0
            for sequence in 0..<batch.sequenceCount {
              let rows = batch.rows(of: sequence)
              for head in 0..<heads {
                let start = rows.lowerBound * columns + head * size
                body(
                  AttentionHead(
                    start: start, length: rows.count, size: size, stride: columns,
                    queries: queries + start, keys: keys + start, values: values + start,
                    output: output + start),
                  offset)
                offset += rows.count * rows.count
              }
            }
          }
        }
      }
    }
  }
}

/// One head of one sequence: `length` rows of `size` columns, `stride` apart.
private struct AttentionHead {
  let start: Int
  let length: Int
  let size: Int
  let stride: Int
  let queries: UnsafePointer<Float>
  let keys: UnsafePointer<Float>
  let values: UnsafePointer<Float>
  /// The output when going forward, the gradient of the queries when going back.
  let output: UnsafeMutablePointer<Float>

  var scale: Float { 1 / Float(size).squareRoot() }

  func forward(probabilities: UnsafeMutablePointer<Float>) {
    Product.transposed(
      queries, stride, keys, stride, into: probabilities, length,
      m: length, n: length, k: size, scale: scale)
    for row in 0..<length {
      let scores = probabilities + row * length
      let sum = enx_exp_sum(scores, enx_max(scores, length), scores, length)
      let inverse = 1 / sum
      for i in 0..<length { scores[i] *= inverse }
    }
    Product.plain(
      probabilities, length, values, stride, into: output, stride, m: length, n: size, k: length)
  }

  func backward(
    dOutput: UnsafePointer<Float>, probabilities: UnsafePointer<Float>,
    dKeys: UnsafeMutablePointer<Float>, dValues: UnsafeMutablePointer<Float>,
    dScores: UnsafeMutablePointer<Float>
  ) {
    Product.leftTransposed(
      probabilities, length, dOutput, stride, into: dValues, stride,
      m: length, n: size, k: length)
    Product.transposed(
      dOutput, stride, values, stride, into: dScores, length, m: length, n: length, k: size)
    for row in 0..<length {
      let gradient = dScores + row * length
      let p = probabilities + row * length
      let inner = enx_dot(gradient, p, length)
      for i in 0..<length { gradient[i] = p[i] * (gradient[i] - inner) }
    }
    Product.plain(
      dScores, length, keys, stride, into: output, stride,
      m: length, n: size, k: length, scale: scale)
    Product.leftTransposed(
      dScores, length, queries, stride, into: dKeys, stride,
      m: length, n: size, k: length, scale: scale)
  }
}
