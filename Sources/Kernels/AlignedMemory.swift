/// Memory that begins at a multiple of 64 bytes; who writes it while it is shared has to see to it that
/// nobody else reads.
package final class AlignedMemory: Sendable {
  /// A number, since pointers are not Sendable.
  private let place: UInt

  package var address: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: place) }

  package init(byteCount: Int) {
    place = UInt(
      bitPattern: UnsafeMutableRawPointer.allocate(byteCount: max(1, byteCount), alignment: 64))
  }

  deinit { address?.deallocate() }
}
