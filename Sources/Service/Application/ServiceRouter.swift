public import Foundation
public import Hummingbird
public import Inference

/// What a service is made of.
public struct ServiceParts: Sendable {
  public var engine: Engine
  public var metrics: ServiceMetrics
  public var limits: ServiceLimits
  /// nil: no token is needed.
  public var tokens: AccessTokens?
  /// Whether it listens on this machine alone, and is to go by no other name.
  public var isLocal: Bool
  /// Where adapters may be loaded from and put; nil: by no request.
  public var adapterFolder: URL?
  /// Whether the log has texts.
  public var logsTexts: Bool
  public var connections: Connections
  public var readiness: Readiness

  public init(
    engine: Engine, metrics: ServiceMetrics, limits: ServiceLimits = ServiceLimits(),
    tokens: AccessTokens? = nil, isLocal: Bool = true, adapterFolder: URL? = nil,
    logsTexts: Bool = false,
    connections: Connections = Connections(), readiness: Readiness = Readiness()
  ) {
    self.engine = engine
    self.metrics = metrics
    self.limits = limits
    self.tokens = tokens
    self.isLocal = isLocal
    self.adapterFolder = adapterFolder
    self.logsTexts = logsTexts
    self.connections = connections
    self.readiness = readiness
  }
}

/// Builds the service's router: what tests call, and the server.
public func buildRouter(_ parts: ServiceParts) -> Router<ServiceContext> {
  let inFlight = InFlight(limit: parts.limits.requestsInFlight)
  let router = Router(context: ServiceContext.self)
  router.add(middleware: RequestMetricsMiddleware(metrics: parts.metrics))
  router.add(middleware: ProblemMiddleware())
  if parts.tokens == nil { router.add(middleware: OriginMiddleware(isLocal: parts.isLocal)) }
  PageRoutes().add(to: router)
  HealthRoutes(engine: parts.engine, readiness: parts.readiness).add(to: router)
  let runner = ItemRunner(parts)
  let version = router.group("v1").add(middleware: AccessMiddleware(tokens: parts.tokens))
  AdapterRoutes(parts).add(to: version)
  let work = version.group().add(middleware: InFlightMiddleware(inFlight: inFlight))
  ItemRoutes(runner: runner).add(to: work)
  StreamRoute(runner: runner, inFlight: inFlight).add(to: version)
  MetricsRoute(metrics: parts.metrics, engine: parts.engine, inFlight: inFlight).add(
    to: router.group().add(middleware: AccessMiddleware(tokens: parts.tokens)))
  return router
}
