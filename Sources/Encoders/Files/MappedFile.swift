package import Foundation

/// A whole file mapped read-only into memory: its pages are read when touched, shared with other processes
/// that map it, and never copied. Unmapped when the last reference goes.
///
/// `Data(contentsOf:options:.mappedIfSafe)` would do, but copies on Linux.
///
/// The file must not be cut shorter while it is mapped (the kernel then answers an access with SIGBUS, as for
/// every program that maps files); replacing it by renaming another over it is fine.
package final class MappedFile: Sendable {
  package let path: String
  /// Size in bytes.
  package let count: Int
  /// The first byte's address; a number, since raw pointers are not Sendable. Zero for an empty file.
  private let address: UInt

  /// Maps the file at `url`.
  ///
  /// - Throws: `EncoderError`, `.missing` if there is no such file, `.malformed` if it is no regular
  ///   file, `.inputOutput` if the system refuses.
  package init(_ url: URL) throws(EncoderError) {
    let path = url.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(errno, path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(errno, path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
      throw EncoderError(.malformed, path: path, expected: "a regular file", found: found)
    }
    let count = Int(status.st_size)
    var address: UInt = 0
    if count > 0 {
      guard let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
        mapping != MAP_FAILED
      else { throw Self.failure(errno, path: path) }
      address = UInt(bitPattern: mapping)
    }
    self.path = path
    self.count = count
    self.address = address
  }

  deinit {
    if let start = UnsafeMutableRawPointer(bitPattern: address) { munmap(start, count) }
  }

  /// The file's bytes. The pointer stays valid for as long as this object lives, not only inside `body`.
  package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) {
      try body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
    }
  }

  /// Gives back the memory of some bytes that will not be needed soon; they are read from the file again when touched.
  func release(_ range: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    // Whole pages alone: on the others stands something else as well.
    let start = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    guard start < end else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: address + UInt(start)), end - start, MADV_DONTNEED)
  }

  /// The error for `code`, an `errno` from opening or mapping `path`.
  static func failure(_ code: Int32, path: String) -> EncoderError {
    if code == ENOENT || code == ENOTDIR {
      return EncoderError(.missing, path: path, expected: "a file", found: "none")
    }
    return EncoderError(
      .inputOutput, path: path, expected: "a readable file", found: String(cString: strerror(code)))
  }
}
