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
    path =
      folder.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.lastPathComponent).lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
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
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
