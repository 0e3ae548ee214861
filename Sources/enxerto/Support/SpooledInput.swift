import Corpora
import Foundation

/// Standard input kept in a file, so that it can be read twice. The file has no name: nothing is
/// left of it when the program ends, however that comes about.
final class SpooledInput {
  private let descriptor: Int32

  /// Reads standard input to its end.
  ///
  /// - Throws: `CorpusError`, `Failure`.
  init() throws {
    var template = Array(
      FileManager.default.temporaryDirectory.appendingPathComponent("enxerto-XXXXXX").path
        .utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.failure() }
    unlink(template)
    let source = try ByteSource(.standardInput)
    while let chunk = try source.next() {
      var written = 0
      while written < chunk.count {
        let count = chunk[written...].withUnsafeBytes {
          write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno != EINTR { throw Self.failure() }
        written += max(count, 0)
      }
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// May be opened any number of times while this object lives.
  var input: CorpusInput {
    .copy(path: "/dev/fd/\(descriptor)", name: CorpusInput.standardInput.name)
  }

  private static func failure() -> Failure {
    Failure(
      .inputOutput,
      "\(FileManager.default.temporaryDirectory.path): expected room for standard input, found "
        + String(cString: strerror(errno)))
  }
}
