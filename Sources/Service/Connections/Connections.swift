public import NIOCore
import Synchronization

/// Knows which connections are open, so that work for a client that has hung up is given up.
public final class Connections: Sendable {
  private struct State {
    var cancels: [ObjectIdentifier: [UInt64: @Sendable () -> Void]] = [:]
    var next: UInt64 = 0
    /// Those that are open still, and whose clients want nothing more.
    var hungUp: Set<ObjectIdentifier> = []
  }

  private let state = Mutex(State())

  public init() {}

  /// Runs what is done for a client, and cancels it where the client goes away.
  ///
  /// - Parameter channel: nil: nobody can.
  func whileOpen<Value: Sendable>(
    _ channel: (any Channel)?, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let channel else { return try await operation() }
    let key = ObjectIdentifier(channel)
    let task = Task { try await operation() }
    let (number, isGone) = state.withLock { state in
      state.next += 1
      state.cancels[key, default: [:]][state.next] = { task.cancel() }
      return (state.next, state.hungUp.contains(key))
    }
    // The client may have gone before there was anything to cancel.
    if isGone || !channel.isActive { task.cancel() }
    defer {
      state.withLock { state in
        state.cancels[key]?[number] = nil
        if state.cancels[key]?.isEmpty == true { state.cancels[key] = nil }
      }
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// How much is being done for clients.
  var count: Int { state.withLock { $0.cancels.values.reduce(0) { $0 + $1.count } } }

  /// - Parameter isClosed: whether the whole connection is.
  fileprivate func hungUp(_ channel: any Channel, isClosed: Bool) {
    let key = ObjectIdentifier(channel)
    let cancels = state.withLock { state in
      if isClosed { state.hungUp.remove(key) } else { state.hungUp.insert(key) }
      return state.cancels.removeValue(forKey: key)
    }
    for cancel in (cancels ?? [:]).values { cancel() }
  }

  /// The handler that each connection needs.
  public func handler() -> any RemovableChannelHandler { HangUpHandler(connections: self) }

  /// A client that has closed its side wants nothing more.
  private final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    let connections: Connections

    init(connections: Connections) { self.connections = connections }

    func channelInactive(context: ChannelHandlerContext) {
      connections.hungUp(context.channel, isClosed: true)
      context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if let event = event as? ChannelEvent, event == .inputClosed {
        connections.hungUp(context.channel, isClosed: false)
      }
      context.fireUserInboundEventTriggered(event)
    }
  }
}
