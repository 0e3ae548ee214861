import AdapterFixtures
import Foundation
import Testing

@testable import Service

@Suite struct MetricsTests {
  @Test func whatHappensIsMeasuredAndLogged() async throws {
    try await TestService.run { service in
      let client = service.client
      for _ in 0..<3 {
        #expect(
          try await client.post("/v1/tag", #"{"adapter": "soft", "text": "Ana Reis"}"#).status
            == 200)
      }
      _ = try await client.get("/v1/adapters/soft")
      _ = try await client.request("FOO\(1)", "/made/up")
      let response = try await client.get("/metrics")
      let lines = Set(response.lines)
      #expect(response.headers["content-type"] == "text/plain; version=0.0.4")
      #expect(
        lines.contains(
          #"enxerto_request_seconds_count{method="POST",path="/v1/tag",status="200"} 3"#))
      #expect(
        lines.contains(
          #"enxerto_request_seconds_count{method="GET",path="/v1/adapters/{name}",status="200"} 1"#)
      )
      #expect(!response.text.contains("made") && !response.text.contains("FOO"))
      for name in ["tokenize_seconds", "queue_seconds", "decode_seconds"] {
        #expect(lines.contains("enxerto_\(name)_count 3"), "\(name)")
      }
      #expect(lines.contains("enxerto_adapters \(EngineAdapters.all.count)"))
      #expect(lines.contains("enxerto_requests_in_flight 0"))
      // As Prometheus reads it: every sample has a type, buckets rise to the count.
      for line in response.lines where !line.hasPrefix("#") {
        let parts = line.split(separator: " ")
        #expect(parts.count == 2 && Double(parts[1]) != nil, "\(line)")
      }

      let log = service.log.lines
      for line in log {
        let entry = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(entry["time"] != nil && entry["level"] != nil && entry["message"] != nil, "\(line)")
      }
      #expect(
        log.filter { $0.contains(#""path":"/v1/tag""#) && $0.contains(#""request":""#) }.count == 3)
      #expect(!service.log.text.contains("Ana"))
    }
  }

  @Test func textsAreLoggedWhereThatIsAskedFor() async throws {
    try await TestService.run(logsTexts: true) { service in
      _ = try await service.client.post("/v1/tag", #"{"adapter": "soft", "text": "Ana \n Reis"}"#)
      #expect(service.log.text.contains(#""text":"Ana \n Reis""#))
    }
  }

  @Test func histogramsCountWhatIsAtMostTheirBounds() {
    let histogram = Histogram(bounds: [1, 2])
    for value in [0.5, 1, 1.5, 3] { histogram.observe(value) }
    #expect(
      histogram.lines(name: "x") == """
        x_bucket{le="1.0"} 2
        x_bucket{le="2.0"} 3
        x_bucket{le="+Inf"} 4
        x_sum 6.0
        x_count 4

        """)
  }
}
