import HTTPTypes
import Hummingbird

/// Reads a body whole: not more than it may have, and not longer than it may take.
struct RequestBytes {
  let most: Int
  let limits: ServiceLimits

  /// - Throws: `Problem`, and what the connection does.
  func read(_ request: Request, _ context: ServiceContext) async throws -> [UInt8] {
    let tooLarge = Problem(.bodyTooLarge, "expected at most \(most) bytes, found more")
    let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard length <= most else { throw tooLarge }
    let seconds = limits.requestSeconds
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    var body = PatientBody(request, context, seconds: limits.idleSeconds)
    while let part = try await body.next() {
      guard bytes.count + part.readableBytes <= most else { throw tooLarge }
      guard ContinuousClock.now < deadline else {
        throw Problem(.slowRequest, "expected a body within \(seconds) s, found it unfinished")
      }
      bytes += part.readableBytesView
    }
    return bytes
  }
}
