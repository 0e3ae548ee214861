import NIOCore
import NIOHTTPTypes

/// What comes of a body when its request is answered already, as too large or too slow, is dropped rather than read by nobody: the client
/// gets to its answer. If it goes on for too long, the connection is closed.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let patience: TimeAmount
  /// Requests that have come whole, and those that are answered.
  private var whole = 0
  private var answered = 0
  private var timer: Scheduled<Void>?

  /// - Parameter patience: how long the rest of a body may take.
  init(patience: TimeAmount) { self.patience = patience }

  private var isDropping: Bool { answered > whole }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .body where isDropping: return
    case .end:
      whole += 1
      timer?.cancel()
      timer = nil
    default: break
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isDropping { context.read() }
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      answered += 1
      if isDropping {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
        // Whoever held reading up, as parts came faster than they were taken, takes none any more.
        context.read()
      }
    }
    context.write(data, promise: promise)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }
}
