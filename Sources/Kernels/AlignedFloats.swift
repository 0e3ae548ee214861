/// Room for floats that begins at a multiple of 64 bytes, since registers of that size cross no border in it then.
/// It is kept from call to call; what is in it stays until more is asked for, but not in a copy.
package struct AlignedFloats: Sendable {
  private static let alignment = 64
  private static let margin = alignment / MemoryLayout<Float>.size

  private var storage: [Float] = []

  package init() {}

  /// So many floats and as many as fill up the last register, so that what follows them begins like the first.
  package static func padded(_ count: Int) -> Int { (count + margin - 1) / margin * margin }

  /// Makes room for at least so many.
  package mutating func reserve(_ count: Int) {
    guard storage.count < count + Self.margin else { return }
    storage = [Float](repeating: 0, count: count + Self.margin)
  }

  /// Calls `body` with the first; the pointer is valid only inside.
  package mutating func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    reserve(1)
    return storage.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("room without an address") }
      return body(base.alignedUp(toMultipleOf: Self.alignment).assumingMemoryBound(to: Float.self))
    }
  }
}
