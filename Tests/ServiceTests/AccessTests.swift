import Foundation
import Testing

@testable import Service

@Suite struct AccessTests {
  private func file(_ text: String, mode: Int = 0o600) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tokens-\(UUID().uuidString)")
    try Data(text.utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    return url
  }

  @Test func tokensHaveRightsAndAdapters() throws {
    let url = try file(
      #"{"tokens": [{"name": "web", "token": "0123456789abcdef", "adapters": ["news"]},"#
        + #"{"name": "boss", "token": "fedcba9876543210", "rights": ["use", "manage"]}]}"#)
    defer { try? FileManager.default.removeItem(at: url) }
    let tokens = try AccessTokens(file: url)
    let web = try #require(tokens.identity(of: "0123456789abcdef".utf8))
    #expect(web.name == "web" && web.may(.use) && !web.may(.manage))
    #expect(web.mayUse(adapter: "news") && !web.mayUse(adapter: "other"))
    let boss = try #require(tokens.identity(of: "fedcba9876543210".utf8))
    #expect(boss.may(.manage) && boss.mayUse(adapter: "other"))
    for wrong in ["", "0", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF"] {
      #expect(tokens.identity(of: wrong.utf8) == nil, "\(wrong)")
    }
  }

  @Test func filesThatAreNotAsTheyShouldBeAreRefused() throws {
    for (text, mode) in [
      ("{}", 0o600), ("[]", 0o600), (#"{"tokens": []}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "short"}]}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef", "rights": ["fly"]}]}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef"}]}"#, 0o644),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef", "adapter": ["b"]}]}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef", "adapters": ["../b"]}]}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef", "adapters": "b"}]}"#, 0o600),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef", "rights": "use"}]}"#, 0o600),
      (#"{"tokens": [{"token": "0123456789abcdef"}]}"#, 0o600),
      (
        #"{"tokens": [{"name": "a", "token": "0123456789abcdef", "adapters": ["b"], "adapters": []}]}"#,
        0o600
      ),
      (
        #"{"tokens": [{"name": "a", "token": "0123456789abcdef"}, {"name": "b", "token": "0123456789abcdef"}]}"#,
        0o600
      ),
      (#"{"tokens": [{"name": "a", "token": "0123456789abcdef"}], "more": 1}"#, 0o600),
    ] {
      let url = try file(text, mode: mode)
      defer { try? FileManager.default.removeItem(at: url) }
      #expect(throws: ConfigurationFault.self, "\(text)") { try AccessTokens(file: url) }
    }
  }

  @Test func equalityLooksAtEveryByte() {
    #expect(AccessTokens.isEqual([1, 2, 3], [1, 2, 3]))
    #expect(!AccessTokens.isEqual([1, 2, 3], [1, 2]))
    #expect(!AccessTokens.isEqual([1, 2, 3], [1, 2, 3, 1]))
    #expect(!AccessTokens.isEqual([1, 2, 3], [1, 2, 4]))
    #expect(!AccessTokens.isEqual([1], []))
    #expect(!AccessTokens.isEqual([1, 1], [1]))
  }

  @Test(arguments: [
    ("news", true), ("a-b_c.d", true), ("", false), (".", false), ("..", false), ("a/b", false),
    ("../x", false), ("a%2Fb", false), ("a\u{0}", false), ("é", false),
    (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
  ])
  func namesLeadNowhere(name: String, isValid: Bool) {
    #expect(AdapterName.isValid(name) == isValid)
  }
}
