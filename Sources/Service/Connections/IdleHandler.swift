import NIOCore
import NIOHTTPTypes

/// Closes a connection on which nothing is asked: without a whole head for too long, from its beginning or since the last answer. While
/// there is a request, whoever reads its body sees to it that it comes (`PatientBody`).
final class IdleHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let patience: TimeAmount
  /// Requests that are not answered yet.
  private var requests = 0
  private var timer: Scheduled<Void>?

  /// - Parameter patience: how long nothing may be asked.
  init(patience: TimeAmount) { self.patience = patience }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { wind(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelActive(context: ChannelHandlerContext) {
    wind(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) {
      requests += 1
      stop()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      requests -= 1
      if requests == 0 { wind(context) }
    }
    context.write(data, promise: promise)
  }

  private func wind(_ context: ChannelHandlerContext) {
    stop()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
  }

  private func stop() {
    timer?.cancel()
    timer = nil
  }
}
