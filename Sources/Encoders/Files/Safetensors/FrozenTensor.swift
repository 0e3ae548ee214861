/// A read-only tensor of 32-bit floats, row-major: the last dimension of `shape` varies fastest.
///
/// A float32 tensor of a safetensors file is the mapped file itself, not a copy. Half-precision tensors
/// (F16, BF16), and float32 ones that do not begin at a multiple of four bytes, are converted when loaded
/// and held in memory.
public struct FrozenTensor: Sendable {
  enum Storage: Sendable {
    case mapped(MappedFile, offset: Int)
    case owned([Float])
  }

  /// Sizes of the dimensions, outermost first; empty for a scalar.
  public let shape: [Int]
  /// How many values: the product of `shape`.
  public let count: Int
  let storage: Storage

  /// A tensor over `count` floats at byte `offset` of `file`; the offset is a multiple of four and the
  /// floats lie within the file.
  init(shape: [Int], count: Int, mapping file: MappedFile, offset: Int) {
    precondition(offset >= 0 && offset % 4 == 0 && count <= (file.count - offset) / 4)
    self.shape = shape
    self.count = count
    storage = .mapped(file, offset: offset)
  }

  /// A tensor that holds `values`, one for each element of `shape`.
  package init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "as many values as the shape has elements")
    self.shape = shape
    count = values.count
    storage = .owned(values)
  }

  /// Whether the values are the mapped file's own bytes (rather than a converted copy).
  package var isMapped: Bool {
    if case .mapped = storage { true } else { false }
  }

  /// Gives back the memory of the mapped file's part, if it is one: for tensors that are held in another form now.
  func release() {
    guard case .mapped(let file, let offset) = storage else { return }
    file.release(offset..<offset + count * MemoryLayout<Float>.size)
  }

  /// A copy of the values.
  package var values: [Float] {
    withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// Calls `body` with the first of `count` floats; the pointer is valid only inside `body`.
  public func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    switch storage {
    case .mapped(let file, let offset):
      try file.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return try Self.withNoFloats(body) }
        return try body((base + offset).assumingMemoryBound(to: Float.self))
      }
    case .owned(let values):
      try values.withUnsafeBufferPointer { floats in
        guard let base = floats.baseAddress else { return try Self.withNoFloats(body) }
        return try body(base)
      }
    }
  }

  /// For tensors of no elements, whose storage may have no address.
  private static func withNoFloats<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    var nothing: Float = 0
    return try Swift.withUnsafePointer(to: &nothing, body)
  }
}
