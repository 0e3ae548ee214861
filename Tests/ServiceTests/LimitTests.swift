import AdapterFixtures
import Foundation
import Inference
import Testing

@testable import Service

@Suite struct LimitTests {
  private static let tag = #"{"adapter": "soft", "text": "Ana Reis went to Porto ."}"#

  /// A server in a process of its own, whose clock no other test holds up.
  private static func withServer(
    _ settings: [String], _ body: (WebClient) async throws -> Void
  ) async throws {
    let server = try ServerProcess(
      [
        "--encoder", Tiny.encoderFolder.path, "--port", "0", "--adapter",
        "soft=\(try EngineAdapters.folder("soft").path)",
      ] + settings.flatMap { ["--set", $0] })
    try await body(WebClient(port: try await server.port()))
    server.signal(SIGTERM)
    #expect(try await server.end().code == 0)
  }

  @Test func bodiesTextsAndDepthHaveLimits() async throws {
    var limits = ServiceLimits()
    (limits.bodyBytes, limits.textBytes, limits.depth, limits.batchItems) = (2000, 100, 8, 3)
    try await TestService.run(limits: limits) { service in
      let client = service.client
      func text(_ count: Int) -> String {
        #"{"adapter": "soft", "text": "\#(String(repeating: "a", count: count))"}"#
      }
      #expect(try await client.post("/v1/tag", text(100)).status == 200)
      let long = try await client.post("/v1/tag", text(101))
      #expect(long.status == 413 && long.problem == "text-too-large")
      let body = try await client.post("/v1/tag", text(2000))
      #expect(body.status == 413 && body.problem == "body-too-large")
      // Where the length is not said before, too.
      let chunks = (0..<300).map { _ in "a\r\naaaaaaaaaa\r\n" }.joined() + "0\r\n\r\n"
      let chunked = try await client.request(
        "POST", "/v1/tag", headers: ["Transfer-Encoding": "chunked", "Content-Length": ""],
        body: Array(chunks.utf8))
      #expect([400, 413].contains(chunked.status))
      let deep = #"{"adapter": "soft", "text": "a", "x": \#(String(repeating: "[", count: 900))"#
      let nested = try await client.post("/v1/tag", deep)
      #expect(nested.status == 422 && nested.problem == "too-deep")
      let items = try await client.post(
        "/v1/batch",
        #"{"items": [\#(Array(repeating: Self.tag, count: 4).joined(separator: ","))]}"#)
      #expect(items.status == 413)
      let mixed = try await client.post("/v1/batch", #"{"items": [\#(text(101)), \#(Self.tag)]}"#)
      let results = try #require(try mixed.json()["results"] as? [[String: Any]])
      #expect(results[0]["status"] as? Int == 413 && results[1]["spans"] != nil)
    }
  }

  @Test func whatIsTooMuchIsSentAwayAtOnce() async throws {
    try await Self.withServer(["requests-in-flight=2", "idle-seconds=600"]) { client in
      // Two that never say the whole of what they want.
      let waiting = try (0..<2).map { _ in
        let connection = try RawConnection(port: client.port)
        connection.send(client.head("POST", "/v1/tag", length: 100) + Array("{".utf8))
        return connection
      }
      func inFlight() async throws -> Int {
        let lines = try await client.get("/metrics").lines
        let line = lines.first { $0.hasPrefix("enxerto_requests_in_flight ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? -1
      }
      while try await inFlight() < 2 { try await Task.sleep(for: .milliseconds(5)) }
      let refused = try await client.post("/v1/tag", Self.tag)
      #expect(refused.status == 429 && refused.problem == "too-many-requests")
      #expect(refused.headers["retry-after"].flatMap { Int($0) } ?? 0 >= 1)
      // Health and adapters are told all the same.
      #expect(try await client.get("/health/ready").status == 200)
      #expect(try await client.get("/v1/adapters").status == 200)
      for connection in waiting { connection.shutdown(both: true) }
      while try await inFlight() > 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try await client.post("/v1/tag", Self.tag).status == 200)
    }
  }

  @Test func aFullQueueSaysWhenToAskAgain() async throws {
    try await TestService.run(
      engineLimits: Engine.Limits(queueRows: 200, passRows: 8, fewestRows: 1)
    ) {
      service in
      let client = service.client
      let words = Array(repeating: "Ana Reis went to Porto .", count: 40).joined(separator: " ")
      let body = #"{"adapter": "soft", "text": "\#(words)"}"#
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<60 {
          group.addTask {
            let path = number % 4 == 0 ? "/v1/batch" : "/v1/tag"
            let response = try await client.post(
              path, path == "/v1/tag" ? body : #"{"items": [\#(body), \#(body)]}"#)
            if response.status == 429 {
              #expect(response.problem == "queue-full")
              #expect(response.headers["retry-after"].flatMap { Int($0) } ?? 0 >= 1)
            } else if path == "/v1/batch" {
              // What was taken on is done, to its last item.
              #expect(!response.text.contains("/problems/"))
            }
            return response.status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(statuses).isSubset(of: [200, 429]) && statuses.contains(200))
      #expect(statuses.contains(429))
    }
  }

  /// Half a head, half a body, and a body that trickles; none holds a place for long.
  @Test func slowClientsAreSentAway() async throws {
    try await Self.withServer(["idle-seconds=1", "request-seconds=2"]) { client in
      let head = client.head("POST", "/v1/tag", length: 100_000)
      async let halfHead = WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        // A byte at a time, for longer than it may take.
        for byte in head.prefix(60) where connection.send([byte]) { usleep(50_000) }
        return try connection.receiveAll()
      }
      async let halfBody = WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        connection.send(head + Array("{".utf8))
        return try connection.receiveAll()
      }
      async let trickle = WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        connection.send(head)
        for _ in 0..<600 {
          if let bytes = connection.receiveNow() { return bytes }
          connection.send([0x20])
          usleep(50_000)
        }
        return []
      }
      // Blank lines are none.
      async let drip = WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        connection.send(
          client.head("POST", "/v1/stream", headers: ["Content-Type": "text/plain"], length: 9000))
        var bytes: [UInt8] = []
        for _ in 0..<600 where !bytes.contains(Array("slow-request".utf8)) {
          bytes += connection.receiveNow() ?? []
          connection.send([0x0A])
          usleep(50_000)
        }
        return bytes
      }
      #expect(try await drip.contains(Array("slow-request".utf8)))
      #expect(try await halfHead.isEmpty)
      #expect(try await halfBody.isEmpty)
      let slow = try WebResponse(await trickle)
      #expect(slow.status == 408 && slow.problem == "slow-request", "\(slow)")
      #expect(try await client.post("/v1/tag", Self.tag).status == 200)
    }
  }

  /// Who waits for an answer, or for more to be taken of what it sends, is not idle.
  @Test func whoIsWorkedForIsNotIdle() async throws {
    try await Self.withServer(["idle-seconds=0.3", "request-seconds=60"]) { client in
      let text = String(repeating: "Ana Reis went to Porto . ", count: 40_000)
      let line = Array(#"{"adapter": "soft", "text": "\#(text)"}"#.utf8) + [0x0A]
      let body = line + line + line
      let response = try await WebClient.blocking {
        let connection = try RawConnection(port: client.port, patience: 120)
        let head = client.head(
          "POST", "/v1/stream", headers: ["Content-Type": "text/plain"], length: body.count)
        connection.send(head + body)
        return try WebResponse(connection.receiveAll())
      }
      #expect(response.lines.count == 3)
      #expect(response.lines.allSatisfy { $0.contains(#""spans""#) })
      let metrics = try await client.get("/metrics").text
      #expect(metrics.contains(#"enxerto_items_total{result="ok"} 3"#))
      // A stream's time is that of all of it.
      let sum = try #require(
        metrics.split(separator: "\n").first {
          $0.hasPrefix("enxerto_request_seconds_sum") && $0.contains("/v1/stream")
        })
      #expect(sum.split(separator: " ").last.flatMap { Double($0) } ?? 0 > 0.01, "\(sum)")
    }
  }

  /// What is too large is answered at once, though all of it is sent before the answer is read; on the same connection the next request
  /// is answered as well.
  @Test func largeBodiesGetTheirAnswer() async throws {
    var limits = ServiceLimits()
    limits.bodyBytes = 1000
    try await TestService.run(limits: limits) { service in
      let client = service.client
      let large = [UInt8](repeating: 0x61, count: 20_000_000)
      let begun = ContinuousClock.now
      let response = try await client.request("POST", "/v1/tag", body: large)
      #expect(response.status == 413 && ContinuousClock.now - begun < .seconds(20))
      let bytes = try await WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        let head = String(
          decoding: client.head("POST", "/v1/tag", length: large.count), as: UTF8.self
        )
        .replacingOccurrences(of: "Connection: close\r\n", with: "")
        connection.send(Array(head.utf8) + large + client.head("GET", "/health/live", length: 0))
        return try connection.receiveAll()
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("413") && text.contains("body-too-large") && text.contains(#""live""#))
    }
  }

  /// A client that does not read is cut off, and its place is free again.
  @Test func clientsThatDoNotReadAreCutOff() async throws {
    try await Self.withServer(["idle-seconds=1"]) { client in
      let line =
        #"{"adapter": "soft", "tokens": [\#(Array(repeating: #""\u0001""#, count: 20_000).joined(separator: ","))]}"#
      let wasCut = try await WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        connection.send(
          client.head(
            "POST", "/v1/stream", headers: ["Content-Type": "text/plain"], length: 1 << 30))
        let bytes = Array(line.utf8) + [0x0A]
        for _ in 0..<2000 where !connection.send(bytes) { return true }
        return false
      }
      #expect(wasCut)
    }
  }

  @Test func whoHangsUpIsNotWorkedFor() async throws {
    try await TestService.run { service in
      let client = service.client
      let text = Array(repeating: "Ana Reis went to Porto .", count: 4000).joined(separator: " ")
      let body = Array(#"{"adapter": "deep", "text": "\#(text)"}"#.utf8)
      let connections = service.parts.connections
      for both in [true, false] {
        let connection = try RawConnection(port: client.port)
        connection.send(client.head("POST", "/v1/tag", length: body.count) + body)
        while connections.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
        connection.shutdown(both: both)
        let begun = ContinuousClock.now
        while connections.count > 0, ContinuousClock.now - begun < .seconds(20) {
          try await Task.sleep(for: .milliseconds(1))
        }
        #expect(connections.count == 0 && service.engine.waitingRows == 0)
      }
      #expect(try await client.post("/v1/tag", Self.tag).status == 200)
    }
  }
}
