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
    /// Where heads work, one after another.
    var buffer = AlignedFloats()
    /// Statistics that nobody keeps.
    var cache = Cache()
    /// A prefix that was not packed before.
    var prefix = PackedPrefix()

    package init() {}
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    form: Form = .float32, into output: inout Matrix, workspace: inout Workspace
  ) {
    var cache = Cache()
    swap(&cache, &workspace.cache)
    forward(
      projected, prefix: prefix, batch: batch, heads: heads, form: form, into: &output,
      cache: &cache, workspace: &workspace)
    swap(&cache, &workspace.cache)
  }

  package static func forward(
    _ projected: Matrix, prefix: Prefix = Prefix(), batch: RaggedBatch, heads: Int,
    form: Form = .float32, into output: inout Matrix, cache: inout Cache,
    workspace: inout Workspace
  ) {
    let (rows, columns) = (projected.rows, projected.columns / 3)
    precondition(rows == batch.rowCount)
    output.reshape(rows: rows, columns: columns)
    workspace.prefix.become(prefix, columns: columns, heads: heads, form: form)
    let prefixes = SequencePrefixes([workspace.prefix], owners: [])
    projected.storage.withUnsafeBufferPointer { projected in
      output.storage.withUnsafeMutableBufferPointer { output in
        guard let projected = projected.baseAddress, let output = output.baseAddress
        else { return }
        forward(
          projected, columns: columns, prefixes: prefixes, batch: batch, rows: 0..<rows,
          heads: heads, form: form, into: output, cache: &cache, workspace: &workspace)
      }
    }
  }

  /// What some rows of a batch give.
  ///
  /// - Parameters:
  ///   - projected: as if of the whole batch; of the sequences that the rows belong to it is read.
  ///   - prefixes: packed for the same form.
  ///   - output: of the rows that are asked for, [rows, columns].
  package static func forward(
    _ projected: UnsafePointer<Float>, columns: Int, prefixes: SequencePrefixes,
    batch: RaggedBatch, rows: Range<Int>, heads: Int, form: Form,
    into output: UnsafeMutablePointer<Float>, workspace: inout Workspace
  ) {
    var cache = Cache()
    swap(&cache, &workspace.cache)
    forward(
      projected, columns: columns, prefixes: prefixes, batch: batch, rows: rows, heads: heads,
      form: form, into: output, cache: &cache, workspace: &workspace)
    swap(&cache, &workspace.cache)
  }

  private static func forward(
    _ projected: UnsafePointer<Float>, columns: Int, prefixes: SequencePrefixes,
    batch: RaggedBatch, rows: Range<Int>, heads: Int, form: Form,
    into output: UnsafeMutablePointer<Float>, cache: inout Cache, workspace: inout Workspace
  ) {
    let shape = AttentionHead.Shape(
      columns: columns, heads: heads, prefixCount: prefixes.count, batch: batch,
      outputStride: columns)
    cache.form = shape.form(form)
    let inTiles = cache.form == .tiles
    workspace.buffer.reserve(inTiles ? shape.tileRoomCount(.forward) : shape.roomCount)
    if !inTiles { cache.statistics.reshape(rows: heads, columns: 2 * rows.count) }
    // As if they were of the whole batch.
    let output = output - rows.lowerBound * columns
    workspace.buffer.withPointer { buffer in
      cache.statistics.storage.withUnsafeMutableBufferPointer { statistics in
        for index in 0..<heads {
          prefixes.forEachRun(of: batch.sequences(ofRows: rows)) { sequences, prefix in
            let shape = shape.with(prefixCount: prefix.count)
            let start = index * shape.size
            let head = AttentionHead(
              index: index, batch: batch, sequences: sequences, rows: rows, shape: shape,
              queries: projected + start, prefix: prefix.ofHead(index, shape),
              output: output + start)
            if inTiles {
              head.forward(AttentionHead.TileRoom(buffer, shape, .forward))
            } else if let statistics = statistics.baseAddress {
              let own = statistics + 2 * (index * rows.count - rows.lowerBound)
              head.forward(AttentionHead.Room(buffer, shape), statistics: own)
            }
          }
        }
      }
    }
  }
}
