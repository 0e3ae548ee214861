import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client does not read: what was written has waited too long for the network to take any of it.
final class StalledWriteHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Bytes that are written at a time, so that a slow client that does read is seen to.
  private static let slice = 1 << 16

  private let patience: TimeAmount
  private var waiting = 0
  private var timer: Scheduled<Void>?

  /// - Parameter patience: how long a write may wait.
  init(patience: TimeAmount) { self.patience = patience }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .body(var buffer) = unwrapOutboundIn(data) else {
      return writePart(context, data, promise)
    }
    while buffer.readableBytes > Self.slice, let part = buffer.readSlice(length: Self.slice) {
      writePart(context, wrapOutboundOut(.body(part)), nil)
    }
    writePart(context, wrapOutboundOut(.body(buffer)), promise)
  }

  private func writePart(
    _ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
  ) {
    let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
    waiting += 1
    if waiting == 1 { wind(context) }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      let (handler, context) = bound.value
      handler.waiting -= 1
      handler.timer?.cancel()
      handler.timer = nil
      if handler.waiting > 0 { handler.wind(context) }
    }
    context.write(data, promise: promise)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  private func wind(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
  }
}
