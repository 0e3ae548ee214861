import HTTPTypes
import Hummingbird

/// Where no token says who asks, keeps pages of other sites in a browser from asking in its user's name: by a request from their own
/// origin, or by a name of theirs that leads to this machine (DNS rebinding).
struct OriginMiddleware: RouterMiddleware {
  typealias Context = ServiceContext

  /// Whether the service is for this machine alone, and goes by no other name.
  let isLocal: Bool

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let authority = request.head.authority ?? ""
    guard !isLocal || Self.isLocal(authority) else {
      throw Problem(
        .forbidden, "expected this machine's own name in Host, found \(authority.prefix(80))")
    }
    if let origin = request.headers[.origin] {
      let place = origin.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      guard place.lowercased() == authority.lowercased() else {
        throw Problem(
          .forbidden, "expected a page of this service, found one of \(origin.prefix(80))")
      }
    }
    return try await next(request, context)
  }

  private static func isLocal(_ authority: String) -> Bool {
    let name: Substring
    if authority.first == "[" {
      name = authority.prefix { $0 != "]" } + "]"
    } else {
      name = authority.prefix { $0 != ":" }
    }
    return ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased())
  }
}
