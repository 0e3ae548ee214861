import HTTPTypes
import Hummingbird

/// Reads a body whole: not more than it may have, and not longer than it may take. A client that sends nothing at all is
/// left to the connection's own patience.
struct RequestBytes {
  let most: Int
  let seconds: Double

  /// - Throws: `Problem`.
  func read(_ request: Request) async throws -> [UInt8] {
    let tooLarge = Problem(.bodyTooLarge, "expected at most \(most) bytes, found more")
    let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard length <= most else { throw tooLarge }
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= most else { throw tooLarge }
      guard ContinuousClock.now < deadline else {
        throw Problem(.slowRequest, "expected a body within \(seconds) s, found it unfinished")
      }
      bytes += part.readableBytesView
    }
    return bytes
  }
}
