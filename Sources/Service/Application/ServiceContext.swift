public import Hummingbird
import NIOCore

/// What goes with a request.
public struct ServiceContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  /// Who asks; nil before the token was looked at.
  var identity: Identity?
  /// What the client is connected by; nil in tests without a network.
  let channel: (any Channel)?

  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
