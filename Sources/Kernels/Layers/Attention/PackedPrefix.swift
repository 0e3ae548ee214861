import CKernels

extension Attention {
  /// A prefix as the way forward reads it, of all heads; made once where it stays the same.
  package struct PackedPrefix: Sendable {
    /// N.
    package private(set) var count = 0
    private var form = Form.float32
    /// How many floats each head takes.
    private var stride = 0
    /// Of each head the turned keys; behind them its values, [N, size]. Or keys and values in tiles.
    private var memory = AlignedMemory(byteCount: 0)
    private var byteCount = 0

    /// No prefix.
    package init() {}

    /// - Parameters:
    ///   - columns: of all heads together.
    ///   - form: what attention's products are made of, if the heads fit.
    package init(_ prefix: Prefix, columns: Int, heads: Int, form: Form) {
      become(prefix, columns: columns, heads: heads, form: form)
    }

    /// In the memory that is there, where nobody else has it and it is large enough.
    mutating func become(_ prefix: Prefix, columns: Int, heads: Int, form: Form) {
      count = prefix.count
      guard count > 0 else { return }
      precondition(prefix.keys.columns == columns)
      let shape = AttentionHead.Shape(
        columns: columns, heads: heads, prefixCount: count, batch: RaggedBatch(),
        outputStride: columns)
      self.form = shape.form(form)
      stride = AlignedFloats.padded(
        self.form == .tiles
          ? shape.packedPrefixCount(.forward) : shape.turnedPrefixCount + count * shape.size)
      let needed = heads * stride * MemoryLayout<Float>.size
      if needed > byteCount || !isKnownUniquelyReferenced(&memory) {
        memory = AlignedMemory(byteCount: needed)
        byteCount = needed
      }
      prefix.keys.storage.withUnsafeBufferPointer { keys in
        prefix.values.storage.withUnsafeBufferPointer { values in
          guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
          for head in 0..<heads {
            pack(keys + head * shape.size, values + head * shape.size, shape, head: head)
          }
        }
      }
    }

    private func pack(
      _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ shape: AttentionHead.Shape,
      head: Int
    ) {
      guard let place = place(ofHead: head) else { return }
      guard form == .float32 else {
        return TileDirection.forward.pack(
          keys, values, shape.columns, count, shape.size,
          into: UnsafeMutableRawPointer(place).assumingMemoryBound(to: UInt16.self))
      }
      enx_pack_columns(keys, shape.columns, count, shape.size, place)
      let rows = place + shape.turnedPrefixCount
      for row in 0..<count {
        (rows + row * shape.size).update(from: values + row * shape.columns, count: shape.size)
      }
    }

    private func place(ofHead head: Int) -> UnsafeMutablePointer<Float>? {
      memory.address?.assumingMemoryBound(to: Float.self).advanced(by: head * stride)
    }

    /// What one head reads of it; nil where there is no prefix.
    func ofHead(_ head: Int, _ shape: AttentionHead.Shape) -> AttentionHead.Prefix? {
      guard count > 0, let place = place(ofHead: head) else { return nil }
      return AttentionHead.Prefix(
        turnedKeys: UnsafePointer(place), values: UnsafePointer(place + shape.turnedPrefixCount))
    }
  }

  /// The prefixes of a batch's sequences.
  package struct SequencePrefixes: Sendable {
    private let all: [PackedPrefix]
    /// One for each sequence, by its place among all; none: every sequence has the only one.
    private let owners: [Int]

    package init(_ all: [PackedPrefix], owners: [Int]) {
      precondition(owners.isEmpty ? all.count == 1 : owners.allSatisfy(all.indices.contains))
      self.all = all
      self.owners = owners
    }

    /// The longest.
    var count: Int { all.reduce(0) { max($0, $1.count) } }

    /// Calls `body` for each run of sequences that have the same prefix.
    func forEachRun(of sequences: Range<Int>, _ body: (Range<Int>, PackedPrefix) -> Void) {
      guard !owners.isEmpty else { return body(sequences, all[0]) }
      var first = sequences.lowerBound
      while first < sequences.upperBound {
        var end = first + 1
        while end < sequences.upperBound, owners[end] == owners[first] { end += 1 }
        body(first..<end, all[owners[first]])
        first = end
      }
    }
  }
}
