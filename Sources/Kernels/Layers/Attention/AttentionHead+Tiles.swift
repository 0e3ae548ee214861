import CKernels

extension AttentionHead.Shape {
  /// Whether a head's rows fill tiles of bf16.
  var fitsTiles: Bool { size % Self.tileDepth == 0 }

  /// Keys and values are packed so many rows at a time, and so many columns.
  private static let tileDepth = 32

  /// How many floats packed keys and values of so many rows take: two numbers of 16 bits each.
  private func packedCount(_ rows: Int) -> Int {
    size * ((rows + Self.tileDepth - 1) / Self.tileDepth) * Self.tileDepth
  }

  var packedPrefixCount: Int { packedCount(prefixCount) }
  var packedSequenceCount: Int { packedCount(longest) }

  /// How many floats the rooms of all heads take, which share all but the first part.
  var tileRoomCount: Int {
    heads * packedPrefixCount + packedSequenceCount
      + enx_tiles_room(prefixCount, longest, size)
  }
}

extension AttentionHead {
  /// Where a head works in tiles.
  struct TileRoom {
    /// Packed keys and values, those of the prefix (by `Workspace.begin`) and those of a sequence.
    let prefix: UnsafeMutablePointer<UInt16>
    let sequence: UnsafeMutablePointer<UInt16>
    let scores: UnsafeMutablePointer<Float>

    init(_ buffer: UnsafeMutablePointer<Float>, _ shape: Shape, head: Int) {
      let prefix = buffer + head * shape.packedPrefixCount
      let sequence = buffer + shape.heads * shape.packedPrefixCount
      self.prefix = UnsafeMutableRawPointer(prefix).assumingMemoryBound(to: UInt16.self)
      self.sequence = UnsafeMutableRawPointer(sequence).assumingMemoryBound(to: UInt16.self)
      scores = sequence + shape.packedSequenceCount
    }
  }

  /// As `forward`, with products of bf16; keeps no statistics.
  func forward(_ room: TileRoom) {
    for sequence in sequences {
      let range = batch.rows(of: sequence)
      let asked = range.clamped(to: rows)
      let first = range.lowerBound * shape.stride
      enx_pack_for_tiles(
        keys + first, values + first, shape.stride, range.count, shape.size, room.sequence)
      enx_attend_in_tiles(
        queries + asked.lowerBound * shape.stride, shape.stride, asked.count, shape.scale,
        room.prefix, shape.prefixCount, room.sequence, range.count, shape.size, room.scores,
        output + asked.lowerBound * shape.outputStride, shape.outputStride)
    }
  }
}

extension Attention.Workspace {
  /// Packs keys and values of the prefix.
  mutating func packPrefix(_ prefix: Attention.Prefix, _ shape: AttentionHead.Shape) {
    buffer.withPointer { buffer in
      prefix.keys.storage.withUnsafeBufferPointer { keys in
        prefix.values.storage.withUnsafeBufferPointer { values in
          guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
          for head in 0..<shape.heads {
            let start = head * shape.size
            enx_pack_for_tiles(
              keys + start, values + start, shape.columns, prefix.count, shape.size,
              AttentionHead.TileRoom(buffer, shape, head: head).prefix)
          }
        }
      }
    }
  }
}
