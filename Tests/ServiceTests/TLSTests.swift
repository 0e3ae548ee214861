import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct TLSTests {
  private static func file(_ name: String) -> String {
    packageRoot.appendingPathComponent("Tests/ServiceTests/Fixtures/\(name)").path
  }

  @Test func certificatesMakeItHTTPS() async throws {
    let certificate = ServiceAddress.Certificate(
      chain: Self.file("localhost.pem"), key: Self.file("localhost.key"))
    try await TestService.run(certificate: certificate) { service in
      let response = try await Self.ask(
        service.client.head("GET", "/health/live", length: 0), port: service.client.port)
      #expect(response.status == 200 && response.text.contains("live"))
      // Without TLS nobody gets anything.
      let plain = try? await service.client.get("/health/live")
      #expect(plain == nil)
    }
  }

  @Test func filesThatDoNotBelongTogetherAreRefused() async throws {
    for (chain, key) in [
      ("localhost.pem", "other.key"), ("localhost.key", "localhost.key"),
      ("localhost.pem", "localhost.pem"), ("none.pem", "localhost.key"),
    ] {
      await #expect(throws: ConfigurationFault.self, "\(chain) \(key)") {
        try await TestService.run(
          certificate: .init(chain: Self.file(chain), key: Self.file(key))
        ) { _ in }
      }
    }
  }

  /// Sends a request by TLS, trusting the fixtures' certificate alone.
  private static func ask(_ request: [UInt8], port: Int) async throws -> WebResponse {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(
      try NIOSSLCertificate.fromPEMFile(file("localhost.pem")))
    let context = try NIOSSLContext(configuration: configuration)
    let collector = Collector()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
          try channel.pipeline.syncOperations.addHandler(Handler(collector: collector))
        }
      }.connect(host: "127.0.0.1", port: port).get()
    try await channel.writeAndFlush(ByteBuffer(bytes: request))
    try await channel.closeFuture.get()
    return try WebResponse(collector.bytes.withLock { $0 })
  }

  private final class Collector: Sendable {
    let bytes = Mutex([UInt8]())
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let collector: Collector
    init(collector: Collector) { self.collector = collector }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let part = unwrapInboundIn(data)
      collector.bytes.withLock { $0 += part.readableBytesView }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
