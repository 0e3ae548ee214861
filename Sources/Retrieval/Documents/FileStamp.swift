#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What tells that a file is as it was without reading it.
struct FileStamp: Hashable, Sendable {
  /// In bytes.
  var size: Int64
  /// Of its contents, in nanoseconds since 1970.
  var modified: Int64
  /// Of the inode, in nanoseconds since 1970; nobody can set it back.
  var changed: Int64
  var inode: Int64
}

extension FileStamp {
  init(_ status: stat) {
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    self.init(
      size: Int64(status.st_size), modified: Self.nanoseconds(modified),
      changed: Self.nanoseconds(changed), inode: Int64(truncatingIfNeeded: status.st_ino))
  }

  /// The stamp to keep of a file that is about to be read.
  ///
  /// A file that has just been written could be written again within one tick of the file system's
  /// clock, and its times would not tell. Its stamp is made to differ, and the next update reads
  /// it.
  var settled: FileStamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    guard changed &+ Self.coarsestTick > Self.nanoseconds(now) else { return self }
    var stamp = self
    stamp.changed = .min
    return stamp
  }

  /// Two seconds (FAT), in nanoseconds.
  private static let coarsestTick: Int64 = 2_000_000_000

  // File systems have years that no Int64 of nanoseconds has: these only have to differ.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// Which file it is, whatever its name.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }

  /// The files of an index, which are no documents wherever they are.
  static func ofIndex(_ path: String) -> Set<FileIdentity> {
    Set(
      ["", "-wal", "-shm", "-journal", ".lock"].compactMap { ending in
        var status = stat()
        return stat(path + ending, &status) == 0 ? FileIdentity(status) : nil
      })
  }
}
