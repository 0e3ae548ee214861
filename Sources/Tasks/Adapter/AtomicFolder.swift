import CFileSystem
package import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A folder that is only ever replaced whole.
///
/// A save writes a complete new folder beside the old one, syncs it and exchanges the two in one
/// step (`renameat2` with `RENAME_EXCHANGE`): whoever looks, or a crash, finds the old one or the new.
package struct AtomicFolder: Sendable {
  package let url: URL

  package init(_ url: URL) {
    // A link stays, and the folder that it leads to is replaced.
    self.url = url.standardizedFileURL.resolvingSymlinksInPath()
  }

  package var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Makes the parent folder, removes what an earlier run left half-written, and makes sure that the
  /// file system can exchange folders.
  ///
  /// - Returns: a lock to hold while there is something to save.
  /// - Throws: `AdapterError`, also where another run holds the lock.
  package func prepare() throws(AdapterError) -> FolderLock {
    let manager = FileManager.default
    // Found now, and not when an epoch is to be saved.
    if !exists, let target = try? manager.destinationOfSymbolicLink(atPath: url.path) {
      throw AdapterError(
        .inputOutput, path: url.path, expected: "a new folder, or a link to one that is there",
        found: "a link to \(target), which is not there")
    }
    try attempt("a folder that can be made") {
      try manager.createDirectory(at: parent, withIntermediateDirectories: true)
    }
    let lock = try FolderLock(for: url)
    for name in (try? manager.contentsOfDirectory(atPath: parent.path)) ?? []
    where name.hasPrefix(temporaryPrefix) {
      try? manager.removeItem(at: parent.appendingPathComponent(name))
    }
    let (first, second) = (temporary("try-1"), temporary("try-2"))
    try attempt("a folder that can be written") {
      try manager.createDirectory(at: first, withIntermediateDirectories: false)
      try manager.createDirectory(at: second, withIntermediateDirectories: false)
    }
    defer {
      try? manager.removeItem(at: first)
      try? manager.removeItem(at: second)
    }
    if let reason = Self.exchange(first, second) {
      throw AdapterError(
        .inputOutput, path: parent.path,
        expected: "a file system that can exchange two folders (renameat2 with RENAME_EXCHANGE)",
        found: reason)
    }
    return lock
  }

  /// Replaces the folder by one with these files.
  ///
  /// - Throws: `AdapterError`; the old folder is then still there.
  package func save(_ files: [(name: String, contents: Data)]) throws(AdapterError) {
    // What a full disk cut short must not go on filling it; where it took the old folder's place, that is what is removed.
    defer { try? FileManager.default.removeItem(at: new) }
    try write(files)
    try putInPlace()
  }

  /// Replaces the folder by one with these files, if they are as they should be.
  ///
  /// - Parameter check: is given the new folder before anybody else sees it.
  /// - Throws: `AdapterError`, and what `check` throws; the old folder is then still there.
  package func save<Value>(
    _ files: [(name: String, contents: Data)], check: (URL) throws -> Value
  ) throws -> Value {
    defer { try? FileManager.default.removeItem(at: new) }
    try write(files)
    let value = try check(new)
    try putInPlace()
    return value
  }

  private var new: URL { temporary("new") }

  private func write(_ files: [(name: String, contents: Data)]) throws(AdapterError) {
    let manager = FileManager.default
    try? manager.removeItem(at: new)
    try attempt("a folder that can be written") {
      try manager.createDirectory(at: new, withIntermediateDirectories: false)
      for file in files {
        let path = new.appendingPathComponent(file.name)
        try file.contents.write(to: path)
        try Self.sync(path)
      }
      try Self.sync(new)
    }
  }

  private func putInPlace() throws(AdapterError) {
    if exists {
      if let reason = Self.exchange(new, url) {
        throw AdapterError(
          .inputOutput, path: url.path, expected: "to be replaced", found: reason)
      }
    } else {
      guard rename(new.path, url.path) == 0 else {
        throw AdapterError(
          .inputOutput, path: url.path, expected: "a place for the folder",
          found: Self.lastReason)
      }
    }
    try attempt("a folder that can be synced") { try Self.sync(parent) }
  }

  private var parent: URL { url.deletingLastPathComponent() }
  private var temporaryPrefix: String { ".\(url.lastPathComponent).saving-" }

  private func temporary(_ purpose: String) -> URL {
    parent.appendingPathComponent("\(temporaryPrefix)\(purpose)")
  }

  private func attempt(_ expected: String, _ body: () throws -> Void) throws(AdapterError) {
    do {
      try body()
    } catch let error as AdapterError {
      throw error
    } catch {
      throw AdapterError(
        .inputOutput, path: url.path, expected: expected, found: error.localizedDescription)
    }
  }

  private static var lastReason: String { String(cString: strerror(errno)) }

  /// Exchanges two folders; nil, or why it could not be done.
  private static func exchange(_ a: URL, _ b: URL) -> String? {
    enx_exchange(a.path, b.path) == 0 ? nil : lastReason
  }

  /// Waits until a file or folder is on the disk.
  private static func sync(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY)
    guard descriptor >= 0 else { throw failure(url) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(url) }
  }

  private static func failure(_ url: URL) -> AdapterError {
    AdapterError(
      .inputOutput, path: url.path, expected: "a file that can be synced", found: lastReason)
  }
}
