import Foundation

/// Where the output of each input goes under `--output`.
struct ConvertedFiles {
  let targets: [URL]
  private let folder: URL

  /// - Throws: a usage error where a file would be replaced: an input, another output, or, unless
  ///   `overwrite`, one that is there.
  init(inputs: [String], folder path: String, format: OutputFormat, overwrite: Bool) throws {
    folder = URL(fileURLWithPath: path, isDirectory: true)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      throw Failure(.usage, "\(path): expected a folder (--output), found a file")
    }
    var targets: [URL] = []
    var takenBy: [String: String] = [:]
    let sources = Set(inputs.map(Self.realPath))
    for input in inputs {
      let name = URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
      let target = folder.appendingPathComponent(name + "." + format.fileExtension)
      let shown = "\(path)/\(target.lastPathComponent)".replacingOccurrences(of: "//", with: "/")
      if let other = takenBy[target.path] {
        throw Failure(
          .usage, "\(shown): expected one input for each output, found \(other) and \(input)")
      }
      takenBy[target.path] = input
      if FileManager.default.fileExists(atPath: target.path) {
        guard !sources.contains(Self.realPath(target.path)) else {
          throw Failure(
            .usage, "\(shown): expected another --output, found one of the inputs there")
        }
        guard overwrite else {
          throw Failure(
            .usage, "\(shown): expected no such file, found one; --overwrite replaces it")
        }
      }
      targets.append(target)
    }
    self.targets = targets
  }

  /// Writes one file, whole or not at all.
  func write(_ bytes: [UInt8], to target: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: target, options: .atomic)
    } catch {
      throw Failure(
        .inputOutput,
        "\(target.path): expected a file that can be written, found \(error.localizedDescription)")
    }
  }

  private static func realPath(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
