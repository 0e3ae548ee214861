/// Floats that several threads write at once, each its own part. An address as a number, since pointers are not
/// Sendable; valid as long as the pointer it is made of.
package struct SharedFloats: Sendable {
  private let place: UInt

  package init(_ first: UnsafeMutablePointer<Float>) { place = UInt(bitPattern: first) }

  /// To be read alone.
  package init(reading first: UnsafePointer<Float>) { place = UInt(bitPattern: first) }

  /// The floats from a number on.
  package func from(_ number: Int) -> UnsafeMutablePointer<Float> {
    guard let first = UnsafeMutablePointer<Float>(bitPattern: place) else {
      preconditionFailure("floats without an address")
    }
    return first + number
  }
}
