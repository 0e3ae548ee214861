import CKernels
import Kernels

/// The feed-forward block while prompts are trained. Tile after tile, so that what lies between its two
/// products is never a matrix of its own.
extension FrozenEncoder {
  /// y = W₂·f(W₁·x + b₁) + b₂, x and y [rows, hidden].
  ///
  /// - Parameter intermediate: W₁·x + b₁, which backward needs; [rows, intermediate].
  func feedForward(
    _ x: Matrix, layer index: Int, biases: SummedBiases, keeping intermediate: inout Matrix,
    into y: inout Matrix, tiles: inout RowTile.Storage
  ) {
    let (first, second) = (products[index].intermediate, products[index].output)
    let (size, inner, rows) = (first.inputs, first.outputs, x.rows)
    y.reshape(rows: rows, columns: size)
    intermediate.reshape(rows: rows, columns: inner)
    x.storage.withUnsafeBufferPointer { x in
      intermediate.storage.withUnsafeMutableBufferPointer { intermediate in
        y.storage.withUnsafeMutableBufferPointer { y in
          guard let x = x.baseAddress, let kept = intermediate.baseAddress, let y = y.baseAddress
          else { return }
          first.run(x, rows: rows, before: second, tiles: &tiles) { tile, row, place in
            first.activate(
              tile, row: row, bias: biases.intermediate, configuration.activation,
              keeping: kept + place * inner, for: second)
          } then: { tile, row, place in
            second.finish(tile, row: row, bias: biases.output, into: y + place * size)
          }
        }
      }
    }
  }

  /// dx += the gradient of the block's input, from dy; [rows, hidden] both.
  ///
  /// - Parameters:
  ///   - intermediate: as `feedForward` kept it.
  ///   - columnSums: nil, or what the gradient of b₁ is added to, [1, intermediate].
  func feedForwardBackward(
    _ dy: Matrix, _ products: LayerProducts.Backward, intermediate: Matrix,
    addingTo dx: inout Matrix, columnSums: inout Matrix?, tiles: inout RowTile.Storage
  ) {
    let (second, first) = (products.output, products.intermediate)
    let (size, inner) = (second.inputs, second.outputs)
    precondition(intermediate.rows == dy.rows && dx.rows == dy.rows)
    dy.storage.withUnsafeBufferPointer { upstream in
      intermediate.storage.withUnsafeBufferPointer { intermediate in
        dx.storage.withUnsafeMutableBufferPointer { dx in
          guard let upstream = upstream.baseAddress, let kept = intermediate.baseAddress,
            let dx = dx.baseAddress
          else { return }
          second.run(upstream, rows: dy.rows, before: first, tiles: &tiles) { tile, row, place in
            configuration.activation.backward(
              second.sums(tile, row: row), x: kept + place * inner, into: tile.passing,
              count: inner)
            columnSums?.storage.withUnsafeMutableBufferPointer { sums in
              guard let sums = sums.baseAddress else { return }
              enx_add(sums, tile.passing, sums, inner)
            }
            first.lower(tile.passing, row: row, in: tile)
          } then: { tile, row, place in
            let target = dx + place * size
            first.finish(tile, row: row, bias: target, into: target)
          }
        }
      }
    }
  }
}
