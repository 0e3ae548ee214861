import Foundation

/// Where the output goes: one file for each input under `--output`, else standard output.
struct TagTargets {
  private let folder: URL?
  private let shown: String
  private let overwrite: Bool
  private let sources: Set<String>
  private var takenBy: [String: String] = [:]

  /// - Throws: `Failure` where `--output` is no folder.
  init(folder path: String?, overwrite: Bool, inputs: [String]) throws {
    folder = path.map { URL(fileURLWithPath: $0, isDirectory: true) }
    shown = path ?? ""
    self.overwrite = overwrite
    sources = Set(inputs.map(Self.realPath))
    guard let folder else { return }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      throw Failure(.usage, "\(shown): expected a folder (--output), found a file")
    }
  }

  var isFolder: Bool { folder != nil }

  /// The file for an input; nil for standard output.
  ///
  /// - Parameter fileExtension: instead of the input's own.
  /// - Throws: `Failure` for a file that is another's, or there already.
  mutating func target(of input: String, fileExtension: String?) throws -> URL? {
    guard let folder else { return nil }
    let source = URL(fileURLWithPath: input == "-" ? "standard-input" : input)
    let name =
      fileExtension.map { "\(source.deletingPathExtension().lastPathComponent).\($0)" }
      ?? source.lastPathComponent
    let target = folder.appendingPathComponent(name)
    let shown = "\(shown)/\(name)".replacingOccurrences(of: "//", with: "/")
    if let other = takenBy[target.path] {
      throw Failure(
        .usage, "\(shown): expected one input for each output, found \(other) and \(input)")
    }
    takenBy[target.path] = input
    guard FileManager.default.fileExists(atPath: target.path) else { return target }
    guard !sources.contains(Self.realPath(target.path)) else {
      throw Failure(.usage, "\(shown): expected another --output, found one of the inputs there")
    }
    guard overwrite else {
      throw Failure(.usage, "\(shown): expected no such file, found one; --overwrite replaces it")
    }
    return target
  }

  private static func realPath(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
