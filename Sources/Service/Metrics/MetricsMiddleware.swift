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
    var response = try await next(request, context)
    guard response.body.contentLength == nil else {
      record(response.status.code, begun, request, context)
      return response
    }
    // A stream's time is that of the whole of it.
    let (status, body) = (response.status.code, response.body)
    response.body = ResponseBody { writer in
      do {
        try await body.write(writer)
      } catch {
        record(Problem.Kind.clientGone.status.code, begun, request, context)
        throw error
      }
      record(status, begun, request, context)
    }
    return response
  }

  private func record(
    _ status: Int, _ begun: ContinuousClock.Instant, _ request: Request, _ context: ServiceContext
  ) {
    let time = ContinuousClock.now - begun
    // Neither paths nor methods that clients make up become series of their own.
    let path = context.endpointPath ?? "NotFound"
    let method =
      HTTPRequest.Method.known.contains(request.method) ? request.method.rawValue : "other"
    metrics.answered(method: method, path: path, status: status, time)
    context.logger.info(
      "request",
      metadata: [
        "method": "\(method)", "path": "\(path)",
        "status": .stringConvertible(status),
        "microseconds": .stringConvertible(Int(time / .microseconds(1))),
      ])
  }
}
