import Foundation

/// Where the bytes of a conversion go.
protocol ConversionTarget: AnyObject {
  func write(_ bytes: [UInt8]) throws
  /// Ends the output; without it a file is not there.
  func finish() throws
}

/// Standard output.
final class StandardOutputTarget: ConversionTarget {
  func write(_ bytes: [UInt8]) throws { try StandardOutput.write(bytes) }
  func finish() {}
}

/// A file that appears under its name when it is whole.
final class FileTarget: ConversionTarget {
  private let target: URL
  private let partial: URL
  private var handle: FileHandle?

  /// - Throws: `Failure` where the file cannot be made.
  init(_ target: URL) throws {
    self.target = target
    partial = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: partial)
      handle = try FileHandle(forWritingTo: partial)
    } catch {
      throw Self.failure(target, error)
    }
  }

  deinit {
    guard handle != nil else { return }
    try? handle?.close()
    try? FileManager.default.removeItem(at: partial)
  }

  func write(_ bytes: [UInt8]) throws {
    do { try handle?.write(contentsOf: Data(bytes)) } catch { throw Self.failure(target, error) }
  }

  func finish() throws {
    do {
      try handle?.close()
      handle = nil
    } catch {
      throw Self.failure(target, error)
    }
    guard rename(partial.path, target.path) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(at: partial)
      throw Failure(
        .inputOutput, "\(target.path): expected a file that can be written, found \(reason)")
    }
  }

  private static func failure(_ target: URL, _ error: any Error) -> Failure {
    Failure(
      .inputOutput,
      "\(target.path): expected a file that can be written, found \(error.localizedDescription)")
  }
}
