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
    precondition(dPrefix.count == prefix.count)
    dProjected.reshape(rows: rows, columns: projected.columns)
    workspace.square.reshape(rows: batch.longest, columns: batch.longest)
    workspace.prefix.reshape(rows: rows, columns: prefix.count)
    let squares = squareCount(batch)
    let prefixSize = rows * prefix.count
    withPointers(
      dOutput, cache, &dPrefix, &workspace
    ) { dOutput, p, prefixP, dPrefixKeys, dPrefixValues, square, prefixSquare in
      forEachHead(projected, prefix, &dProjected, batch, heads) { head in
        let start = head.index * head.size
        head.backward(
          AttentionHead.Gradients(
            output: dOutput + start, prefixKeys: dPrefixKeys.map { $0 + start },
            prefixValues: dPrefixValues.map { $0 + start }),
          probabilities: p + head.index * squares,
          prefixProbabilities: prefixP.map { $0 + head.index * prefixSize }, dScores: square,
          dPrefixScores: prefixSquare)
      }
    }
  }

  /// The addresses that backward reads and writes; those of an empty prefix may be nil.
  private static func withPointers(
    _ dOutput: Matrix, _ cache: Cache, _ dPrefix: inout Prefix, _ workspace: inout Workspace,
    _ body: (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?,
      UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>,
      UnsafeMutablePointer<Float>?
    ) -> Void
  ) {
    dOutput.storage.withUnsafeBufferPointer { dOutput in
      cache.probabilities.storage.withUnsafeBufferPointer { p in
        cache.prefixProbabilities.storage.withUnsafeBufferPointer { prefixP in
          dPrefix.keys.storage.withUnsafeMutableBufferPointer { dPrefixKeys in
            dPrefix.values.storage.withUnsafeMutableBufferPointer { dPrefixValues in
              workspace.square.storage.withUnsafeMutableBufferPointer { square in
                workspace.prefix.storage.withUnsafeMutableBufferPointer { prefixSquare in
                  guard let dOutput = dOutput.baseAddress, let p = p.baseAddress,
                    let square = square.baseAddress
                  else { return }
                  body(
                    dOutput, p, prefixP.baseAddress, dPrefixKeys.baseAddress,
                    dPrefixValues.baseAddress, square, prefixSquare.baseAddress)
                }
              }
            }
          }
        }
      }
    }
  }
}
