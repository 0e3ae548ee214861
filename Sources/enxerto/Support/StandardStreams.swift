import Foundation

/// Where progress, warnings and errors go.
enum StandardError {
  static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  /// Writes a line.
  static func write(_ line: String) { put(line + "\n") }

  /// Writes text as it is. What cannot be written is lost: there is nowhere to say so.
  static func put(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// The columns of the terminal.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Where results go.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

  /// Writes all bytes.
  ///
  /// - Throws: `BrokenPipe` where nobody reads any more, `Failure` for other errors.
  static func write(_ bytes: some Sequence<UInt8>) throws {
    let bytes = Array(bytes)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        written += count
      } else if errno == EPIPE {
        throw BrokenPipe()
      } else if errno != EINTR {
        throw Failure(
          .inputOutput,
          "standard output: expected to be written, found "
            + String(cString: strerror(errno)))
      }
    }
  }

  /// Writes text and a line feed.
  static func write(line: String) throws { try write(Array((line + "\n").utf8)) }
}
