import HTTPTypes
import Hummingbird
import Inference

/// `GET /health/live` and `/health/ready`.
struct HealthRoutes {
  let engine: Engine

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on("health/live", [(.get, { _, _ in .json(Array("{\"status\":\"live\"}\n".utf8)) })])
    group.on(
      "health/ready",
      [
        (
          .get,
          { _, _ in
            guard engine.isOpen else { throw EngineError.closing }
            guard !engine.adapters.all.isEmpty else {
              throw Problem(.notReady, "expected an adapter, found none loaded", retryAfter: 1)
            }
            return .json(Array("{\"status\":\"ready\"}\n".utf8))
          }
        )
      ])
  }
}
