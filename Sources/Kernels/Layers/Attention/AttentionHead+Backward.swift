import CKernels

extension AttentionHead {
  /// Where backward reads the output's gradient, and adds those of the prefix, [rows, size] each, rows
  /// `shape.columns` apart. Those of keys and values go beside that of the queries, `output`.
  struct Gradients {
    let output: UnsafePointer<Float>
    let prefixKeys: UnsafeMutablePointer<Float>?
    let prefixValues: UnsafeMutablePointer<Float>?
  }

  /// The rows of a prefix as they are, [N, size], `shape.columns` apart; nil where N is 0.
  struct PrefixRows {
    let keys: UnsafePointer<Float>?
    let values: UnsafePointer<Float>?
  }

  /// - Parameter statistics: what forward wrote.
  func backward(
    _ d: Gradients, prefix: PrefixRows, _ room: Room, statistics: UnsafePointer<Float>
  ) {
    turn(prefix.keys, into: room.prefixKeys)
    turn(prefix.values, into: room.prefixValues)
    forEachBlock(
      ofSequence: { range in
        turn(keys, range, into: room.keys)
        turn(values, range, into: room.values)
      },
      { range, rows in
        scores(
          queries, shape.stride, of: rows, range, room.prefixKeys, room.keys, shape.scale, room.p)
        scores(d.output, shape.columns, of: rows, range, room.prefixValues, room.values, 1, room.dP)
        enx_softmax_backward(
          room.p, room.dP, shape.width, rows.count, shape.prefixCount, range.count,
          statistics + 2 * rows.lowerBound)
        withUnsafePointer(to: shape.scale) { scale in
          sums(
            room.dP, of: rows, range, prefix.keys, shape.columns, keys, scales: scale,
            scaleStep: 0, into: output, shape.outputStride)
        }
        let (dKeys, dValues) = (output + shape.columns, output + 2 * shape.columns)
        turnedSums(
          room.dP, of: rows, range, queries, shape.stride, shape.scale, into: dKeys, d.prefixKeys)
        turnedSums(
          room.p, of: rows, range, d.output, shape.columns, 1, into: dValues, d.prefixValues)
      })
  }

  /// Each of the sequence's rows, and of the prefix's, receives `x` of some rows, weighted by its column of
  /// `block`. What the sequence's rows have is replaced by the first block, and added to by the others.
  private func turnedSums(
    _ block: UnsafePointer<Float>, of rows: Range<Int>, _ range: Range<Int>,
    _ x: UnsafePointer<Float>, _ stride: Int, _ scale: Float,
    into own: UnsafeMutablePointer<Float>, _ shared: UnsafeMutablePointer<Float>?
  ) {
    let first = x + rows.lowerBound * stride
    let isFirst = rows.lowerBound == range.lowerBound
    withUnsafePointer(to: scale) { scale in
      enx_weighted_sums(
        block + AlignedFloats.padded(shape.prefixCount), 1, shape.width, range.count, first, stride,
        rows.count, shape.size, scale, 0, isFirst ? 0 : 1,
        own + range.lowerBound * shape.outputStride, shape.outputStride)
      guard let shared, shape.prefixCount > 0 else { return }
      enx_weighted_sums(
        block, 1, shape.width, shape.prefixCount, first, stride, rows.count, shape.size, scale, 0,
        1,
        shared, shape.columns)
    }
  }
}
