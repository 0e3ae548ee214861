import AdapterFixtures
import Corpora
import Foundation
import Inference
import Testing

@testable import Service

@Suite struct TagRouteTests {
  private static let text = "Ana Reis went to Porto ."

  @Test func textIsTaggedInAllForms() async throws {
    try await TestService.run { service in
      let body = #"{"adapter": "soft", "text": "\#(Self.text)"}"#
      let expected = try await service.engine.tag(text: Self.text, adapter: "soft")
      #expect(!expected.isEmpty)

      let json = try await service.client.post("/v1/tag", body)
      #expect(json.status == 200 && json.headers["content-type"] == "application/json")
      let spans = try #require(try json.json()["spans"] as? [[String: Any]])
      #expect(spans.map { $0["start"] as? Int } == expected.map(\.range.lowerBound))
      #expect(spans.map { $0["label"] as? String } == expected.map(\.label))
      #expect(try json.json()["text"] as? String == Self.text)

      let conll = try await service.client.post("/v1/tag", body, headers: ["Accept": "text/plain"])
      #expect(conll.lines.first == "Ana\tB-PER" && conll.lines.count == 6)

      let xml = try await service.client.post(
        "/v1/tag", body, headers: ["Accept": "text/html, application/xml;q=0.9, */*;q=0.1"])
      #expect(xml.text.hasPrefix("<?xml") && xml.text.contains("<PER"))

      let none = try await service.client.post("/v1/tag", body, headers: ["Accept": "image/png"])
      #expect(none.status == 406 && none.problem == "not-acceptable")
    }
  }

