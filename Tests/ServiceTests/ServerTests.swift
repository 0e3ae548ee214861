import AdapterFixtures
import Foundation
import Testing

/// The program itself.
@Suite struct ServerTests {
  @Test func settingsArePrinted() async throws {
    let run = try await ServerProcess(
      ["--port", "1", "--set", "depth=7", "--print-config"],
      environment: ["ENXERTO_SERVE_HOST": "localhost"]
    ).end()
    #expect(run.code == 0 && run.errors.isEmpty)
    for line in ["port = 1 (option)", "depth = 7 (option)", "host = localhost (environment)"] {
      #expect(run.output.split(separator: "\n").contains { $0 == line }, "\(line)")
    }
  }

  @Test func itSaysWhyItDoesNotStart() async throws {
    let encoder = Tiny.encoderFolder.path
    let folder = try TemporaryFolder()
    let tokens = folder.url.appendingPathComponent("tokens.json").path
    try Data(#"{"tokens": [{"name": "a", "token": "short"}]}"#.utf8)
      .write(to: URL(fileURLWithPath: tokens))
    for (arguments, code, text) in [
      (["--host", "0.0.0.0"], 64, "--insecure"), (["--port", "x"], 64, "port: expected"),
      (["--fly"], 64, "Unknown option"), (["--adapter", "a/b=c"], 64, "NAME=FOLDER"),
      (["--adapter", "a=/none/at/all"], 66, "/none/at/all"),
      (["--adapters", "/none/at/all"], 64, "/none/at/all"),
      (["--encoder", "/none/at/all"], 66, "/none/at/all"),
      (["--config", "/none/at/all"], 64, "/none/at/all"),
      (["--tokens", tokens], 64, "tokens.json"),
      (["--encoder", encoder, "--certificate", tokens, "--key", tokens], 64, "PEM"),
    ] {
      let run = try await ServerProcess(arguments + ["--set", "shutdown-seconds=1"]).end()
      #expect(run.code == code, "\(arguments): \(run)")
      #expect(run.errors.contains(text), "\(arguments): \(run.errors)")
    }
    let other = try ServerProcess(["--encoder", encoder, "--port", "0"])
    let port = try await other.port()
    let run = try await ServerProcess(["--encoder", encoder, "--port", "\(port)"]).end()
    #expect(run.code == 74 && run.errors.contains(":\(port): expected a port"), "\(run)")
    other.signal(SIGTERM)
    #expect(try await other.end().code == 0)
  }

  @Test func itSaysThatItWillBeGone() async throws {
    let server = try ServerProcess([
      "--encoder", Tiny.encoderFolder.path, "--port", "0", "--set", "drain-seconds=2",
    ])
    let client = WebClient(port: try await server.port())
    #expect(try await client.get("/health/ready").status == 200)
    server.signal(SIGTERM)
    var status = 200
    for _ in 0..<200 where status == 200 {
      status = try await client.get("/health/ready").status
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(status == 503)
    #expect(try await client.get("/v1/adapters").status == 200)
    #expect(try await server.end().code == 0)
  }

  @Test func itSaysThatItDidNotEndWhatItHadAccepted() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft")
    let server = try ServerProcess([
      "--encoder", Tiny.encoderFolder.path, "--adapters", folder.url.path, "--port", "0",
      "--set", "shutdown-seconds=0.05",
    ])
    let port = try await server.port()
    let connection = try RawConnection(port: port)
    connection.send(
      WebClient(port: port).head("POST", "/v1/tag", length: 100) + Array("{".utf8))
    let client = WebClient(port: port)
    while try await !client.get("/metrics").text.contains("enxerto_requests_in_flight 1") {
      try await Task.sleep(for: .milliseconds(5))
    }
    server.signal(SIGTERM)
    let run = try await server.end()
    #expect(run.code == 75 && run.errors.contains("shutdown-seconds: expected"), "\(run)")
  }

  /// At `SIGTERM` it ends what it has accepted, and nothing of that is lost.
  @Test func itEndsWhatItHasAccepted() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft")
    try folder.add("answers")
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("a-broken"), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: folder.url.appendingPathComponent("a-broken/adapter.json"))
    let server = try ServerProcess([
      "--encoder", Tiny.encoderFolder.path, "--adapters", folder.url.path, "--port", "0",
      "--precision", "int8", "--set", "queue-rows=1000000", "--set", "queue-seconds=600",
    ])
    let port = try await server.port()
    let client = WebClient(port: port)
    let list = try await client.get("/v1/adapters")
    #expect(list.text.contains("answers") && list.text.contains("soft"))
    let text = Array(repeating: "Ana Reis went to Porto .", count: 3000).joined(separator: " ")
    let body = #"{"adapter": "soft", "text": "\#(text)"}"#
    let requests = (0..<8).map { _ in Task { try await client.post("/v1/tag", body) } }
    try await Task.sleep(for: .milliseconds(100))
    server.signal(SIGTERM)
    for request in requests {
      let response = try? await request.value
      // Connected after the signal, perhaps: refused, but not answered by half.
      #expect(response == nil || response?.status == 200)
    }
    let run = try await server.end()
    #expect(run.code == 0)
    #expect(
      run.errors.contains(#""message":"adapter left out","adapter":"a-broken""#), "\(run.errors)")
    #expect(run.errors.contains("trained at another precision"))
    #expect(run.errors.split(separator: "\n").last?.contains(#""message":"ended""#) == true)
  }
}
