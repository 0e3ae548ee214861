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
      columns: projected.columns / 3, heads: heads, prefix: prefix, batch: batch,
      outputStride: projected.columns)
    workspace.begin(
      prefix, columns: shape.columns, heads: heads, batch: batch, form: cache.form, .backward)
    projected.storage.withUnsafeBufferPointer { projected in
      dProjected.storage.withUnsafeMutableBufferPointer { dProjected in
        guard let projected = projected.baseAddress, let dProjected = dProjected.baseAddress
        else { return }
        withPointers(dOutput, cache, &dPrefix, &workspace) {
          dOutput, statistics, dKeys, dValues, buffer in
          forEachHead(shape, projected, prefix, dProjected, batch, 0..<rows) { head in
            let start = head.index * shape.size
            let gradients = AttentionHead.Gradients(
              output: dOutput + start, prefixKeys: dKeys.map { $0 + start },
              prefixValues: dValues.map { $0 + start })
            switch cache.form {
            case .tiles:
              head.backward(
                gradients, AttentionHead.TileRoom(buffer, shape, head: head.index, .backward))
            case .float32:
              guard let statistics else { return }
              head.backward(
                gradients, AttentionHead.Room(buffer, shape, head: head.index),
                statistics: statistics + head.index * 2 * rows)
            }
          }
        }
      }
    }
  }

  /// The addresses that backward reads and writes; those of an empty prefix may be nil.
  private static func withPointers(
    _ dOutput: Matrix, _ cache: Cache, _ dPrefix: inout Prefix, _ workspace: inout Workspace,
    _ body: (
      UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    dOutput.storage.withUnsafeBufferPointer { dOutput in
      cache.statistics.storage.withUnsafeBufferPointer { statistics in
        dPrefix.keys.storage.withUnsafeMutableBufferPointer { dKeys in
          dPrefix.values.storage.withUnsafeMutableBufferPointer { dValues in
            workspace.buffer.withPointer { buffer in
              guard let dOutput = dOutput.baseAddress else { return }
              body(dOutput, statistics.baseAddress, dKeys.baseAddress, dValues.baseAddress, buffer)
            }
          }
        }
      }
    }
  }
}
