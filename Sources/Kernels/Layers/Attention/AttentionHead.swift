import CKernels

/// One head of a batch.
struct AttentionHead {
  let index: Int
  let batch: RaggedBatch
  /// Those that the rows belong to.
  let sequences: Range<Int>
  /// The rows of the batch that are asked for.
  let rows: Range<Int>
  let shape: Shape
  /// Rows of `shape.size` columns, `shape.stride` apart; keys and values stand beside them.
  let queries: UnsafePointer<Float>
  /// nil where N is 0.
  let prefix: Prefix?
  /// The output when going forward, the gradient of the queries when going back; rows are
  /// `shape.outputStride` apart.
  let output: UnsafeMutablePointer<Float>

  var keys: UnsafePointer<Float> { queries + shape.columns }
  var values: UnsafePointer<Float> { queries + 2 * shape.columns }

  /// What a head reads of a prefix going forward.
  struct Prefix {
    /// [size, padded N], by `PackedPrefix`; in tiles keys and values.
    let turnedKeys: UnsafePointer<Float>
    /// [N, size].
    let values: UnsafePointer<Float>

    var tiles: UnsafePointer<UInt16> {
      UnsafeRawPointer(turnedKeys).assumingMemoryBound(to: UInt16.self)
    }
  }

  /// What the heads of a batch have in common.
  struct Shape {
    let heads: Int
    /// d.
    let size: Int
    /// Of all heads; rows of the prefix are so far apart.
    let columns: Int
    /// N.
    var prefixCount: Int
    /// Rows of the longest sequence.
    let longest: Int
    let outputStride: Int

    /// How far rows of queries, keys and values are apart.
    var stride: Int { 3 * columns }
    var scale: Float { 1 / Float(size).squareRoot() }

    init(columns: Int, heads: Int, prefixCount: Int, batch: RaggedBatch, outputStride: Int) {
      self.heads = heads
      self.columns = columns
      size = columns / heads
      self.prefixCount = prefixCount
      longest = batch.longest
      self.outputStride = outputStride
      precondition(size * heads == columns)
    }

    /// The same with a prefix of another length.
    func with(prefixCount: Int) -> Shape {
      var shape = self
      shape.prefixCount = prefixCount
      return shape
    }

    /// Scores are made for so many rows at a time.
    static let blockRows = 32

    /// Scores of one row: those of the prefix, then those of the sequence.
    var width: Int { AlignedFloats.padded(prefixCount) + AlignedFloats.padded(longest) }

    /// How many numbers the turned keys of the prefix take, of one head.
    var turnedPrefixCount: Int { size * AlignedFloats.padded(prefixCount) }

    /// How many numbers the room of a head takes; heads take turns.
    var roomCount: Int {
      2 * turnedPrefixCount + 2 * size * AlignedFloats.padded(longest)
        + 2 * Self.blockRows * width
    }
  }

  /// Where a head works.
  struct Room {
    /// Turned keys and values, those of the prefix (for backward) and those of a sequence; [size, padded count] each.
    let prefixKeys: UnsafeMutablePointer<Float>
    let prefixValues: UnsafeMutablePointer<Float>
    let keys: UnsafeMutablePointer<Float>
    let values: UnsafeMutablePointer<Float>
    /// P of some rows (going forward but for a factor), the prefix's columns first, [block rows, width]; and its gradient.
    let p: UnsafeMutablePointer<Float>
    let dP: UnsafeMutablePointer<Float>

    init(_ buffer: UnsafeMutablePointer<Float>, _ shape: Shape) {
      let ofSequence = shape.size * AlignedFloats.padded(shape.longest)
      prefixKeys = buffer
      prefixValues = prefixKeys + shape.turnedPrefixCount
      keys = prefixValues + shape.turnedPrefixCount
      values = keys + ofSequence
      p = values + ofSequence
      dP = p + Shape.blockRows * shape.width
    }
  }

