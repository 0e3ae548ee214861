import HTTPTypes
import Hummingbird
import Inference

/// `GET /health/live` and `/health/ready`: whether the process runs, and whether it takes requests; the encoder is loaded before it listens.
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
            return .json(Array("{\"status\":\"ready\"}\n".utf8))
          }
        )
      ])
  }
}
