import Corpora
import Inference
import Testing

@testable import Service

@Suite struct RequestTests {
  @Test(arguments: [
    ("", 0), ("{}", 1), ("[[[]]]", 3), (#"{"a": "[[["}"#, 1), (#"{"a\"[": [1]}"#, 2),
    (#"["\\", [1]]"#, 2),
  ])
  func depthIsThatOfBrackets(text: String, depth: Int) {
    #expect(JSONBody.depth(of: Array(text.utf8)[...]) == depth)
  }

  @Test func formsFollowAccept() throws {
    func form(_ accept: String?) throws -> TagForm { try TagForm(accept: accept) }
    for accept in [nil, "", "*/*", "application/*", "text/html, */*;q=0.1", "APPLICATION/JSON"] {
      #expect(try form(accept) == .json, "\(accept ?? "nil")")
    }
    #expect(try form("text/plain") == .conll && form("text/*") == .conll)
    #expect(try form("application/xml") == .xml && form("text/xml;charset=utf-8") == .textXML)
    #expect(try form("text/html, application/xml;q=0.9, */*;q=0.8") == .xml)
    #expect(try form("application/json;q=0.1, text/plain;q=0.2") == .conll)
    // The closest range decides, not the best.
    #expect(try form("*/*, application/json;q=0.1") == .conll)
    for accept in ["image/png", "application/json;q=0", "json", ";;,", "text/plain;q=x"] {
      #expect(throws: Problem.self, "\(accept)") { try form(accept) }
    }
  }

  @Test func itemsAreChecked() throws {
    var limits = ServiceLimits()
    limits.textBytes = 10
    let body = JSONBody(limits: limits)
    func item(_ text: String) throws -> WorkItem {
      try WorkItem(body.parse(Array(text.utf8)[...], place: "it"), limits: body.limits, place: "it")
    }
    guard case .tag(.text("Ana")) = try item(#"{"adapter": "a", "text": "Ana"}"#).work else {
      Issue.record("no text")
      return
    }
    #expect(
      try item(#"{"adapter": "a", "question": "q", "context": "c", "id": "1"}"#).id == "\"1\"")
    #expect(try item(#"{"adapter": "a", "tokens": [], "id": -7}"#).id == "-7")
    #expect(try item(#"{"adapter": "a", "tokens": [], "id": null}"#).id == nil)
    for (text, kind) in [
      ("[]", Problem.Kind.invalidRequest), ("{", .malformedBody), ("{\"a\":\u{0}}", .malformedBody),
      (#"{"text": "x"}"#, .invalidRequest), (#"{"adapter": 1, "text": "x"}"#, .invalidRequest),
      (#"{"adapter": "a"}"#, .invalidRequest),
      (#"{"adapter": "a", "tokens": [1]}"#, .invalidRequest),
      (#"{"adapter": "a", "text": "x", "tokens": []}"#, .invalidRequest),
      (#"{"adapter": "a", "question": "x"}"#, .invalidRequest),
      (#"{"adapter": "a", "question": "", "context": "x"}"#, .invalidRequest),
      (#"{"adapter": "a", "text": "x", "id": 1.5}"#, .invalidRequest),
      (#"{"adapter": "a", "text": "x", "id": 9007199254740992}"#, .invalidRequest),
      (#"{"adapter": "a", "text": "x", "id": -9223372036854775808}"#, .invalidRequest),
      (#"{"adapter": "a", "text": "01234567890"}"#, .textTooLarge),
      (String(repeating: "[", count: 40), .tooDeep),
    ] {
      do {
        _ = try item(text)
        Issue.record("\(text) was taken")
      } catch let problem as Problem {
        #expect(problem.kind == kind && problem.detail.hasPrefix("it: expected"), "\(text)")
      }
    }
  }

  @Test func linesArePutTogetherFromParts() {
    let text = Array("one\r\n\n  \ntwo three\nlong long long long\nlast".utf8)
    for cut in 1...text.count {
      var splitter = LineSplitter(limit: 12)
      var lines: [LineSplitter.Line] = []
      for start in stride(from: 0, to: text.count, by: cut) {
        splitter.take(text[start..<min(start + cut, text.count)])
        lines += splitter.whole()
      }
      lines += splitter.rest()
      #expect(
        lines.map { String(decoding: $0.bytes, as: UTF8.self) }
          == ["one\r", "two three", "long long lo", "last"])
      #expect(
        lines.map(\.number) == [1, 4, 5, 6] && lines.map(\.isCut) == [false, false, true, false])
    }
  }
}
