package import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps two runs from saving to one folder: a file beside it, locked while this value lives.
///
/// The system gives up the lock when the process ends, however it ends.
package final class FolderLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// - Throws: `AdapterError` where another process holds the lock, or none can be had.
  package init(for folder: URL) throws(AdapterError) {
    let path = folder.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.lastPathComponent).lock").path
    // Set at the end: an object whose properties are set is one that `deinit` ends, also where this throws.
    self.descriptor = try Self.locked(path, for: folder)
    self.path = path
  }

  /// A descriptor of the file at a path, locked.
  private static func locked(_ path: String, for folder: URL) throws(AdapterError) -> Int32 {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw AdapterError(
          .inputOutput, path: folder.path, expected: "a folder beside which files can be made",
          found: String(cString: strerror(errno)))
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let reason = errno
        close(descriptor)
        let isBusy = reason == EWOULDBLOCK
        throw AdapterError(
          isBusy ? .busy : .inputOutput, path: folder.path,
          expected: "a folder that no other run saves to",
          found: isBusy ? "one that does" : String(cString: strerror(reason)))
      }
      // Who held it may have removed the file since it was opened here: a lock on that keeps nobody out.
      var (held, there) = (stat(), stat())
      if fstat(descriptor, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino {
        return descriptor
      }
      close(descriptor)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
