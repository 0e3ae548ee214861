import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Service

@Suite struct OpenAPITests {
  /// What is described is there, and what is there is described.
  @Test func theDescriptionHasThePathsThatThereAre() async throws {
    try await TestService.run { service in
      let response = try await service.client.get("/openapi.json")
      let description = try response.json()
      #expect(description["openapi"] as? String == "3.1.0")
      let paths = try #require(description["paths"] as? [String: [String: Any]])
      let routes = buildRouter(service.parts).routes.map { "\($0.path)" }
      #expect(Set(paths.keys) == Set(routes.map { $0.hasPrefix("/") ? $0 : "/" + $0 }))
      for (path, operations) in paths {
        let described = Set(operations.keys).subtracting(["parameters"])
        let filled = path.replacingOccurrences(of: "{name}", with: "soft")
          .replacingOccurrences(of: "{kind}", with: "timeout")
        for method in ["get", "post", "put", "delete", "patch"] {
          let answer = try await service.client.request(method.uppercased(), filled)
          #expect((answer.status == 405) != described.contains(method), "\(method) \(path)")
          guard described.contains(method),
            let operation = operations[method] as? [String: Any],
            let responses = operation["responses"] as? [String: Any]
          else { continue }
          #expect(responses["\(answer.status)"] != nil, "\(method) \(path): \(answer.status)")
        }
      }
    }
  }

  @Test func everyProblemHasAStatusThatIsDescribed() throws {
    for kind in Problem.Kind.allCases {
      #expect(!kind.title.isEmpty && !kind.advice.isEmpty)
      #expect((400...599).contains(kind.status.code))
    }
  }
}
