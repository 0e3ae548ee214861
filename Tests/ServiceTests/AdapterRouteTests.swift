import AdapterFixtures
import Foundation
import Tasks
import Testing

@testable import Service

@Suite struct AdapterRouteTests {
  private static let tar = ["Content-Type": "application/x-tar"]

  @Test func adaptersAreListedAndShown() async throws {
    try await TestService.run { service in
      let list = try await service.client.get("/v1/adapters").json()
      let adapters = try #require(list["adapters"] as? [[String: Any]])
      #expect(adapters.compactMap { $0["name"] as? String } == EngineAdapters.all.sorted())
      let soft = try await service.client.get("/v1/adapters/soft").json()
      #expect(
        soft["task"] as? String == "ner" && soft["template"] as? String == "find : {text} {soft:3}")
      #expect(soft["labels"] as? [String] == ["LOC", "ORG", "PER"])
      let none = try await service.client.get("/v1/adapters/none")
      #expect(none.status == 404 && none.problem == "unknown-adapter")
      let refused = try await service.client.request("PUT", "/v1/adapters/soft")
      #expect(refused.status == 403 && refused.text.contains("--adapters"))
    }
  }

  @Test func adaptersAreLoadedReplacedAndRemoved() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "news")
    try await TestService.run(adapterFolder: folder.url) { service in
      let client = service.client
      let body = #"{"adapter": "news", "text": "Ana Reis went to Porto ."}"#
      #expect(try await client.post("/v1/tag", body).status == 404)
      #expect(try await client.request("PUT", "/v1/adapters/news").status == 201)
      let soft = try await client.post("/v1/tag", body)
      #expect(soft.status == 200)

      // Another is sent in its place, as tar makes it.
      let archive = try Tar.archive(folder: EngineAdapters.folder("deep"))
      let replaced = try await client.request(
        "PUT", "/v1/adapters/news", headers: Self.tar, body: archive)
      #expect(replaced.status == 200, "\(replaced.text)")
      let deep = try await client.post(
        "/v1/tag", body.replacingOccurrences(of: "news", with: "deep"))
      #expect(try await client.post("/v1/tag", body).text == deep.text && deep.text != soft.text)
      // It is on the disk, whole, and nothing else is.
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      #expect(names.filter { !$0.hasSuffix(".lock") } == ["news"], "\(names)")
      let saved = folder.url.appendingPathComponent("news/adapter.json")
      #expect(
        try Data(contentsOf: saved)
          == Data(contentsOf: EngineAdapters.folder("deep").appendingPathComponent("adapter.json")))

      #expect(try await client.request("DELETE", "/v1/adapters/news").status == 204)
      #expect(try await client.request("DELETE", "/v1/adapters/news").status == 404)
      #expect(try await client.post("/v1/tag", body).status == 404)
      #expect(try await client.request("PUT", "/v1/adapters/news").status == 201)
      let wish = try await client.request("DELETE", "/v1/adapters/news?folder=burn")
      #expect(wish.status == 400)
      #expect(try await client.request("DELETE", "/v1/adapters/news?folder=remove").status == 204)
      let gone = try await client.request("PUT", "/v1/adapters/news")
      #expect(gone.status == 404 && !gone.text.contains(folder.url.path), "\(gone.text)")
    }
  }

  @Test func whatDoesNotFitReplacesNothing() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "news")
    try await TestService.run(adapterFolder: folder.url) { service in
      let client = service.client
      #expect(try await client.request("PUT", "/v1/adapters/news").status == 201)
      let whole = try Tar.archive(folder: EngineAdapters.folder("deep"))
      let json = Array(
        try Data(contentsOf: EngineAdapters.folder("deep").appendingPathComponent("adapter.json")))
      let weights = Array(
        try Data(
          contentsOf: EngineAdapters.folder("deep").appendingPathComponent("adapter.safetensors")))
      var damaged = weights
      damaged[9] = 0xFF
      let other = String(decoding: json, as: UTF8.self)
        .replacingOccurrences(of: "\"sha256\" : \"", with: "\"sha256\" : \"0")
      let answers = try EngineAdapters.folder("answers")
      let answererWeights = Array(
        try Data(contentsOf: answers.appendingPathComponent("adapter.safetensors")))
      let rowless = try String(
        contentsOf: answers.appendingPathComponent("adapter.json"), encoding: .utf8
      ).replacing(/"maximumRows" : \d+/, with: #""maximumRows" : 0"#)
      for (what, archive, detail) in [
        ("no archive", Array("not a tar archive".utf8), ""),
        ("zeros", [UInt8](repeating: 0, count: 4096), "adapter.json"),
        ("cut short", Array(whole[..<700]), "cut short"),
        ("a wrong sum", [0x2F] + whole.dropFirst(), "offset 0"),
        ("no weights", Tar.archive([("adapter.json", json)]), "adapter.safetensors"),
        ("no JSON", Tar.archive([("adapter.json", []), ("adapter.safetensors", weights)]), ""),
        ("damaged", Tar.archive([("adapter.json", json), ("adapter.safetensors", damaged)]), ""),
        (
          "half",
          Tar.archive([("adapter.json", json), ("adapter.safetensors", Array(weights[..<900]))]),
          ""
        ),
        (
          "twice",
          Tar.archive([
            ("adapter.json", json), ("a/adapter.json", json), ("adapter.safetensors", weights),
          ]),
          "several"
        ),
        (
          "windows of no rows",
          Tar.archive([
            ("adapter.json", Array(rowless.utf8)), ("adapter.safetensors", answererWeights),
          ]), "maximumRows"
        ),
        (
          "another name that begins as one",
          Tar.longName("d/\(String(repeating: "x", count: 90))/adapter.json.old", kind: 0x4C)
            + Tar.archive([("d/adapter.json", json)]), "adapter.json"
        ),
        (
          "another encoder",
          Tar.archive([("adapter.json", Array(other.utf8)), ("adapter.safetensors", weights)]), ""
        ),
        (
          "a link",
          Tar.archive([]).dropLast(1024)
            + Tar.entry("adapter.json", [], kind: 0x32)
            + Tar.archive([("adapter.safetensors", weights)]),
          "adapter.json"
        ),
      ] {
        let response = try await client.request(
          "PUT", "/v1/adapters/news", headers: Self.tar, body: archive)
        #expect(
          response.status == 409 && response.problem == "adapter-does-not-fit",
          "\(what): \(response.text)")
        #expect(detail.isEmpty || response.text.contains(detail), "\(what): \(response.text)")
        #expect(!response.text.contains(folder.url.path), "\(what): \(response.text)")
      }
      // Sizes below zero lead back to where the reader was, or before the beginning.
      for (name, size) in [
        ("adapter.json", "-0000001000"), ("other", "-0000001001"), ("other", "-0000002000"),
        ("other", "+0000001000"), ("other", "77777777777"), ("other", "0x10"),
      ] {
        let archive = Tar.entry(name, [], size: size) + [UInt8](repeating: 0, count: 1024)
        let response = try await client.request(
          "PUT", "/v1/adapters/news", headers: Self.tar, body: archive)
        #expect(response.status == 409, "\(size): \(response.text)")
      }
      let shown = try await client.get("/v1/adapters/news").json()
      #expect(shown["template"] as? String == "find : {text} {soft:3}")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      #expect(names.filter { !$0.hasSuffix(".lock") } == ["news"], "\(names)")
    }
  }

  @Test func longPathsOfArchivesAreRead() async throws {
    let folder = try TemporaryFolder()
    try await TestService.run(adapterFolder: folder.url) { service in
      let deep = try EngineAdapters.folder("deep")
      let files = try ["adapter.json", "adapter.safetensors"].map { name in
        (name, Array(try Data(contentsOf: deep.appendingPathComponent(name))))
      }
      let parent = String(repeating: "a/", count: 60)
      for kind: UInt8 in [0x4C, 0x78] {
        let archive =
          files.flatMap { name, contents in
            Tar.longName(parent + name, kind: kind) + Tar.entry("cut/short", contents)
          } + [UInt8](repeating: 0, count: 1024)
        let response = try await service.client.request(
          "PUT", "/v1/adapters/long-\(kind)", headers: Self.tar, body: archive)
        #expect(response.status == 201, "\(response.text)")
      }
    }
  }

  @Test func whatIsServedNoMoreCanBeRemovedFromTheFolder() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "news")
    try await TestService.run(adapterFolder: folder.url) { service in
      let client = service.client
      let put = try await client.request("PUT", "/v1/adapters/news")
      #expect(put.status == 201)
      #expect(try await client.request("DELETE", "/v1/adapters/news").status == 204)
      #expect(try await client.request("DELETE", "/v1/adapters/news?folder=remove").status == 204)
      #expect(
        !FileManager.default.fileExists(
          atPath: folder.url.appendingPathComponent("news").path))
      #expect(try await client.request("DELETE", "/v1/adapters/news?folder=remove").status == 404)
    }
  }

  @Test func anAdapterOfAnotherPrecisionIsWarnedOf() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "news")
    let file = folder.url.appendingPathComponent("news/adapter.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let other = text.replacing(/"precision" : "\w+"/, with: #""precision" : "int8""#)
    #expect(other != text)
    try Data(other.utf8).write(to: file)
    try await TestService.run(adapterFolder: folder.url) { service in
      let put = try await service.client.request("PUT", "/v1/adapters/news")
      #expect(put.status == 201)
      let line = service.log.lines.first { $0.contains("another precision") }
      #expect(line?.contains(#""trained":"int8""#) == true, "\(service.log.text)")
    }
  }

  @Test func aFolderThatIsBeingTrainedIsLeftAlone() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "news")
    try await TestService.run(adapterFolder: folder.url) { service in
      let client = service.client
      #expect(try await client.request("PUT", "/v1/adapters/news").status == 201)
      let archive = try Tar.archive(folder: EngineAdapters.folder("deep"))
      let lock = try FolderLock(for: folder.url.appendingPathComponent("news"))
      let put = try await client.request(
        "PUT", "/v1/adapters/news", headers: Self.tar, body: archive)
      let delete = try await client.request("DELETE", "/v1/adapters/news?folder=remove")
      for refused in [put, delete] {
        #expect(refused.status == 409 && refused.problem == "adapter-busy", "\(refused.text)")
        #expect(!refused.text.contains(folder.url.path))
      }
      withExtendedLifetime(lock) {}
      let shown = try await client.get("/v1/adapters/news").json()
      #expect(shown["template"] as? String == "find : {text} {soft:3}")
    }
  }

  @Test func noMoreAdaptersAreLoadedThanMayBe() async throws {
    let folder = try TemporaryFolder()
    try folder.add("soft", as: "more")
    var limits = ServiceLimits()
    limits.loadedAdapters = EngineAdapters.all.count
    try await TestService.run(limits: limits, adapterFolder: folder.url) { service in
      let client = service.client
      let refused = try await client.request("PUT", "/v1/adapters/more")
      #expect(refused.status == 507 && refused.problem == "no-storage", "\(refused.text)")
      #expect(try await client.request("DELETE", "/v1/adapters/soft").status == 204)
      #expect(try await client.request("PUT", "/v1/adapters/more").status == 201)
      #expect(try await client.request("PUT", "/v1/adapters/more").status == 200)
    }
  }

  @Test func namesCannotWalkOutOfTheFolder() async throws {
    let folder = try TemporaryFolder()
    let outside = try TemporaryFolder()
    try outside.add("soft", as: "secret")
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("link"),
      withDestinationURL: outside.url.appendingPathComponent("secret"))
    try await TestService.run(adapterFolder: folder.url) { service in
      for name in [
        "..", ".", "%2e%2e", "..%2fsecret", "%2Fetc", "..%5csecret", ".hidden", "a%00b", "%C3%A9",
        "x%0d%0aSet-Cookie:a", String(repeating: "a", count: 65),
      ] {
        for method in ["GET", "PUT", "DELETE"] {
          let response = try await service.client.request(method, "/v1/adapters/\(name)")
          #expect(
            [400, 404, 405].contains(response.status), "\(method) \(name): \(response.status)")
          #expect(response.headers["set-cookie"] == nil)
        }
      }
      for body in [[], try Tar.archive(folder: EngineAdapters.folder("soft"))] {
        let link = try await service.client.request(
          "PUT", "/v1/adapters/link", headers: body.isEmpty ? [:] : Self.tar, body: body)
        #expect(link.status == 403 && link.problem == "forbidden", "\(link.text)")
      }
      #expect(
        FileManager.default.fileExists(
          atPath: outside.url.appendingPathComponent("secret/adapter.json").path))
    }
  }
}