  @Test func tokensAndIdsComeBack() async throws {
    try await TestService.run { service in
      let response = try await service.client.post(
        "/v1/tag", #"{"adapter": "soft", "tokens": ["Ana", "Reis", "", "Porto"], "id": "é\n"}"#)
      let json = try response.json()
      #expect(response.status == 200 && json["id"] as? String == "é\n")
      #expect(json["tokens"] as? [String] == ["Ana", "Reis", "", "Porto"])
      for text in ["", " \\u0000\\u00ad "] {
        let empty = try await service.client.post(
          "/v1/tag", #"{"adapter": "soft", "text": "\#(text)", "id": 12}"#)
        #expect(empty.status == 200 && empty.text.hasPrefix(#"{"id":12,"text":"#), "\(empty)")
      }
    }
  }

  @Test func questionsAreAnswered() async throws {
    try await TestService.run { service in
      let context = EngineAdapters.passages[0].context
      let response = try await service.client.post(
        "/v1/answer",
        #"{"adapter": "answers", "question": "where is Ana", "context": "\#(context)", "id": 3}"#)
      let json = try response.json()
      #expect(response.status == 200 && json["id"] as? Int == 3)
      let nbest = try #require(json["nbest"] as? [[String: Any]])
      #expect(abs(nbest.reduce(0) { $0 + ($1["confidence"] as? Double ?? 0) } - 1) < 1e-4)
      let blank = try await service.client.post(
        "/v1/answer", #"{"adapter": "answers", "question": "who", "context": " \u00ad "}"#)
      #expect(blank.status == 200 && blank.text.contains(#""answer":null"#), "\(blank.text)")
      let long = Array(repeating: "who", count: 200).joined(separator: " ")
      let refused = try await service.client.post(
        "/v1/answer", #"{"adapter": "answers", "question": "\#(long)", "context": "Ana"}"#)
      #expect(refused.status == 422 && refused.problem == "unsuitable-text")
    }
  }

  @Test func badRequestsAreToldWhatIsWrong() async throws {
    try await TestService.run { service in
      for (path, body, status, problem) in [
        ("tag", "", 400, "malformed-body"), ("tag", "{", 400, "malformed-body"),
        ("tag", "[]", 400, "invalid-request"), ("tag", "{}", 400, "invalid-request"),
        ("tag", #"{"adapter": "none", "text": "x"}"#, 404, "unknown-adapter"),
        ("tag", #"{"adapter": "answers", "text": "x"}"#, 409, "other-task"),
        ("tag", #"{"adapter": "soft", "question": "x", "context": "y"}"#, 400, "invalid-request"),
        ("tag", #"{"adapter": "soft", "text": null}"#, 400, "invalid-request"),
        ("answer", #"{"adapter": "soft", "text": "x"}"#, 400, "invalid-request"),
        ("answer", #"{"adapter": "soft", "question": "x", "context": "y"}"#, 409, "other-task"),
        (
          "answer", #"{"adapter": "answers", "question": "", "context": "y"}"#, 400,
          "invalid-request"
        ),
        ("batch", "{}", 400, "invalid-request"),
        ("batch", #"{"items": [{"adapter": "soft", "tokens": "x"}]}"#, 400, "invalid-request"),
        ("none", "{}", 404, "not-found"),
      ] {
        let response = try await service.client.post("/v1/\(path)", body)
        #expect(response.status == status && response.problem == problem, "\(path) \(body)")
        #expect(response.headers["content-type"] == "application/problem+json")
        let json = try response.json()
        #expect(json["status"] as? Int == status)
        #expect(json["request"] as? String == response.headers["x-request-id"])
        let type = try await service.client.get(json["type"] as? String ?? "")
        #expect(type.status == 200 && type.text.hasPrefix("\(problem) (\(status))"))
      }
      let utf8 = try await service.client.request(
        "POST", "/v1/tag", body: Array(#"{"adapter": "soft", "text": ""#.utf8) + [0xFF, 0x22, 0x7D])
      #expect(utf8.status == 400 && utf8.text.contains("offset 29"), "\(utf8.text)")
      let form = try await service.client.post(
        "/v1/tag", "a=b", headers: ["Content-Type": "application/x-www-form-urlencoded"])
      #expect(form.status == 415 && form.problem == "unsupported-media-type")
      let method = try await service.client.get("/v1/tag")
      #expect(method.status == 405 && method.headers["allow"] == "POST")
      let head = try await service.client.request("HEAD", "/health/live")
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "18")
    }
  }

  @Test func aBatchMixesAdaptersAndTasks() async throws {
    try await TestService.run { service in
      let items = (0..<100).map { number in
        number % 3 == 2
          ? #"{"adapter": "answers", "question": "where", "context": "Ana lives in Faro", "id": \#(number)}"#
          : #"{"adapter": "\#(["soft", "deep", "none"][number % 7 % 3])", "text": "\#(Self.text)", "id": \#(number)}"#
      }
      let response = try await service.client.post(
        "/v1/batch", #"{"items": [\#(items.joined(separator: ","))]}"#)
      let results = try #require(try response.json()["results"] as? [[String: Any]])
      #expect(response.status == 200 && results.count == 100)
      for (number, result) in results.enumerated() {
        let isUnknown = number % 3 != 2 && number % 7 % 3 == 2
        #expect(isUnknown ? result["status"] as? Int == 404 : result["id"] as? Int == number)
      }
    }
  }

  @Test func streamsComeBackLineByLineInOrder() async throws {
    var limits = ServiceLimits()
    limits.lineBytes = 200
    limits.itemsAtATime = 4
    try await TestService.run(limits: limits) { service in
      var lines = (0..<300).map { #"{"text": "\#(Self.text) \#($0)", "id": \#($0)}"# }
      lines[7] = #"{"text": "\#(String(repeating: "x", count: 300))"}"#
      lines[8] = ""
      lines[9] = "{"
      lines[10] = #"{"adapter": "answers", "question": "who", "context": "Ana", "id": 10}"#
      let body = lines.joined(separator: "\n")
      let response = try await service.client.request(
        "POST", "/v1/stream?adapter=soft", headers: ["Content-Type": "application/x-ndjson"],
        body: Array(body.utf8))
      #expect(response.status == 200 && response.headers["content-type"] == "application/x-ndjson")
      let results = response.lines
      #expect(results.count == 299)
      #expect(results[7].contains("text-too-large") && results[7].contains("line 8:"))
      #expect(results[8].contains("malformed-body") && results[8].contains("line 10:"))
      #expect(results[9].contains(#""id":10,"answer""#))
      #expect(results[298].hasPrefix(#"{"id":299,"#))
      let other = try await service.client.post("/v1/stream?adapter=../x", "")
      #expect(other.status == 400)
    }
  }

  /// The first lines are answered before the last are sent.
  @Test func streamsDoNotWaitForTheirEnd() async throws {
    try await TestService.run { service in
      let client = service.client
      let head = client.head("POST", "/v1/stream?adapter=soft", length: 200)
      let first = try await WebClient.blocking {
        let connection = try RawConnection(port: client.port)
        connection.send(head + Array(#"{"text": "\#(Self.text)"}"#.utf8) + [0x0A])
        var bytes: [UInt8] = []
        while !bytes.contains(Array(Self.text.utf8)), let part = try connection.receive() {
          bytes += part
        }
        return bytes
      }
      #expect(first.contains(Array(#""label":"PER""#.utf8)))
    }
  }
}
