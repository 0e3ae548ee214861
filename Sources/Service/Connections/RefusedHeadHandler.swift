import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what is no request of HTTP, and so comes to no route, with problem details as routes do, and closes the connection.
final class RefusedHeadHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let metrics: ServiceMetrics
  private let logger: Logger
  /// Requests that are not answered yet.
  private var requests = 0

  init(metrics: ServiceMetrics, logger: Logger) {
    self.metrics = metrics
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { requests += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { requests -= 1 }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Of a request that is being read its route says it; a client that has gone hears nothing.
    guard requests == 0, let fault = error as? HTTPParserError, fault != .invalidEOFState else {
      return context.fireErrorCaught(error)
    }
    metrics.refusedHead()
    let id = RequestID().description
    logger.info(
      "request refused", metadata: ["error": "\(fault)", "request": .string(id), "status": "400"])
    let problem = Problem(fault)
    let body = ByteBuffer(bytes: problem.json(request: id))
    var response = problem.response(request: id).head
    response.headerFields[.requestID] = id
    response.headerFields[.connection] = "close"
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }
}
