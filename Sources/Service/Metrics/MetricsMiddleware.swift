import HTTPTypes
import Hummingbird
import Logging

/// Times each request, and logs it without its text.
struct RequestMetricsMiddleware: RouterMiddleware {
  typealias Context = ServiceContext
  let metrics: ServiceMetrics

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let begun = ContinuousClock.now
    let response = try await next(request, context)
    let time = ContinuousClock.now - begun
    // Neither paths nor methods that clients make up become series of their own.
    let path = context.endpointPath ?? "NotFound"
    let method =
      HTTPRequest.Method.known.contains(request.method) ? request.method.rawValue : "other"
    metrics.answered(method: method, path: path, status: response.status.code, time)
    context.logger.info(
      "request",
      metadata: [
        "method": "\(method)", "path": "\(path)",
        "status": .stringConvertible(response.status.code),
        "microseconds": .stringConvertible(Int(time / .microseconds(1))),
      ])
    return response
  }
}
