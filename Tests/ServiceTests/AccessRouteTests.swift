import Foundation
import Testing

@testable import Service

@Suite struct AccessRouteTests {
  /// Without tokens a page of another site must not ask in the name of whoever looks at it.
  @Test func pagesOfOtherSitesAreRefused() async throws {
    try await TestService.run { service in
      let client = service.client
      let tag = #"{"adapter": "soft", "text": "Ana"}"#
      for (headers, status) in [
        (["Host": "127.0.0.1:\(client.port)"], 200), (["Host": "[::1]:80"], 200),
        (["Host": "LOCALHOST"], 200), (["Host": "evil.example"], 403),
        (["Host": "localhost.evil.example:80"], 403), (["Host": ""], 403),
        (["Origin": "http://localhost"], 200), (["Origin": "http://evil.example"], 403),
        (["Origin": "null"], 403),
      ] {
        let response = try await client.post("/v1/tag", tag, headers: headers)
        #expect(response.status == status, "\(headers): \(response.text)")
      }
    }
  }

  private static func tokens() throws -> AccessTokens {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("tokens.json")
    let text = """
      {"tokens": [
        {"name": "web", "token": "0123456789abcdef", "adapters": ["soft"]},
        {"name": "boss", "token": "fedcba9876543210", "rights": ["use", "manage", "metrics"]}]}
      """
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    return try AccessTokens(file: file)
  }

  @Test func eachTokenHasItsRights() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft")
    try await TestService.run(tokens: Self.tokens(), adapterFolder: folder.url) { service in
      let nobody = service.client
      var (web, boss, wrong) = (nobody, nobody, nobody)
      web.token = "0123456789abcdef"
      boss.token = "fedcba9876543210"
      wrong.token = "0123456789abcdeg"
      for client in [nobody, wrong] {
        for path in ["/v1/adapters", "/v1/adapters/soft", "/metrics"] {
          let response = try await client.get(path)
          #expect(response.status == 401 && response.headers["www-authenticate"] == "Bearer")
        }
        #expect(try await client.post("/v1/tag", "{").status == 401)
        #expect(try await client.post("/v1/stream", "{").status == 401)
      }
      for path in ["/", "/openapi.json", "/health/live", "/health/ready"] {
        #expect(try await nobody.get(path).status == 200, "\(path)")
      }

      let tag = #"{"adapter": "soft", "text": "Ana"}"#
      let other = #"{"adapter": "deep", "text": "Ana"}"#
      #expect(try await web.post("/v1/tag", tag).status == 200)
      #expect(try await web.post("/v1/tag", other).status == 403)
      #expect(try await web.get("/v1/adapters/deep").status == 403)
      #expect(try await web.get("/metrics").status == 403)
      #expect(try await web.request("PUT", "/v1/adapters/soft").status == 403)
      #expect(try await web.request("DELETE", "/v1/adapters/soft").status == 403)
      let list = try #require(
        try await web.get("/v1/adapters").json()["adapters"] as? [[String: Any]])
      #expect(list.compactMap { $0["name"] as? String } == ["soft"])
      let batch = try await web.post("/v1/batch", #"{"items": [\#(tag), \#(other)]}"#)
      let results = try #require(try batch.json()["results"] as? [[String: Any]])
      #expect(results[0]["spans"] != nil && results[1]["status"] as? Int == 403)
      #expect(try await web.post("/v1/stream", other).text.contains("/problems/forbidden"))

      #expect(try await boss.post("/v1/tag", other).status == 200)
      #expect(try await boss.get("/metrics").status == 200)
      #expect(try await boss.request("PUT", "/v1/adapters/soft").status == 200)
      #expect(try await boss.request("DELETE", "/v1/adapters/soft").status == 204)
      for secret in ["0123456789abcdef", "fedcba9876543210", "0123456789abcdeg"] {
        #expect(!service.log.text.contains(secret))
      }
    }
  }
}
