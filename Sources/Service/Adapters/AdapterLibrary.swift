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

  /// Lets files be read from a folder that nobody else sees.
  ///
  /// - Throws: `AdapterError` where they cannot be written; what `body` throws.
  func trying<Value>(
    _ files: [(name: String, contents: Data)], _ body: (URL) throws -> Value
  ) throws -> Value {
    let folder = root.appendingPathComponent(".offered-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      for (name, contents) in files {
        try contents.write(to: folder.appendingPathComponent(name))
      }
    } catch {
      throw AdapterError(
        .inputOutput, path: folder.lastPathComponent, expected: "room for the adapter",
        found: error.localizedDescription)
    }
    return try body(folder)
  }

  /// Puts files in the place of an adapter's folder, in one step.
  ///
  /// - Throws: `Problem`; `AdapterError`, the old folder being there still.
  func save(_ files: [(name: String, contents: Data)], name: String) throws {
    let folder = AtomicFolder(try place(of: name))
    let lock = try folder.prepare()
    try withExtendedLifetime(lock) { try folder.save(files) }
  }

  /// Removes an adapter's folder.
  ///
  /// - Throws: `Problem`, `AdapterError`.
  func remove(name: String) throws {
    let place = try place(of: name)
    guard FileManager.default.fileExists(atPath: place.path) else { return }
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
