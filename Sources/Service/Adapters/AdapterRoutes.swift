import Foundation
import HTTPTypes
import Hummingbird
import Inference
import Kernels
import Logging
import NIOPosix
import Synchronization
import Tasks

/// `GET /v1/adapters`, and `GET`, `PUT` and `DELETE /v1/adapters/NAME`.
struct AdapterRoutes {
  private let store: AdapterStore
  /// nil: none can be loaded by request.
  private let library: AdapterLibrary?
  private let limits: ServiceLimits
  /// At which adapters are served.
  private let precision: Precision
  private let changes = Changes()
  /// What is sent is held in memory until it is on the disk.
  private let uploads = InFlight(limit: 2, of: "adapters that are sent or loaded")

  init(_ parts: ServiceParts) {
    store = parts.engine.adapters
    library = parts.adapterFolder.map(AdapterLibrary.init)
    limits = parts.limits
    precision = parts.engine.arithmetic.precision
  }

  func add(to group: some RouterMethods<ServiceContext>) {
    group.on("adapters", [(.get, { try list($1) })])
    group.on(
      "adapters/:name",
      [
        (.get, { try show($1) }), (.put, { try await put($0, $1) }),
        (.delete, { try await delete($0, $1) }),
      ])
  }

  private func list(_ context: ServiceContext) throws -> Response {
    try context.require(.use)
    let all = store.all.filter { context.identity?.mayUse(adapter: $0.name) == true }
    return try Self.response(["adapters": all.map(AdapterDescription.init)])
  }

  private func show(_ context: ServiceContext) throws -> Response {
    let name = try Self.name(context)
    try context.require(.use, adapter: name)
    return try Self.response(AdapterDescription(store.adapter(name: name)))
  }

  /// Loads what is in the folder of adapters, or first puts there what is sent.
  private func put(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let name = try Self.name(context)
    try context.require(.manage, adapter: name)
    let library = try changeable()
    let place = try uploads.enter()
    defer { place.leave() }
    let change = try changes.begin(name)
    defer { change.end() }
    try checkNumber(with: name)
    let bytes = try await RequestBytes(most: limits.adapterBytes, limits: limits)
      .read(request, context)
    if !bytes.isEmpty {
      try request.requireContentType("application/x-tar", "application/octet-stream")
    }
    // Files are read and written apart from what answers requests.
    let (adapter, isNew) = try await NIOThreadPool.singleton.runIfActive {
      let adapter = try Self.fitting {
        if bytes.isEmpty { return try store.read(name: name, folder: library.place(of: name)) }
        // Nothing that does not fit takes the place of what does.
        return try library.save(AdapterArchive(bytes).files, name: name) {
          try store.read(name: name, folder: $0)
        }
      }
      return (adapter, store.put(adapter) == nil)
    }
    context.logger.loaded(adapter, servedAt: precision, by: context.identity)
    return try Self.response(AdapterDescription(adapter), status: isNew ? .created : .ok)
  }

  /// Serves it no more; with `?folder=remove` its folder goes as well.
  private func delete(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let name = try Self.name(context)
    try context.require(.manage, adapter: name)
    let wish = request.uri.queryParameters.get("folder")
    guard wish == nil || wish == "keep" || wish == "remove" else {
      throw Problem(.invalidRequest, "expected folder=keep or folder=remove, found another")
    }
    let change = try changes.begin(name)
    defer { change.end() }
    var isThere = false
    if wish == "remove" {
      let library = try changeable()
      isThere = try library.has(name: name)
      if isThere {
        try await NIOThreadPool.singleton.runIfActive { try library.remove(name: name) }
      }
    }
    guard store.remove(name: name) != nil || isThere else {
      throw EngineError.unknownAdapter(name: name)
    }
    context.logger.notice(
      "adapter removed",
      metadata: ["adapter": "\(name)", "by": "\(context.identity?.name ?? "")"])
    return Response(status: .noContent)
  }

  /// Says of whatever is wrong with an adapter that it does not fit, but for disks and paths.
  private static func fitting(_ body: () throws -> LoadedAdapter) throws -> LoadedAdapter {
    do {
      return try body()
    } catch let problem as Problem {
      throw problem
    } catch let error as AdapterError where error.isOfTheDisk {
      throw error
    } catch {
      throw Problem(.adapterDoesNotFit, Problem(error).detail)
    }
  }

  /// - Throws: `Problem` where a new one would be too many.
  private func checkNumber(with name: String) throws(Problem) {
    let names = store.all.map(\.name)
    guard names.count < limits.loadedAdapters || names.contains(name) else {
      throw Problem(
        .noStorage, "expected at most \(limits.loadedAdapters) adapters, found one more")
    }
  }

  private func changeable() throws(Problem) -> AdapterLibrary {
    guard let library else {
      throw Problem(
        .forbidden, "expected a service with a folder of adapters (--adapters), found one without")
    }
    return library
  }

  /// - Throws: `Problem` for a name that could lead out of the folder, or be taken for something else.
  private static func name(_ context: ServiceContext) throws -> String {
    let name = try context.parameters.require("name")
    try AdapterName.require(name)
    return name
  }

  private static func response(
    _ value: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return .json(Array(try encoder.encode(value)) + [UInt8(ascii: "\n")], status: status)
  }
}

/// Which adapters are being changed: one request at a time for each.
private final class Changes: Sendable {
  private let names = Mutex(Set<String>())

  struct Change {
    fileprivate let changes: Changes
    fileprivate let name: String

    func end() { changes.names.withLock { _ = $0.remove(name) } }
  }

  /// - Throws: `Problem` where another request does.
  func begin(_ name: String) throws(Problem) -> Change {
    guard names.withLock({ $0.insert(name).inserted }) else {
      throw Problem(.adapterBusy, "expected “\(name)” at rest, found it being changed")
    }
    return Change(changes: self, name: name)
  }
}

extension AdapterError {
  /// Whether it says something of where the adapter is, and not of what it is.
  fileprivate var isOfTheDisk: Bool {
    switch kind {
    case .missing, .inputOutput, .busy: true
    case .malformed, .mismatch: false
    }
  }
}
