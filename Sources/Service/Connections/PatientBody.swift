import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// A request's body, part by part. A client that sends none for too long loses its connection, which ends the body; what the service
/// does between the parts takes as long as it takes. One that waits to be asked for its body (`Expect: 100-continue`, RFC 9110,
/// section 10.1.1) is asked by the first part.
struct PatientBody {
  private var parts: RequestBody.AsyncIterator
  private let channel: (any Channel)?
  private let patience: TimeAmount
  private var isExpected: Bool

  /// - Parameter seconds: that a part may take to come.
  init(_ request: Request, _ context: ServiceContext, seconds: Double) {
    parts = request.body.makeAsyncIterator()
    channel = context.channel
    patience = .nanoseconds(Int64(seconds * 1e9))
    isExpected = request.headers[.expect]?.lowercased() == "100-continue"
  }

  /// - Throws: what the connection does.
  mutating func next() async throws -> ByteBuffer? {
    guard let channel else { return try await parts.next() }
    if isExpected {
      isExpected = false
      channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
    }
    let timer = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    defer { timer.cancel() }
    return try await parts.next()
  }
}
