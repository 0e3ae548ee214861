extension Attention {
  /// From dOutput the gradients of queries, keys and values, and of the prefix:
  /// dV' = Pᵀ·dO, dP = dO·V'ᵀ, dS = P ∘ (dP − rowsum(dP ∘ P)), dQ = dS·K'/√d, dK' = dSᵀ·Q/√d.
  ///
  /// - Parameters:
  ///   - dProjected: those of queries, keys and values, side by side, [rows, 3·columns].
  ///   - dPrefix: what all sequences add to; the shape of `prefix`.
  package static func backward(
    _ dOutput: Matrix, projected: Matrix, prefix: Prefix = Prefix(), cache: Cache,
    batch: RaggedBatch, heads: Int, into dProjected: inout Matrix, prefix dPrefix: inout Prefix,
    workspace: inout Workspace
  ) {
    let rows = projected.rows
    precondition(dPrefix.count == prefix.count && dOutput.rows == rows)
    dProjected.reshape(rows: rows, columns: projected.columns)
    let shape = AttentionHead.Shape(
      columns: projected.columns / 3, heads: heads, prefixCount: prefix.count, batch: batch,
      outputStride: projected.columns)
    precondition(prefix.count == 0 || prefix.keys.columns == shape.columns)
    let inTiles = cache.form == .tiles
    workspace.buffer.reserve(inTiles ? shape.tileRoomCount(.backward) : shape.roomCount)
    projected.storage.withUnsafeBufferPointer { projected in
      dProjected.storage.withUnsafeMutableBufferPointer { dProjected in
        guard let projected = projected.baseAddress, let dProjected = dProjected.baseAddress
        else { return }
        withPointers(dOutput, prefix, cache, &dPrefix, &workspace) {
          dOutput, prefix, statistics, dKeys, dValues, buffer in
          for index in 0..<heads {
            let start = index * shape.size
            let head = AttentionHead(
              index: index, batch: batch, sequences: 0..<batch.sequenceCount, rows: 0..<rows,
              shape: shape, queries: projected + start, prefix: nil, output: dProjected + start)
            let gradients = AttentionHead.Gradients(
              output: dOutput + start, prefixKeys: dKeys.map { $0 + start },
              prefixValues: dValues.map { $0 + start })
            let prefixRows = AttentionHead.PrefixRows(
              keys: prefix.keys.map { $0 + start }, values: prefix.values.map { $0 + start })
            if inTiles {
              head.backward(
                gradients, prefix: prefixRows, AttentionHead.TileRoom(buffer, shape, .backward))
            } else if let statistics {
              head.backward(
                gradients, prefix: prefixRows, AttentionHead.Room(buffer, shape),
                statistics: statistics + index * 2 * rows)
            }
          }
        }
      }
    }
  }

  /// The addresses that backward reads and writes; those of an empty prefix may be nil.
  private static func withPointers(
    _ dOutput: Matrix, _ prefix: Prefix, _ cache: Cache, _ dPrefix: inout Prefix,
    _ workspace: inout Workspace,
    _ body: (
      UnsafePointer<Float>, AttentionHead.PrefixRows, UnsafePointer<Float>?,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    dOutput.storage.withUnsafeBufferPointer { dOutput in
      cache.statistics.storage.withUnsafeBufferPointer { statistics in
        dPrefix.keys.storage.withUnsafeMutableBufferPointer { dKeys in
          dPrefix.values.storage.withUnsafeMutableBufferPointer { dValues in
            workspace.buffer.withPointer { buffer in
              guard let dOutput = dOutput.baseAddress else { return }
              prefix.keys.storage.withUnsafeBufferPointer { keys in
                prefix.values.storage.withUnsafeBufferPointer { values in
                  let rows = AttentionHead.PrefixRows(
                    keys: keys.baseAddress, values: values.baseAddress)
                  body(
                    dOutput, rows, statistics.baseAddress, dKeys.baseAddress, dValues.baseAddress,
                    buffer)
                }
              }
            }
          }
        }
      }
    }
  }
}
