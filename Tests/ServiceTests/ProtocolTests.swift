import AdapterFixtures
import Foundation
import Testing

@testable import Service

/// What stands between HTTP and the routes.
@Suite struct ProtocolTests {
  private static let tag = #"{"adapter": "soft", "text": "Ana Reis went to Porto ."}"#

  /// All that comes back for some bytes.
  private func answer(_ client: WebClient, _ text: String) async throws -> String {
    try await WebClient.blocking {
      let connection = try RawConnection(port: client.port)
      connection.send(text.utf8)
      return String(decoding: try connection.receiveAll(), as: UTF8.self)
    }
  }

  @Test func answersToHeadHaveNoBody() async throws {
    try await TestService.run { service in
      for (path, status) in [
        ("/", 200), ("/health/live", 200), ("/v1/adapters/none", 404), ("/none", 404),
        ("/v1/tag", 405), ("/v1/adapters/..a", 400),
      ] {
        let text = try await answer(
          service.client,
          "HEAD \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            + "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 \(status)"), "\(path): \(text)")
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        #expect(text[end.upperBound...].hasPrefix("HTTP/1.1 200"), "\(path): \(text)")
      }
    }
  }

  @Test func whatIsNoRequestGetsProblemDetails() async throws {
    try await TestService.run { service in
      for text in [
        "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", "one two three four\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n",
      ] {
        let response = try WebResponse(Array(try await answer(service.client, text).utf8))
        #expect(response.status == 400 && response.problem == "malformed-body", "\(response)")
        #expect(response.headers["content-type"] == "application/problem+json")
        let json = try response.json()
        #expect(json["request"] as? String == response.headers["x-request-id"])
      }
      let metrics = try await service.client.get("/metrics").text
      #expect(
        metrics.contains(
          #"enxerto_request_seconds_count{method="other",path="NotFound",status="400"} 3"#))
    }
  }

  @Test func bodiesThatAreNotAsTheirHeadSaysAreTheClientsFault() async throws {
    try await TestService.run { service in
      let head = "POST /v1/tag HTTP/1.1\r\nHost: localhost\r\n"
      let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
      let wrong = try WebResponse(
        Array(try await answer(service.client, chunked + "zz\r\n").utf8))
      #expect(wrong.status == 400 && wrong.problem == "malformed-body", "\(wrong)")
      let zipped = try await service.client.post(
        "/v1/tag", Self.tag, headers: ["Content-Encoding": "gzip"])
      #expect(zipped.status == 415 && zipped.text.contains("gzip"))
      // Hangs up in the middle.
      try await WebClient.blocking {
        let connection = try RawConnection(port: service.client.port)
        connection.send((head + "Content-Length: 100\r\n\r\n{").utf8)
        usleep(50_000)
      }
      let gone = #"enxerto_request_seconds_count{method="POST",path="/v1/tag",status="499"} 1"#
      var metrics = ""
      for _ in 0..<1000 where !metrics.contains(gone) {
        metrics = try await service.client.get("/metrics").text
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(metrics.contains(gone), "\(metrics)")
      #expect(!metrics.contains(#"status="500""#) && !service.log.text.contains("error"))
    }
  }

  @Test func aBodyThatWaitsIsAskedFor() async throws {
    try await TestService.run { service in
      @Sendable func head(_ length: Int) -> [UInt8] {
        let headers = ["Expect": "100-continue", "Content-Type": "application/json"]
        return service.client.head("POST", "/v1/tag", headers: headers, length: length)
      }
      let text = try await WebClient.blocking {
        let connection = try RawConnection(port: service.client.port)
        connection.send(head(Self.tag.utf8.count))
        var bytes = try connection.receive() ?? []
        connection.send(Self.tag.utf8)
        bytes += try connection.receiveAll()
        return String(decoding: bytes, as: UTF8.self)
      }
      #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"), "\(text)")
      // What is too large is not asked for.
      let refused = try await WebClient.blocking {
        let connection = try RawConnection(port: service.client.port)
        connection.send(head(1 << 30))
        return String(decoding: try connection.receive() ?? [], as: UTF8.self)
      }
      #expect(refused.hasPrefix("HTTP/1.1 413"), "\(refused)")
    }
  }

  @Test func formsAreCalledAsTheyWereAskedFor() async throws {
    try await TestService.run { service in
      for (accept, type) in [
        ("text/xml", "text/xml; charset=utf-8"), ("application/xml", "application/xml"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"), ("*/*", "application/json"),
      ] {
        let response = try await service.client.post(
          "/v1/tag", Self.tag, headers: ["Accept": accept])
        #expect(response.status == 200 && response.headers["content-type"] == type, "\(accept)")
      }
    }
  }

  @Test func aQuestionWithoutWordsCannotBeAsked() async throws {
    try await TestService.run { service in
      let client = service.client
      let question = try await client.post(
        "/v1/answer", #"{"adapter": "answers", "question": " ", "context": "Ana"}"#)
      #expect(question.status == 422 && question.problem == "unsuitable-text", "\(question.text)")
      let passage = try await client.post(
        "/v1/answer", #"{"adapter": "answers", "question": "Who?", "context": " "}"#)
      #expect(passage.status == 200 && passage.text.contains(#""answer":null"#))
    }
  }
}
