import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opens the file of an index.
enum IndexFile {
  /// Opens an index, or makes an empty one.
  ///
  /// - Parameter patience: how long to wait for another process that writes, in seconds.
  static func open(_ url: URL, patience: Double) throws(RetrievalError) -> DatabasePool {
    let path = url.path
    let isThere = try isThere(path)
    do {
      // What is no index of ours must stay as it is, and a writer would make it a WAL database.
      var standing = IndexSchema.Standing.empty
      if isThere {
        standing = try DatabaseQueue(path: path, configuration: reading(patience: patience)).read {
          try IndexSchema.standing($0, path: path)
        }
      }
      let pool = try DatabasePool(path: path, configuration: writing(patience: patience))
      if standing != .current {
        try pool.write { database in
          // Another process may have been here in between.
          guard try IndexSchema.standing(database, path: path) != .current else { return }
          try IndexSchema.create(in: database)
        }
      }
      return pool
    } catch let error as RetrievalError {
      throw error
    } catch {
      throw RetrievalError(error, index: path)
    }
  }

  /// Whether there is a file with something in it.
  private static func isThere(_ path: String) throws(RetrievalError) -> Bool {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        throw RetrievalError(
          .malformed, path: path, expected: "an index of passages",
          found: isFolder ? "a folder" : "no regular file")
      }
      return status.st_size > 0
    }
    let reason = errno
    guard reason == ENOENT else {
      throw RetrievalError(
        .inputOutput, path: path, expected: "a file that can be opened",
        found: String(cString: strerror(reason)))
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard stat(folder, &status) == 0 else {
      throw RetrievalError(
        .missing, path: path, expected: "a place in a folder that is there", found: "none")
    }
    return false
  }

  private static func reading(patience: Double) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    return configuration
  }

  private static func writing(patience: Double) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    // Rows are removed by hand, in the order that the full-text table needs.
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      // In a WAL database, NORMAL may lose the last transactions when the power fails, never the
      // database; the next update makes up for them. An index may come from elsewhere: nothing in
      // its schema is trusted.
      try database.execute(
        sql: """
          PRAGMA synchronous = NORMAL;
          PRAGMA cache_size = -16384;
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          """)
    }
    return configuration
  }
}
