import CKernels

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
///
/// Its products may be those of numbers rounded to bf16, 512 a cycle where AMX is.
package enum Attention {
  /// What its products are made of.
  package enum Form: Sendable {
    case float32
    /// Tiles of bf16; where a head has no multiple of 32 columns, float32 all the same.
    case tiles

    /// What goes with products of a precision on this machine.
    package init(_ arithmetic: Arithmetic) {
      self = arithmetic.precision != .float32 && enx_tiles_run() != 0 ? .tiles : .float32
    }
  }

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
  /// and one over the sum of exp(score − greatest), [heads, 2·rows]. In tiles that is made again.
  package struct Cache: Sendable {
    var statistics = Matrix()
    var form = Form.float32

    package init() {}
  }

  /// Buffers that calls share.
  package struct Workspace: Sendable {
    /// Turned keys of the prefix, of all heads; turned keys and values of one sequence, turned values of the
    /// prefix, and blocks of P and dP.
    var buffer = AlignedFloats()
    /// Statistics that nobody keeps.
    var cache = Cache()
    /// Of the batch that was begun.
    var form = Form.float32

    package init() {}
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    form: Form = .float32, into output: inout Matrix, workspace: inout Workspace
  ) {
    let (rows, columns) = (projected.rows, projected.columns / 3)
    precondition(rows == batch.rowCount)
    output.reshape(rows: rows, columns: columns)
    workspace.begin(prefix, columns: columns, heads: heads, batch: batch, form: form)
    projected.storage.withUnsafeBufferPointer { projected in
      output.storage.withUnsafeMutableBufferPointer { output in
        guard let projected = projected.baseAddress, let output = output.baseAddress
        else { return }
        forward(
          projected, columns: columns, prefix: prefix, batch: batch, rows: 0..<rows, heads: heads,
          into: output, workspace: &workspace)
      }
    }
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    form: Form = .float32, into output: inout Matrix, cache: inout Cache,
    workspace: inout Workspace
  ) {
    let rows = projected.rows
    let shape = AttentionHead.Shape(
      columns: projected.columns / 3, heads: heads, prefix: prefix, batch: batch,
      outputStride: projected.columns / 3)
    cache.form = shape.fitsTiles ? form : .float32
    guard cache.form == .float32 else {
      return forward(
        projected, prefix: prefix, batch: batch, heads: heads, form: form, into: &output,
        workspace: &workspace)
    }
    precondition(rows == batch.rowCount)
    output.reshape(rows: rows, columns: projected.columns / 3)
    cache.statistics.reshape(rows: heads, columns: 2 * rows)
    let columns = output.columns
    projected.storage.withUnsafeBufferPointer { projected in
      output.storage.withUnsafeMutableBufferPointer { output in
        cache.statistics.storage.withUnsafeMutableBufferPointer { statistics in
          guard let projected = projected.baseAddress, let output = output.baseAddress,
            let statistics = statistics.baseAddress
          else { return }
          workspace.begin(prefix, columns: columns, heads: heads, batch: batch)
          forward(
            projected, columns: columns, prefix: prefix, batch: batch, rows: 0..<rows, heads: heads,
            into: output, statistics: statistics, workspace: &workspace)
        }
      }
    }
  }

  /// What some rows of a batch give. `Workspace.begin` goes before the first of them.
  ///
  /// - Parameters:
  ///   - projected: as if of the whole batch; of the sequences that the rows belong to it is read.
  ///   - output: of the rows that are asked for, [rows, columns].
  package static func forward(
    _ projected: UnsafePointer<Float>, columns: Int, prefix: Prefix, batch: RaggedBatch,
    rows: Range<Int>, heads: Int, into output: UnsafeMutablePointer<Float>,
    workspace: inout Workspace
  ) {
    if workspace.form == .tiles {
      let shape = AttentionHead.Shape(
        columns: columns, heads: heads, prefix: prefix, batch: batch, outputStride: columns)
      workspace.buffer.withPointer { buffer in
        let output = output - rows.lowerBound * columns
        forEachHead(shape, projected, prefix, output, batch, rows) { head in
          head.forward(AttentionHead.TileRoom(buffer, shape, head: head.index, .forward))
        }
      }
      return
    }
    var cache = Cache()
    swap(&cache, &workspace.cache)
    cache.statistics.reshape(rows: heads, columns: 2 * rows.count)
    cache.statistics.storage.withUnsafeMutableBufferPointer { statistics in
      guard let statistics = statistics.baseAddress else { return }
      forward(
        projected, columns: columns, prefix: prefix, batch: batch, rows: rows, heads: heads,
        into: output, statistics: statistics, workspace: &workspace)
    }
    swap(&cache, &workspace.cache)
  }

  /// - Parameter statistics: of each head those of the rows that are asked for.
  private static func forward(
    _ projected: UnsafePointer<Float>, columns: Int, prefix: Prefix, batch: RaggedBatch,
    rows: Range<Int>, heads: Int, into output: UnsafeMutablePointer<Float>,
    statistics: UnsafeMutablePointer<Float>, workspace: inout Workspace
  ) {
    let shape = AttentionHead.Shape(
      columns: columns, heads: heads, prefix: prefix, batch: batch, outputStride: columns)
    workspace.buffer.withPointer { buffer in
      // As if they were of the whole batch.
      let output = output - rows.lowerBound * columns
      forEachHead(shape, projected, prefix, output, batch, rows) { head in
        let own = statistics + 2 * (head.index * rows.count - rows.lowerBound)
        head.forward(AttentionHead.Room(buffer, shape, head: head.index), statistics: own)
      }
    }
  }

  /// Calls `body` for each head.
  static func forEachHead(
    _ shape: AttentionHead.Shape, _ projected: UnsafePointer<Float>, _ prefix: Prefix,
    _ output: UnsafeMutablePointer<Float>, _ batch: RaggedBatch, _ rows: Range<Int>,
    _ body: (AttentionHead) -> Void
  ) {
    let sequences = batch.sequences(ofRows: rows)
    prefix.keys.storage.withUnsafeBufferPointer { prefixKeys in
      prefix.values.storage.withUnsafeBufferPointer { prefixValues in
        for index in 0..<shape.heads {
          let start = index * shape.size
          body(
            AttentionHead(
              index: index, batch: batch, sequences: sequences, rows: rows, shape: shape,
              queries: projected + start,
              prefixKeys: prefixKeys.baseAddress.map { $0 + start },
              prefixValues: prefixValues.baseAddress.map { $0 + start },
              output: output + start))
        }
      }
    }
  }
}

