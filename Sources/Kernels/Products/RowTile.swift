import COneDNN

/// Up to 64 rows on their way through a product: in the precision of the product, and what came out.
/// Together with a layer's weights they stay in the processor's second cache.
package struct RowTile {
  /// The most rows.
  package static let capacity = Int(enx_tile_rows)

  /// Rows as the product reads them, one after another.
  let lowered: UnsafeMutableRawPointer
  /// For int8, each row's scale and zero.
  let scales: UnsafeMutablePointer<Float>
  let zeros: UnsafeMutablePointer<Int32>
  /// What came out: float32, for int8 as int32.
  let sums: UnsafeMutableRawPointer
  /// Rows that a residual connection carries around a block, [64, columns].
  package let carried: UnsafeMutablePointer<Float>
  /// Room for one row on its way from one product to the next, [columns].
  package let passing: UnsafeMutablePointer<Float>

  /// The memory of a tile, kept from call to call.
  package struct Storage: Sendable {
    private var room = AlignedFloats()

    package init() {}

    /// - Parameter columns: the most inputs or outputs of a product in `body`.
    package mutating func withTile<R>(columns: Int, _ body: (RowTile) -> R) -> R {
      let plane = capacity * columns
      let row = AlignedFloats.padded(columns)
      room.reserve(3 * plane + 2 * capacity + row)
      return room.withPointer { base in
        let behind = base + 3 * plane
        return body(
          RowTile(
            lowered: UnsafeMutableRawPointer(base),
            scales: behind,
            zeros: UnsafeMutableRawPointer(behind + capacity).assumingMemoryBound(to: Int32.self),
            sums: UnsafeMutableRawPointer(base + plane),
            carried: base + 2 * plane,
            passing: behind + 2 * capacity))
      }
    }
  }

  /// Calls `body` for the rows of each tile: whole ones, whose products are the fastest, then what is left.
  static func forEachRange(ofRows rows: Int, _ body: (Range<Int>) -> Void) {
    for first in stride(from: 0, to: rows, by: capacity) {
      body(first..<min(first + capacity, rows))
    }
  }

  /// Lowered rows in each of the forms that they may have.
  var floats: UnsafeMutablePointer<Float> { lowered.assumingMemoryBound(to: Float.self) }
  var halves: UnsafeMutablePointer<UInt16> { lowered.assumingMemoryBound(to: UInt16.self) }
  var bytes: UnsafeMutablePointer<UInt8> { lowered.assumingMemoryBound(to: UInt8.self) }
}
