import HTTPTypes
import Hummingbird

extension RouterMethods where Context == ServiceContext {
  typealias Handler = @Sendable (Request, ServiceContext) async throws -> Response

  /// Adds all that a path takes; other methods get the problem `method-not-allowed`, with `Allow`.
  func on(_ path: RouterPath, _ handlers: [(HTTPRequest.Method, Handler)]) {
    var allowed = handlers.map(\.0)
    if allowed.contains(.get) { allowed.append(.head) }
    for (method, handler) in handlers {
      on(path, method: method, use: handler)
      // `ProblemMiddleware` leaves its body out.
      if method == .get { on(path, method: .head, use: handler) }
    }
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    for method in HTTPRequest.Method.known where !allowed.contains(method) {
      on(path, method: method) { _, _ -> Response in
        throw Problem(
          .methodNotAllowed, "expected \(names), found \(method.rawValue)", allow: names)
      }
    }
  }
}

extension HTTPRequest.Method {
  /// Those that have a meaning of their own; clients may make up others.
  static let known: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .delete, .patch, .options, .trace, .connect, .query,
  ]
}
