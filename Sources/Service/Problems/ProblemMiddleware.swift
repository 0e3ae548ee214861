import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever is thrown into problem details, and gives each response its request's id.
struct ProblemMiddleware: RouterMiddleware {
  typealias Context = ServiceContext

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch is CancellationError where !Task.isCancelled {
      // Not the service gives up, but the client has closed its side.
      response = Problem(.clientGone, "expected a client that waits, found it gone")
        .response(request: context.id)
    } catch {
      let problem = Problem(error)
      if problem.kind == .failure {
        context.logger.error("failure", metadata: ["error": "\(error)"])
      }
      response = problem.response(request: context.id)
    }
    response.headers[.requestID] = context.id
    // Nor does a problem have a body where none was asked for (RFC 9110, section 9.3.2).
    return request.method == .head ? response.createHeadResponse() : response
  }
}

extension HTTPField.Name {
  static var requestID: HTTPField.Name {
    guard let name = HTTPField.Name("X-Request-ID") else { preconditionFailure("a name") }
    return name
  }
}
