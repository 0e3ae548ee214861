import Service
import ServiceLifecycle

/// Holds a signal back from the service for some time, in which whoever asks /health/ready learns that it will be gone.
struct Drain: ServiceLifecycle.Service {
  let readiness: Readiness
  let time: Duration

  func run() async throws {
    try await gracefulShutdown()
    readiness.stop()
    try await Task.sleep(for: time)
  }
}
