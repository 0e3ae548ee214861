import Synchronization

/// Whether requests should come to this service, or go elsewhere since it will soon be gone.
public final class Readiness: Sendable {
  private let ended = Mutex<ContinuousClock.Instant?>(nil)

  public init() {}

  public var isReady: Bool { end == nil }

  /// Since when they should go elsewhere.
  public var end: ContinuousClock.Instant? { ended.withLock { $0 } }

  public func stop() { ended.withLock { $0 = $0 ?? .now } }
}
