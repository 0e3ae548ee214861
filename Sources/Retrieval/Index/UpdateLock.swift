#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps two updates from the same index: a file beside it, locked while this value lives.
///
/// The system gives up the lock when the process ends, however it ends. The index's own file will
/// not do: closing any descriptor of it would take away the locks that SQLite has there.
final class UpdateLock: Sendable {
  private let path: String
  private let descriptor: Int32

  /// - Parameters:
  ///   - patience: how long another update is waited for.
  ///   - shouldStop: asked while waiting; true ends that at once.
  /// - Throws: `RetrievalError` where another update holds the lock, or none can be had.
  init(
    index: String, patience: Duration = .zero, shouldStop: () -> Bool = { false }
  ) throws(RetrievalError) {
    path = index + ".lock"
    let end = ContinuousClock.now + patience
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard opened >= 0 else {
        throw RetrievalError(
          .inputOutput, path: index, expected: "an index beside which a file can be made",
          found: String(cString: strerror(errno)))
      }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        let reason = errno
        close(opened)
        if reason == EWOULDBLOCK, ContinuousClock.now < end, !shouldStop() {
          usleep(20_000)
          continue
        }
        throw RetrievalError(
          reason == EWOULDBLOCK ? .inUse : .inputOutput, path: index,
          expected: "an index that no other run updates",
          found: reason == EWOULDBLOCK ? "one that does" : String(cString: strerror(reason)))
      }
      // The one who held it before may have removed the file after we opened it.
      if Self.isStillThere(path, as: opened) {
        descriptor = opened
        return
      }
      close(opened)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func isStillThere(_ path: String, as descriptor: Int32) -> Bool {
    var ours = stat()
    var named = stat()
    return fstat(descriptor, &ours) == 0 && stat(path, &named) == 0
      && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev
  }
}
