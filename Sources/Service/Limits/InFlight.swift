import Hummingbird
import Synchronization

/// Counts what is being done, and sends away what is too much.
final class InFlight: Sendable {
  private let limit: Int
  private let what: String
  private let count = Atomic<Int>(0)

  /// - Parameter what: is counted, for messages.
  init(limit: Int, of what: String = "requests") {
    self.limit = limit
    self.what = what
  }

  var value: Int { count.load(ordering: .relaxed) }

  /// One of those; left when nobody holds it any more, if not before.
  final class Place: Sendable {
    private let inFlight: InFlight
    private let isLeft = Atomic<Bool>(false)

    fileprivate init(_ inFlight: InFlight) { self.inFlight = inFlight }

    func leave() {
      guard !isLeft.exchange(true, ordering: .relaxed) else { return }
      inFlight.count.wrappingSubtract(1, ordering: .relaxed)
    }

    deinit { leave() }
  }

  /// - Throws: `Problem` where there are too many already.
  func enter() throws(Problem) -> Place {
    if count.wrappingAdd(1, ordering: .relaxed).newValue > limit {
      count.wrappingSubtract(1, ordering: .relaxed)
      throw Problem(
        .tooManyRequests, "expected at most \(limit) \(what) at a time, found more", retryAfter: 1)
    }
    return Place(self)
  }
}

struct InFlightMiddleware: RouterMiddleware {
  typealias Context = ServiceContext
  let inFlight: InFlight

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let place = try inFlight.enter()
    defer { place.leave() }
    return try await next(request, context)
  }
}
