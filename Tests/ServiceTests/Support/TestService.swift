import AdapterFixtures
import Foundation
import Hummingbird
import Inference
import Logging
import ServiceLifecycle
import Synchronization

@testable import Service

/// A service in this process, on a port of its own, with the small adapters of the fixtures.
struct TestService: Sendable {
  let client: WebClient
  let parts: ServiceParts
  let log: Log

  /// The lines of the log.
  final class Log: Sendable {
    private let bytes = Mutex([UInt8]())

    func append(_ line: [UInt8]) { bytes.withLock { $0 += line } }
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  var engine: Engine { parts.engine }

  static func run(
    limits: ServiceLimits = ServiceLimits(), engineLimits: Engine.Limits = Engine.Limits(),
    tokens: AccessTokens? = nil, adapterFolder: URL? = nil, logsTexts: Bool = false,
    certificate: ServiceAddress.Certificate? = nil,
    _ body: (TestService) async throws -> Void
  ) async throws {
    let metrics = ServiceMetrics()
    let parts = ServiceParts(
      engine: try EngineAdapters.engine(limits: engineLimits, observer: metrics), metrics: metrics,
      limits: limits, tokens: tokens, adapterFolder: adapterFolder, logsTexts: logsTexts)
    let log = Log()
    let logger = Logger(label: "test") { _ in JSONLogHandler { log.append($0) } }
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let application = try buildApplication(
      parts, at: ServiceAddress(port: 0, certificate: certificate), logger: logger
    ) { address in
      continuation.yield(Int(address.split(separator: ":").last ?? "") ?? 0)
    }
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let port = await iterator.next() ?? 0
      let service = TestService(client: WebClient(port: port), parts: parts, log: log)
      do {
        try await body(service)
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    await parts.engine.close()
  }
}

/// A folder that is removed when nobody needs it.
final class TemporaryFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(
    "enxerto-service-\(UUID().uuidString)", isDirectory: true)

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Copies one of the fixtures' adapters.
  func add(_ adapter: String, as name: String? = nil) throws {
    try FileManager.default.copyItem(
      at: EngineAdapters.folder(adapter),
      to: url.appendingPathComponent(name ?? adapter, isDirectory: true))
  }
}
