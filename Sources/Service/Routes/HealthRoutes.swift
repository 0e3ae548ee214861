import HTTPTypes
import Hummingbird
import Inference

/// `GET /health/live` and `/health/ready`: whether the process runs, and whether requests should come to it; the encoder is loaded before
/// it listens.
struct HealthRoutes {
  let engine: Engine
  let readiness: Readiness

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on("health/live", [(.get, { _, _ in .json(Array("{\"status\":\"live\"}\n".utf8)) })])
    group.on(
      "health/ready",
      [
        (
          .get,
          { _, _ in
            guard readiness.isReady, engine.isOpen else { throw EngineError.closing }
            return .json(Array("{\"status\":\"ready\"}\n".utf8))
          }
        )
      ])
  }
}
