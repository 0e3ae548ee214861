public import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL

/// Where a service listens, and how.
public struct ServiceAddress: Sendable {
  public var host: String
  /// 0: one that is free.
  public var port: Int
  /// nil: without TLS.
  public var certificate: Certificate?

  /// Files of PEM.
  public struct Certificate: Sendable {
    public var chain: String
    public var key: String

    public init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }
  }

  public init(host: String = "127.0.0.1", port: Int, certificate: Certificate? = nil) {
    self.host = host
    self.port = port
    self.certificate = certificate
  }
}

/// Builds a service that listens: what the server runs, and tests.
///
/// - Parameter onRunning: is told the address, as in `http://127.0.0.1:8080`.
/// - Throws: `ConfigurationFault` for files of a certificate that are none.
public func buildApplication(
  _ parts: ServiceParts, at address: ServiceAddress, logger: Logger,
  onRunning: @escaping @Sendable (String) async -> Void
) throws -> some ApplicationProtocol {
  let idle = TimeAmount.nanoseconds(Int64(parts.limits.idleSeconds * 1e9))
  let connections = parts.connections
  let plain = HTTPServerBuilder.http1(
    configuration: .init(
      additionalChannelHandlers: [
        connections.handler(), StalledWriteHandler(patience: idle),
        UnreadBodyHandler(patience: min(idle, .seconds(5))), IdleHandler(patience: idle),
        RefusedHeadHandler(metrics: parts.metrics, logger: logger),
      ]))
  let scheme = address.certificate == nil ? "http" : "https"
  return Application(
    router: buildRouter(parts),
    server: try address.certificate.map { try $0.securing(plain) } ?? plain,
    configuration: .init(
      address: .hostname(address.host, port: address.port), serverName: "enxerto",
      availableConnectionsDelegate: MaximumAvailableConnections(parts.limits.connections)),
    onServerRunning: { channel in
      let local = channel.localAddress
      await onRunning(
        "\(scheme)://\(local?.hostText ?? address.host):\(local?.port ?? address.port)")
    }, logger: logger)
}

extension ServiceAddress.Certificate {
  fileprivate func securing(_ plain: HTTPServerBuilder) throws -> HTTPServerBuilder {
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(chain)
      let key = try NIOSSLPrivateKey(file: key, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map(NIOSSLCertificateSource.certificate),
        privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      // What does not belong together is found here, and not by the first client.
      _ = try NIOSSLContext(configuration: configuration)
      return try .tls(plain, tlsConfiguration: configuration)
    } catch {
      throw ConfigurationFault(
        "certificate, key: expected files of PEM that belong together, found \(error)")
    }
  }
}

extension SocketAddress {
  /// As it stands in an address of the web.
  fileprivate var hostText: String {
    let text = ipAddress ?? "localhost"
    return text.contains(":") ? "[\(text)]" : text
  }
}
