import Foundation

/// Where the bytes of an output go.
protocol OutputTarget: AnyObject {
  func write(_ bytes: [UInt8]) throws
  /// Ends the output; without it a file is not there.
  func finish() throws
}

/// Standard output.
final class StandardOutputTarget: OutputTarget {
  func write(_ bytes: [UInt8]) throws { try StandardOutput.write(bytes) }
  func finish() {}
}

/// A file that appears under its name when it is whole. What a link leads to is replaced, not the link; a device or a pipe is written to
/// as it is.
final class FileTarget: OutputTarget {
  /// As it was named.
  private let path: String
  private let target: URL
  /// nil: of what is written to as it is, or where all is done.
  private var partial: URL?
  private let handle: FileHandle

  /// - Throws: `Failure` where the file cannot be made.
  init(_ url: URL) throws {
    path = url.path
    var status = stat()
    let isThere = stat(url.path, &status) == 0
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    target = isRegular ? url.resolvingSymlinksInPath() : url
    do {
      guard !isThere || access(url.path, W_OK) == 0 else { throw Self.lastError }
      if isThere && !isRegular {
        handle = try FileHandle(forWritingTo: url)
        return
      }
      let folder = target.deletingLastPathComponent()
      let partial = folder.appendingPathComponent(
        ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: partial)
      handle = try FileHandle(forWritingTo: partial)
      self.partial = partial
    } catch {
      throw Self.failure(url.path, error)
    }
  }

  deinit {
    if let partial { try? FileManager.default.removeItem(at: partial) }
  }

  func write(_ bytes: [UInt8]) throws {
    do { try handle.write(contentsOf: Data(bytes)) } catch { throw Self.failure(path, error) }
  }

  func finish() throws {
    do {
      try handle.close()
      guard let partial else { return }
      guard rename(partial.path, target.path) == 0 else { throw Self.lastError }
      self.partial = nil
    } catch {
      throw Self.failure(path, error)
    }
  }

  private static var lastError: any Error { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  private static func failure(_ path: String, _ error: any Error) -> Failure {
    Failure(
      .inputOutput,
      "\(path): expected a file that can be written, found \(error.localizedDescription)")
  }
}
