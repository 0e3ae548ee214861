/// A trie over the UTF-8 bytes of tokens, its edges in one open-addressing hash table.
///
/// Bytes, not `String`s, are the keys: `String` compares canonically, and would make one token of two
/// that differ in composition.
struct VocabularyTrie: Sendable {
  typealias Node = UInt32

  static let root: Node = 0

  /// Each slot is `child << 32 | parent << 8 | byte`; 0 is a free slot, as no child is the root.
  private var slots: [UInt64]
  private var mask: Int
  private var shift: UInt64
  /// The id of the token that ends at each node; -1 for none.
  private var ids: [Int32] = [-1]

  /// - Parameter byteCount: the length of all tokens; only a hint.
  init(byteCount: Int) {
    var bits = 10
    while bits < 40 && 1 << bits < byteCount { bits += 1 }
    slots = [UInt64](repeating: 0, count: 1 << bits)
    mask = 1 << bits - 1
    shift = UInt64(64 - bits)
    ids.reserveCapacity(byteCount / 2)
  }

  /// Enters a token. Returns the id of the same token entered before, which then stays.
  mutating func insert(_ token: ArraySlice<UInt8>, id: Int32) -> Int32? {
    var node = Self.root
    for byte in token {
      if let next = child(of: node, byte) {
        node = next
      } else {
        let next = Node(ids.count)
        ids.append(-1)
        add(UInt64(next) << 32 | UInt64(node) << 8 | UInt64(byte))
        if ids.count * 2 > slots.count { grow() }
        node = next
      }
    }
    if ids[Int(node)] >= 0 { return ids[Int(node)] }
    ids[Int(node)] = id
    return nil
  }

  /// The node that `bytes` lead to.
  func node(at bytes: some Sequence<UInt8>) -> Node? {
    var node = Self.root
    for byte in bytes {
      guard let next = child(of: node, byte) else { return nil }
      node = next
    }
    return node
  }

  /// The id of the token that ends at `node`.
  func id(at node: Node) -> Int32? {
    let id = ids[Int(node)]
    return id < 0 ? nil : id
  }

  /// The longest token, not empty, that continues from `node` with `bytes[start...]`, and its end there.
  @inline(__always)
  func longestMatch(
    in bytes: borrowing [UInt8], from start: Int, at node: Node
  ) -> (id: Int32, end: Int)? {
    var node = node
    var index = start
    var id: Int32 = -1
    var end = start
    while index < bytes.count, let next = child(of: node, bytes[index]) {
      node = next
      index += 1
      if ids[Int(node)] >= 0 {
        id = ids[Int(node)]
        end = index
      }
    }
    return id < 0 ? nil : (id, end)
  }

  @inline(__always)
  private func child(of node: Node, _ byte: UInt8) -> Node? {
    let key = node << 8 | UInt32(byte)
    var place = self.place(of: key)
    while true {
      let slot = slots[place]
      if slot == 0 { return nil }
      if UInt32(truncatingIfNeeded: slot) == key { return Node(slot >> 32) }
      place = (place + 1) & mask
    }
  }

  @inline(__always)
  private func place(of key: UInt32) -> Int {
    Int((UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  private mutating func add(_ slot: UInt64) {
    var place = self.place(of: UInt32(truncatingIfNeeded: slot))
    while slots[place] != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    mask = slots.count - 1
    shift -= 1
    for slot in old where slot != 0 { add(slot) }
  }
}
