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

/// Takes the output of one input: to standard output at once, to a file all or nothing.
final class TagOutput {
  private let target: URL?
  private let part: URL?
  private let handle: FileHandle?
  private var isFinished = false

  init(_ target: URL?) throws {
    self.target = target
    guard let target else {
      part = nil
      handle = nil
      return
    }
    let part = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: part)
      handle = try FileHandle(forWritingTo: part)
    } catch {
      throw Self.failure(target, error)
    }
    self.part = part
  }

  deinit {
    if !isFinished, let part { try? FileManager.default.removeItem(at: part) }
  }

  func write(_ bytes: [UInt8]) throws {
    guard let handle, let target else { return try StandardOutput.write(bytes) }
    do {
      try handle.write(contentsOf: Data(bytes))
    } catch {
      throw Self.failure(target, error)
    }
  }

  /// Puts the file in its place.
  func finish() throws {
    guard let handle, let part, let target else { return }
    do {
      try handle.close()
      guard rename(part.path, target.path) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
      isFinished = true
    } catch {
      throw Self.failure(target, error)
    }
  }

  private static func failure(_ target: URL, _ error: any Error) -> Failure {
    Failure(
      .inputOutput,
      "\(target.path): expected a file that can be written, found \(error.localizedDescription)")
  }
}
