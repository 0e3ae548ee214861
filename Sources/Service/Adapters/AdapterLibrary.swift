import Foundation
import Tasks

/// The folder of adapters that requests may load from and put into: each has the folder of its name in it.
struct AdapterLibrary: Sendable {
  private let root: URL

  init(_ root: URL) { self.root = root.resolvingSymlinksInPath().standardizedFileURL }

  /// Where an adapter is, or would be.
  ///
  /// - Parameter name: a valid one.
  /// - Throws: `Problem` where a link leads out of the folder.
  func place(of name: String) throws(Problem) -> URL {
    let place = root.appendingPathComponent(name, isDirectory: true)
    let target = place.resolvingSymlinksInPath().standardizedFileURL
    guard target.path.hasPrefix(root.path + "/") else {
      throw Problem(
        .forbidden, "expected an adapter inside the folder of adapters, found a link out of it")
    }
    return place
  }

  /// Puts files in the place of an adapter's folder, in one step, if they are as they should be.
  ///
  /// - Parameter check: is given a folder of them that nobody else sees.
  /// - Throws: `Problem`, `AdapterError`, and what `check` throws; the old folder is there still.
  func save<Value>(
    _ files: [(name: String, contents: Data)], name: String, check: (URL) throws -> Value
  ) throws -> Value {
    let folder = AtomicFolder(try place(of: name))
    let lock = try folder.prepare()
    defer { withExtendedLifetime(lock) {} }
    return try folder.save(files, check: check)
  }

  func has(name: String) throws(Problem) -> Bool {
    FileManager.default.fileExists(atPath: try place(of: name).path)
  }

  /// Removes an adapter's folder.
  ///
  /// - Throws: `Problem`, `AdapterError`.
  func remove(name: String) throws {
    let place = try place(of: name)
    let lock = try FolderLock(for: place)
    defer { withExtendedLifetime(lock) {} }
    do {
      try FileManager.default.removeItem(at: place)
    } catch {
      throw AdapterError(
        .inputOutput, path: name, expected: "a folder that can be removed",
        found: error.localizedDescription)
    }
  }
}
