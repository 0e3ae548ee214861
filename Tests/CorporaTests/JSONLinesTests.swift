import Corpora
import Testing

@Suite struct JSONLinesTests {
  private func parse(_ text: String) -> String {
    do {
      return "\(try JSONValue(parsing: Array(text.utf8)[...]))"
    } catch {
      return "\(error.offset): \(error.expected)"
    }
  }

  @Test func readsTextWithSpans() throws {
    let corpus = try readCorpus(
      #"{"id": "a", "text": "😀 Ana Reis, Porto. Ok!", "spans": ["#
        + #"{"start": 2, "end": 10, "text": "Ana Reis", "label": "PER"}, "#
        + #"{"start": 12, "end": 17, "label": "LOC", "confidence": 0.5}]}"#
        + "\n\n" + #"{"text": "none", "spans": []}"#)
    #expect(corpus.format == .jsonl)
    #expect(
      corpus.sentences.map(describe) == [
        "😀/Ana/Reis/,/Porto/. [PER 1-3 LOC 4-5]", "Ok/! []", "none []",
      ])
    #expect(corpus.documents.map(\.id) == ["a", nil])
    #expect(offsetsAgree(corpus))
  }

  @Test func spansOffWordBoundariesAreRepairedAndCounted() throws {
    let corpus = try readCorpus(
      #"{"text": "preAna. Reis x yz", "spans": [{"start": 3, "end": 12, "label": "P"}, "#
        + #"{"start": 4, "end": 5, "label": "Q"}, {"start": 12, "end": 13, "label": "R"}, "#
        + #"{"start": 14, "end": 16, "label": "S"}]}"#)
    #expect(corpus.sentences.map(describe) == ["pre/Ana/./Reis/x/y/z [P 1-4 S 5-6]"])
    #expect(
      corpus.report.repaired == [
        "word cut at the edge of a span": 2, "sentences joined under a span": 1,
      ])
    #expect(corpus.report.notFlat == ["nested in another span": 1, "without a word": 1])
  }

