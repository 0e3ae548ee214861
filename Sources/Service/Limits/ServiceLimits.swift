/// How much a service takes.
public struct ServiceLimits: Hashable, Sendable {
  /// Bytes of a body, but for streams and adapters.
  public var bodyBytes = 4 << 20
  /// Bytes of one text, or of a question and its passage.
  public var textBytes = 1 << 20
  /// Bytes of one line of a stream.
  public var lineBytes = 2 << 20
  /// Bytes of an adapter that is sent.
  public var adapterBytes = 64 << 20
  /// Adapters that are served at a time, where requests load them.
  public var loadedAdapters = 1024
  /// How deep JSON may be nested; to 64.
  public var depth = 32
  /// Items of a batch.
  public var batchItems = 256
  /// Items of a batch or a stream that wait for the encoder at a time.
  public var itemsAtATime = 64
  /// Rows that wait for the encoder; a request that would be more is sent away.
  public var queueRows = 8192
  /// Seconds that what waits for the encoder may take; while it would be more, requests are sent away.
  public var queueSeconds = 1.0
  /// Requests that are answered at a time.
  public var requestsInFlight = 256
  /// Connections that are open at a time; others wait until one is closed.
  public var connections = 1024
  /// Seconds that a request may take from when its body is there, and that its body may take before.
  public var requestSeconds = 30.0
  /// Seconds that a connection may say nothing, or take nothing of what is sent to it.
  public var idleSeconds = 30.0

  public init() {}
}
