import CKernels

extension AttentionHead.Shape {
  /// What comes nearest to a form: a head's rows fill tiles of bf16, or are floats.
  func form(_ wanted: Attention.Form) -> Attention.Form {
    size % Self.tileDepth == 0 ? wanted : .float32
  }

  /// Keys and values are packed so many rows at a time, and so many columns.
  private static let tileDepth = 32

  /// How many floats the packed keys, or values, of so many rows take: numbers of 16 bits.
  private func packedCount(_ rows: Int) -> Int {
    size * ((rows + Self.tileDepth - 1) / Self.tileDepth) * Self.tileDepth / 2
  }

  /// Of the prefix and of a sequence, as many as `direction` reads.
  func packedPrefixCount(_ direction: TileDirection) -> Int {
    direction.matrices * packedCount(prefixCount)
  }
  func packedSequenceCount(_ direction: TileDirection) -> Int {
    direction.matrices * packedCount(longest)
  }

  /// How many floats the room of a head takes; heads take turns.
  func tileRoomCount(_ direction: TileDirection) -> Int {
    packedPrefixCount(direction) + packedSequenceCount(direction)
      + direction.room(prefixCount, longest, size)
  }
}

/// What differs between the ways of attention in tiles.
enum TileDirection {
  case forward
  case backward

  /// How many packed matrices it reads: keys and values; keys, values, and keys again the other way.
  var matrices: Int { self == .forward ? 2 : 3 }

  func pack(
    _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ stride: Int, _ count: Int,
    _ size: Int, into packed: UnsafeMutablePointer<UInt16>
  ) {
    switch self {
    case .forward: enx_pack_for_tiles(keys, values, stride, count, size, packed)
    case .backward: enx_pack_for_tiles_backward(keys, values, stride, count, size, packed)
    }
  }

  /// How many floats a head works in.
  func room(_ shared: Int, _ count: Int, _ size: Int) -> Int {
    switch self {
    case .forward: enx_tiles_room(shared, count, size)
    case .backward: enx_tiles_backward_room(shared, count, size)
    }
  }
}

extension AttentionHead {
  /// Where a head works in tiles.
  struct TileRoom {
    /// Packed keys and values, those of the prefix (for backward) and those of a sequence.
    let prefix: UnsafeMutablePointer<UInt16>
    let sequence: UnsafeMutablePointer<UInt16>
    /// Scores and what else is made on the way.
    let scores: UnsafeMutablePointer<Float>

    init(_ buffer: UnsafeMutablePointer<Float>, _ shape: Shape, _ direction: TileDirection) {
      let sequence = buffer + shape.packedPrefixCount(direction)
      prefix = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: UInt16.self)
      self.sequence = UnsafeMutableRawPointer(sequence).assumingMemoryBound(to: UInt16.self)
      scores = sequence + shape.packedSequenceCount(direction)
    }
  }

  /// As `forward`, with products of bf16; keeps no statistics.
  func forward(_ room: TileRoom) {
    for sequence in sequences {
      let range = batch.rows(of: sequence)
      let asked = range.clamped(to: rows)
      let first = range.lowerBound * shape.stride
      TileDirection.forward.pack(
        keys + first, values + first, shape.stride, range.count, shape.size, into: room.sequence)
      enx_attend_in_tiles(
        queries + asked.lowerBound * shape.stride, shape.stride, asked.count, shape.scale,
        prefix?.tiles, shape.prefixCount, room.sequence, range.count, shape.size, room.scores,
        output + asked.lowerBound * shape.outputStride, shape.outputStride)
    }
  }

  /// As `backward`, with products of bf16; makes the statistics again.
  func backward(_ d: Gradients, prefix: PrefixRows, _ room: TileRoom) {
    if let keys = prefix.keys, let values = prefix.values {
      TileDirection.backward.pack(
        keys, values, shape.columns, shape.prefixCount, shape.size, into: room.prefix)
    }
    for sequence in sequences {
      let range = batch.rows(of: sequence)
      let first = range.lowerBound * shape.stride
      TileDirection.backward.pack(
        keys + first, values + first, shape.stride, range.count, shape.size, into: room.sequence)
      enx_attend_backward_in_tiles(
        queries + first, d.output + range.lowerBound * shape.columns, shape.stride, shape.columns,
        range.count, shape.scale, room.prefix, shape.prefixCount, room.sequence, shape.size,
        room.scores, output + first, shape.columns, d.prefixKeys, d.prefixValues)
    }
  }
}