  /// - Parameter statistics: of each row the greatest score and one over the sum, written.
  func forward(_ room: Room, statistics: UnsafeMutablePointer<Float>) {
    forEachBlock(
      ofSequence: { turn(keys, $0, into: room.keys) },
      { range, rows in
        scores(
          queries, shape.stride, of: rows, range, prefix?.turnedKeys, room.keys, shape.scale,
          room.p)
        let statistics = statistics + 2 * rows.lowerBound
        enx_exponentiate(
          room.p, shape.width, rows.count, shape.prefixCount, range.count, statistics)
        // The rows of P come to 1 when the sums are scaled, of which there are fewer.
        sums(
          room.p, of: rows, range, prefix?.values, shape.size, values, scales: statistics + 1,
          scaleStep: 2, into: output, shape.outputStride)
      })
  }

  /// Calls `begin` for each sequence, then `body` for each block of its rows that are asked for.
  func forEachBlock(
    ofSequence begin: (Range<Int>) -> Void, _ body: (_ sequence: Range<Int>, Range<Int>) -> Void
  ) {
    for sequence in sequences {
      let range = batch.rows(of: sequence)
      let asked = range.clamped(to: rows)
      begin(range)
      for first in stride(from: asked.lowerBound, to: asked.upperBound, by: Shape.blockRows) {
        body(range, first..<min(first + Shape.blockRows, asked.upperBound))
      }
    }
  }

  /// Turns the keys or values of a sequence.
  func turn(
    _ rows: UnsafePointer<Float>, _ range: Range<Int>, into turned: UnsafeMutablePointer<Float>
  ) {
    enx_pack_columns(
      rows + range.lowerBound * shape.stride, shape.stride, range.count, shape.size, turned)
  }

  /// Turns the keys or values of the prefix.
  func turn(_ rows: UnsafePointer<Float>?, into turned: UnsafeMutablePointer<Float>) {
    guard let rows, shape.prefixCount > 0 else { return }
    enx_pack_columns(rows, shape.columns, shape.prefixCount, shape.size, turned)
  }

  /// Products of some rows with the turned rows of the prefix and of their sequence, a row of `block` each.
  func scores(
    _ x: UnsafePointer<Float>, _ stride: Int, of rows: Range<Int>, _ range: Range<Int>,
    _ turnedPrefix: UnsafePointer<Float>?, _ turned: UnsafePointer<Float>, _ scale: Float,
    _ block: UnsafeMutablePointer<Float>
  ) {
    let first = x + rows.lowerBound * stride
    let (size, width) = (shape.size, shape.width)
    if let turnedPrefix, shape.prefixCount > 0 {
      enx_row_products(
        first, stride, rows.count, turnedPrefix, shape.prefixCount, size, scale, block, width)
    }
    enx_row_products(
      first, stride, rows.count, turned, range.count, size, scale,
      block + AlignedFloats.padded(shape.prefixCount), width)
  }

  /// Sums of the prefix's rows and of the sequence's, weighted by the rows of `block`, into `y`.
  ///
  /// - Parameters:
  ///   - prefixStride: how far the prefix's rows are apart.
  ///   - scales: what each row of the sums is multiplied by.
  func sums(
    _ block: UnsafePointer<Float>, of rows: Range<Int>, _ range: Range<Int>,
    _ prefixRows: UnsafePointer<Float>?, _ prefixStride: Int, _ ownRows: UnsafePointer<Float>,
    scales: UnsafePointer<Float>, scaleStep: Int,
    into y: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    let place = y + rows.lowerBound * stride
    enx_weighted_sums(
      block + AlignedFloats.padded(shape.prefixCount), shape.width, 1, rows.count,
      ownRows + range.lowerBound * shape.stride, shape.stride, range.count, shape.size, scales,
      scaleStep, 0, place, stride)
    guard let prefixRows, shape.prefixCount > 0 else { return }
    enx_weighted_sums(
      block, shape.width, 1, rows.count, prefixRows, prefixStride, shape.prefixCount, shape.size,
      scales, scaleStep, 1, place, stride)
  }
}
