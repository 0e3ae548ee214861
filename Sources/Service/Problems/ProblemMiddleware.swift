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
    } catch is CancellationError {
      // The client is gone: nobody reads this.
      response = Problem(.closing, "expected a client, found it gone").response(request: context.id)
    } catch {
      let problem = Problem(error)
      if problem.kind == .failure {
        context.logger.error("failure", metadata: ["error": "\(error)"])
      }
      response = problem.response(request: context.id)
    }
    response.headers[.requestID] = context.id
    return response
  }
}

extension HTTPField.Name {
  static var requestID: HTTPField.Name {
    guard let name = HTTPField.Name("X-Request-ID") else { preconditionFailure("a name") }
    return name
  }
}
