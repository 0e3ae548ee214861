import Foundation

/// What tells one state of a file from another without reading it.
struct FileIdentity: Equatable {
  /// The path with all symbolic links resolved.
  let path: String
  let size: Int64
  let seconds: Int64
  let nanoseconds: Int64
  let device: UInt64
  let inode: UInt64

  /// Nil if the file cannot be examined.
  init?(_ url: URL) {
    guard let resolved = realpath(url.path, nil) else { return nil }
    defer { free(resolved) }
    var status = stat()
    guard stat(resolved, &status) == 0 else { return nil }
    path = String(cString: resolved)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      seconds = Int64(status.st_mtimespec.tv_sec)
      nanoseconds = Int64(status.st_mtimespec.tv_nsec)
    #else
      seconds = Int64(status.st_mtim.tv_sec)
      nanoseconds = Int64(status.st_mtim.tv_nsec)
    #endif
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }

  /// Whether the last change is two seconds past: file systems keep time in steps of up to that, and two changes
  /// within one step look alike.
  var isSettled: Bool {
    Double(seconds) + 2 < Date().timeIntervalSince1970
  }
}