extension Attention.Workspace {
  /// Makes room for a batch and makes the prefix ready.
  package mutating func begin(
    _ prefix: Attention.Prefix, columns: Int, heads: Int, batch: RaggedBatch,
    form: Attention.Form = .float32
  ) {
    begin(prefix, columns: columns, heads: heads, batch: batch, form: form, .forward)
  }

  mutating func begin(
    _ prefix: Attention.Prefix, columns: Int, heads: Int, batch: RaggedBatch,
    form: Attention.Form, _ direction: TileDirection
  ) {
    let shape = AttentionHead.Shape(
      columns: columns, heads: heads, prefix: prefix, batch: batch, outputStride: columns)
    self.form = shape.fitsTiles ? form : .float32
    let inTiles = self.form == .tiles
    buffer.reserve(inTiles ? shape.tileRoomCount(direction) : shape.roomCount)
    guard prefix.count > 0 else { return }
    guard !inTiles else { return packPrefix(prefix, shape, direction) }
    buffer.withPointer { buffer in
      prefix.keys.storage.withUnsafeBufferPointer { keys in
        guard let keys = keys.baseAddress else { return }
        for head in 0..<heads {
          enx_pack_columns(
            keys + head * shape.size, columns, prefix.count, shape.size,
            AttentionHead.Room(buffer, shape, head: head).prefixKeys)
        }
      }
    }
  }
}