  @Test func readsTokens() throws {
    let corpus = try readCorpus(
      """
      {"tokens": ["Ana", "Reis", "#x"], "tags": ["B-PER", "I-PER", "O"]}
      {"tokens": ["a", "b", "c"], "spans": [{"start": 1, "end": 3, "label": "X"}]}
      """)
    #expect(
      corpus.sentences.map(describe) == ["Ana/Reis/#x [PER 0-2]", "a/b/c [X 1-3]"])
    #expect(corpus.scheme == .iob2)
  }

  @Test func badLinesAreNamed() {
    let cases = [
      (#"{"text": "a", "spans": [{"start": 0, "end": 2, "label": "X"}]}"#, "spans inside 0..<1"),
      (#"{"text": "😀 b", "spans": [{"start": 3, "end": 4, "label": "X"}]}"#, "inside 0..<3"),
      (
        #"{"text": "a b", "spans": [{"start": 0, "end": 1, "text": "b", "label": "X"}]}"#,
        "expected \"b\" at 0..<1"
      ),
      (#"{"text": "a", "spans": [{"start": 0, "end": 0, "label": "X"}]}"#, "0 ≤ start < end"),
      (#"{"text": "a", "spans": [{"start": 0.5, "end": 1, "label": "X"}]}"#, "whole \"start\""),
      (#"{"text": "a"}"#, "\"spans\" or \"tags\", found neither"),
      (#"{"tokens": ["a"], "tags": []}"#, "1 tags, one for each token"),
      (#"{"tokens": [1], "tags": ["O"]}"#, "a string for each of \"tokens\", found a number"),
      (#"{"tokens": ["a"], "tags": ["Q-X"]}"#, "found \"Q-X\""),
      (#"{"text": "a", "#, "1:15: expected a key in quotation marks, found the end"),
      (#"{"x": 1}"#, "expected \"text\" or \"tokens\", found neither"),
      ("{\"text\": \"a\tb\"}", "control characters to be escaped"),
    ]
    for (line, message) in cases {
      let found = failure(line) { $0.format = .jsonl }
      #expect(found.hasPrefix("test:1") && found.contains(message), "\(line): \(found)")
    }
    #expect(failure("[1]") { $0.format = .jsonl }.contains("found an array"))
  }

  @Test func parsesStrictly() {
    #expect(parse(#" "\u00e9\ud83d\ude00\n\/" "#) == #"string("é😀\n/")"#)
    #expect(parse("-12.5e+1") == "number(-125.0)")
    #expect(parse("[true,false,null]").hasPrefix("array("))
    #expect(parse(#""\ud83d""#).hasSuffix("a surrogate pair"))
    #expect(parse(#""\ud83d\u0041""#).hasSuffix("second half of a surrogate pair"))
    #expect(parse("01").hasSuffix("nothing after the value"))
    #expect(parse("1.").hasSuffix("a digit"))
    #expect(parse("{\"a\":1,}").hasSuffix("a key in quotation marks"))
    #expect(parse(String(repeating: "[", count: 100_000)).hasSuffix("64 levels deep"))
    #expect(parse("") == "0: a JSON value")
    #expect(parse("\"a") == "2: a closing quotation mark")
  }

  @Test func writesKeysInOrderAndReadsThemBack() throws {
    let line = JSONLine(
      content: .text("a \"b\"\u{1}\té\u{2028}"),
      spans: [
        JSONSpan(range: 2..<5, text: "\"b\"", label: "X", confidence: 0.97314),
        JSONSpan(range: 0..<1, text: "a", label: "Y", confidence: 1),
      ])
    let bytes = JSONLinesWriter.bytes(of: line)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"text":"a \"b\"\u0001\té"# + "\u{2028}"
        + #"","spans":[{"start":2,"end":5,"text":"\"b\"","label":"X","confidence":0.9731},"#
        + #"{"start":0,"end":1,"text":"a","label":"Y","confidence":1}]}"# + "\n")
    let back = try readCorpus(bytes)
    #expect(back.documents[0].text == "a \"b\"\u{1}\té\u{2028}")
    #expect(
      String(decoding: JSONLinesWriter.bytes(of: JSONLine(content: .blank)), as: UTF8.self)
        == "{\"text\":\"\",\"spans\":[]}\n")
    #expect(
      String(
        decoding: JSONLinesWriter.bytes(of: JSONLine(content: .tokens(["a", "b"]))), as: UTF8.self)
        == "{\"tokens\":[\"a\",\"b\"],\"spans\":[]}\n")
  }

  @Test func documentsSurviveTheWayOutAndBack() throws {
    let corpus = try readCorpus("<c><s><X>a b</X> c.</s><s>d <Y>é</Y>!</s></c>")
    let bytes = JSONLinesWriter.bytes(of: corpus.documents[0])
    let back = try readCorpus(bytes)
    #expect(back.sentences == corpus.sentences)
    #expect(back.documents[0].text == corpus.documents[0].text)
  }

  @Test func textAndTokensAreReadWithoutAnnotations() throws {
    func read(_ text: String, _ format: CorpusFormat) throws -> Corpus {
      try readCorpus(text) {
        $0.format = format
        $0.requiresAnnotations = false
      }
    }
    let text = try read("a b. c\n\nd", .text)
    #expect(text.documents.count == 3)
    #expect(text.sentences.map(describe) == ["a/b/. []", "c []", "d []"])
    let carriage = try read("a\rb\r\n", .text)
    #expect(carriage.documents.map(\.text) == ["a\rb"])
    let tokens = try read("a b.  c\n\nd\u{A0}e", .tokens)
    #expect(tokens.sentences.map(describe) == ["a/b./c []", " []", "d\u{A0}e []"])
    #expect(failure("a b") { $0.format = .tokens }.contains("a corpus with annotations"))
  }
}
