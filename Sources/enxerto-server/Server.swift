import Encoders
import Foundation
import Hummingbird
import Inference
import Kernels
import Logging
import NIOCore
import Service
import ServiceLifecycle
import Tasks
import UnixSignals

/// A server as it was configured: encoder and adapters loaded, listening until a signal comes.
struct Server {
  private let configuration: ServiceConfiguration
  private let engine: Engine
  private let metrics = ServiceMetrics()
  private let logger: Logger
  private let tokens: AccessTokens?

  /// - Throws: `ConfigurationFault`, and what loading throws.
  init(_ configuration: ServiceConfiguration, environment: [String: String]) throws {
    self.configuration = configuration
    let level = configuration.logLevel
    logger = Logger(label: "enxerto") { _ in
      var handler = JSONLogHandler.standardError()
      handler.logLevel = level
      return handler
    }
    tokens = try configuration.tokens.map { try AccessTokens(file: URL(fileURLWithPath: $0)) }
    let named = try NamedAdapter.all(of: configuration)
    engine = try Self.makeEngine(
      configuration, adapters: named, observer: metrics, environment: environment)
    logger.notice("encoder loaded", metadata: ["arithmetic": "\(engine.arithmetic.text)"])
    for adapter in named { try load(adapter) }
  }

  private static func makeEngine(
    _ configuration: ServiceConfiguration, adapters: [NamedAdapter], observer: ServiceMetrics,
    environment: [String: String]
  ) throws -> Engine {
    let directory = URL(
      fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    var first: (configuration: AdapterConfiguration, folder: EncoderFolder)?
    for adapter in adapters where first == nil {
      do {
        let found = try AdapterConfiguration(folder: adapter.folder)
        first = (
          found,
          try found.encoder.locate(
            choice: configuration.encoder, environment: environment, currentDirectory: directory)
        )
      } catch  where !adapter.isNeeded {
        // Left out, and said, when it is loaded.
        continue
      }
    }
    let folder =
      try first?.folder
      ?? EncoderFolder.locate(
        configuration.encoder, environment: environment, currentDirectory: directory)
    let precision =
      switch configuration.precision {
      case .asTrained: first?.configuration.precision ?? .float32
      case .automatic: Arithmetic.automatic().precision
      case .fixed(let precision): precision
      }
    var limits = Engine.Limits()
    limits.queueRows = configuration.limits.queueRows
    limits.queueSeconds = configuration.limits.queueSeconds
    return try Engine(
      encoderFolder: folder, precision: precision, threads: configuration.threads, limits: limits,
      observer: observer, environment: environment)
  }

  /// Those that are named must load; of those in the folder, which somebody else may have put there, one that does not is left
  /// out.
  private func load(_ named: NamedAdapter) throws {
    let adapter: LoadedAdapter
    do {
      adapter = try engine.adapters.load(name: named.name, folder: named.folder)
    } catch  where !named.isNeeded {
      logger.error(
        "adapter left out", metadata: ["adapter": "\(named.name)", "error": "\(error)"])
      return
    }
    logger.loaded(adapter, servedAt: engine.arithmetic.precision)
  }

  func run() async throws {
    let parts = ServiceParts(
      engine: engine, metrics: metrics, limits: configuration.limits, tokens: tokens,
      isLocal: configuration.isLocal,
      adapterFolder: configuration.adapters.map { URL(fileURLWithPath: $0, isDirectory: true) },
      logsTexts: configuration.logTexts)
    let certificate = configuration.certificate.flatMap { chain in
      configuration.key.map { ServiceAddress.Certificate(chain: chain, key: $0) }
    }
    let logger = logger
    let application = try buildApplication(
      parts,
      at: ServiceAddress(
        host: configuration.host, port: configuration.port, certificate: certificate),
      logger: logger
    ) { address in
      // On standard output too, for whoever asked for a free port.
      try? FileHandle.standardOutput.write(contentsOf: Data("listening on \(address)\n".utf8))
      logger.notice("listening", metadata: ["address": "\(address)"])
    }
    let drain = Drain(readiness: parts.readiness, time: .seconds(configuration.drainSeconds))
    // The last is shut down first.
    var group = ServiceGroupConfiguration(
      services: [application, drain], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    let limit = Duration.seconds(configuration.drainSeconds + configuration.shutdownSeconds)
    group.maximumGracefulShutdownDuration = limit
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
      throw ListeningFailure(
        address: "\(configuration.host):\(configuration.port)", reason: error.description)
    }
    await engine.close()
    if let end = parts.readiness.end, ContinuousClock.now - end >= limit {
      throw ShutdownCutShort(seconds: configuration.shutdownSeconds)
    }
    logger.notice("ended")
  }
}
