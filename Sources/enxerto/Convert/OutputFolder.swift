import Foundation

/// The folder of `--output`: which names in it are free.
struct OutputFolder {
  private let shown: String
  private let folder: URL
  private let sources: Set<String>
  private let overwrite: Bool
  private var takenBy: [String: String] = [:]

  /// - Throws: a usage error where the path is a file.
  init(_ path: String, inputs: [String], overwrite: Bool) throws {
    shown = path
    folder = URL(fileURLWithPath: path, isDirectory: true)
    self.overwrite = overwrite
    sources = Set(inputs.map(Self.realPath))
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      throw Failure(.usage, "\(path): expected a folder (--output), found a file")
    }
  }

  /// Takes a name for the output of `input`.
  ///
  /// - Throws: a usage error where a file would be replaced: an input, another output, or, unless
  ///   `overwrite`, one that is there.
  mutating func take(_ name: String, for input: String) throws -> URL {
    let target = folder.appendingPathComponent(name)
    let place = shown.hasSuffix("/") ? shown + name : "\(shown)/\(name)"
    if let other = takenBy[target.path] {
      throw Failure(
        .usage, "\(place): expected one input for each output, found \(other) and \(input)")
    }
    takenBy[target.path] = input
    if FileManager.default.fileExists(atPath: target.path) {
      guard !sources.contains(Self.realPath(target.path)) else {
        throw Failure(
          .usage, "\(place): expected another --output, found one of the inputs there")
      }
      guard overwrite else {
        throw Failure(
          .usage, "\(place): expected no such file, found one; --overwrite replaces it")
      }
    }
    return target
  }

  /// Whether the name was taken in this run.
  func isTaken(_ name: String) -> Bool {
    takenBy[folder.appendingPathComponent(name).path] != nil
  }

  /// The name of an input without folder and extension.
  static func stem(of input: String) -> String {
    input == "-"
      ? "standard-input" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
  }

  /// A document's name as part of a file's: without folders, separators and control characters.
  static func fileName(of id: String) -> String {
    var result = ""
    for scalar in id.unicodeScalars.prefix(100) {
      let isPlain =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "-_. ".unicodeScalars.contains(scalar)
      result.unicodeScalars.append(isPlain ? scalar : "_")
    }
    // A name that begins with a dot is hidden, or the folder itself.
    if result.utf8.first == UInt8(ascii: ".") {
      result = "_" + String(result.unicodeScalars.dropFirst())
    }
    return result.isEmpty ? "document" : result
  }

  private static func realPath(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
