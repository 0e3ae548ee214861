import HTTPTypes
import Hummingbird

/// Finds out who asks. Paths that are for everybody (health, the page, the description) stand before it.
struct AccessMiddleware: RouterMiddleware {
  typealias Context = ServiceContext

  /// nil where no token is needed.
  let tokens: AccessTokens?

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.identity = try identity(request)
    return try await next(request, context)
  }

  private func identity(_ request: Request) throws -> Identity {
    guard let tokens else { return .anyone }
    guard let header = request.headers[.authorization] else {
      throw Problem(.unauthorized, "expected a bearer token, found none")
    }
    let scheme = header.prefix(7)
    guard scheme.lowercased() == "bearer ",
      let identity = tokens.identity(of: header.utf8.dropFirst(7))
    else { throw Problem(.unauthorized, "expected a bearer token of this service, found another") }
    return identity
  }
}

extension ServiceContext {
  /// - Throws: `Problem` where who asks has not that right.
  func require(_ right: Identity.Right) throws(Problem) {
    guard identity?.may(right) == true else {
      throw Problem(
        .forbidden, "expected a token with the right \(right.rawValue), found one without")
    }
  }

  /// - Throws: `Problem` where who asks has not that right, or not to that adapter.
  func require(_ right: Identity.Right, adapter: String) throws(Problem) {
    try require(right)
    guard identity?.mayUse(adapter: adapter) == true else {
      throw Problem(
        .forbidden, "expected a token for the adapter “\(adapter)”, found one for others")
    }
  }
}
