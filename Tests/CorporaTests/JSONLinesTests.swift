import Testing

@testable import Corpora

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
      (#"{"text": "a", "spans": [{"start": 1, "end": 0, "label": "X"}]}"#, "0 ≤ start ≤ end"),
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
    let bytes = try JSONLinesWriter().bytes(of: corpus.documents[0])
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

  // MARK: Everything of a document

  private func roundTrip(_ document: Document, writer: JSONLinesWriter) throws -> Document {
    try readCorpus(try writer.bytes(of: document)) { $0.format = .jsonl }.documents[0]
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func randomDocumentsSurvive() throws {
    var seed: UInt64 = 0x5EED_3
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(max(bound, 1)))
    }
    let pieces: [Unicode.Scalar] = [
      "a", "b", " ", " ", ".", ",", "\u{1F600}", "\u{301}", "\r", "\"", "\\", "\u{1}", "é",
      "\u{2028}", "\n", "\t", "<", "]", ">", "\u{0}",
    ]
    func text(_ count: Int) -> String {
      var text = String.UnicodeScalarView()
      for _ in 0..<count { text.append(pieces[random(pieces.count)]) }
      return String(text)
    }
    let names = [
      "n", "m", "json:x", "json:id", "json:text", "confidence", "json:confidence", "json:layer",
      "json:sentences", "json:attributes", "json:fragments", "",
    ]
    let values = ["v", "7", "0.50", "{\"a\": [1]}", "null", "[[[0,0]]]", "\"s\"", "1\n", "{}", ""]
    func attributes() -> [Attribute] {
      (0..<random(4)).map { _ in
        Attribute(names[random(names.count)], values[random(values.count)])
      }
    }
    func id() -> String? { [nil, "7", "x", text(2)][random(4)] }
    let writers = [JSONLinesWriter(split: plainSplit), JSONLinesWriter(split: nil)]
    for round in 0..<400 {
      let text = "a" + text(random(24))
      let count = text.unicodeScalars.count
      func range() -> Range<Int> {
        let start = random(count + 1)
        return start..<start + random(count + 1 - start)
      }
      var document = Document(id: id(), text: text, sentences: [], attributes: attributes())
      document.sentences = Document(text: text, split: plainSplit).sentences
      document.annotations = (0..<random(4)).map { _ in
        var fragments = [range()]
        if random(3) == 0 {
          let next = range()
          if next.lowerBound >= fragments[0].upperBound { fragments.append(next) }
        }
        return Annotation(
          label: ["X", "Y-z", "é"][random(3)], fragments: fragments,
          layer: random(3) == 0 ? "l" : nil, id: id(), attributes: attributes())
      }
      if random(3) == 0 {
        let middle = random(count + 1)
        document.sections = [
          Section(range: 0..<middle, attributes: attributes()), Section(range: middle..<count),
        ]
      }
      // Words as some format gives them, or as they are found in the text.
      if random(2) == 0 {
        let cuts = Set((0..<random(6)).map { _ in random(count + 1) } + [0, count]).sorted()
        let scalars = Array(text.unicodeScalars)
        let words = zip(cuts, cuts.dropFirst()).map { start, end in
          Word(
            text: random(8) == 0
              ? "other" : String(String.UnicodeScalarView(scalars[start..<end])),
            range: start..<end, spaceAfter: random(2) == 0)
        }
        document.sentences = [Sentence(words: words), Sentence(words: [])]
      }
      for writer in writers {
        let first = try roundTrip(document, writer: writer)
        #expect(
          first.annotations == document.annotations && first.sections == document.sections
            && first.attributes == document.attributes
            && first.id.map(bytes) == document.id.map(bytes)
            && bytes(first.text) == bytes(text), "seed 0x5EED_3, round \(round)")
        #expect(
          first.sentences.map(\.words) == document.sentences.map(\.words),
          "seed 0x5EED_3, round \(round)")
        let line = try writer.bytes(of: first)
        #expect(try roundTrip(first, writer: writer) == first, "seed 0x5EED_3, round \(round)")
        #expect(try writer.bytes(of: roundTrip(first, writer: writer)) == line)
      }
    }
  }

  @Test func keepsWhatItDoesNotKnow() throws {
    let line =
      #"{"id":7,"text":"Ana R","spans":[{"start":0,"end":3,"text":"Ana","label":"P","#
      + #""confidence":0.50,"id":12,"rank":[1, 2]},{"start":2,"end":2,"text":"","label":"Z"}],"#
      + #""meta":{"a": 1e400, "b":"\u00e9"},"sentences":["Ana R"],"label":"pos","n":null}"# + "\n"
    let corpus = try readCorpus(line)
    #expect(corpus.documents[0].id == "7")
    #expect(corpus.documents[0].annotations[0].attribute("confidence") == "0.50")
    let writer = JSONLinesWriter(split: plainSplit)
    #expect(String(decoding: try writer.bytes(of: corpus.documents[0]), as: UTF8.self) == line)
    let content = bytes(line)
    let object = try JSONLine(
      Line(bytes: content[...], content: content.dropLast(), number: 1), file: "test")
    #expect(String(decoding: JSONLinesWriter.bytes(of: object), as: UTF8.self) == line)
  }

  @Test func writesWordsOnlyWhereTheyAreNotFound() throws {
    let writer = JSONLinesWriter(split: plainSplit)
    let simple = try readCorpus("<c><s><X>a b</X> c.</s></c>").documents[0]
    #expect(
      String(decoding: try writer.bytes(of: simple), as: UTF8.self)
        == #"{"text":"a b c.","spans":[{"start":0,"end":3,"text":"a b","label":"X"}]}"# + "\n")
    var other = Document(words: ["a,b", "c"], spans: [EntitySpan(label: "X", words: 0..<1)])
    other.annotations[0].attributes = [Attribute("n", "1"), Attribute("n", "2")]
    let line = String(decoding: try writer.bytes(of: other), as: UTF8.self)
    #expect(
      line == #"{"text":"a,b c","sentences":[[[0,3],[4,5]]],"spans":[{"start":0,"end":3,"#
        + #""text":"a,b","label":"X","attributes":[["n","1"],["n","2"]]}]}"# + "\n")
    #expect(try readCorpus(line).documents == [other])
  }

  @Test func readsOtherSpellings() throws {
    let lines = [
      #"{"text": "Ana in Rio", "entities": [[0, 3, "P"], [7, 10, "L"]]}"#,
      #"{"id": 3, "text": "Ana in Rio", "label": [[0, 3, "P"], [7, 10, "L"]], "Comments": []}"#,
      #"{"text": "Ana in Rio", "entities": [{"id": 1, "label": "P", "start_offset": 0, "#
        + #""end_offset": 3}, {"start": 7, "end": 10, "type": "L"}]}"#,
      #"{"tokens": ["Ana", "in", "Rio"], "ner_tags": ["B-P", "O", "B-L"]}"#,
      #"{"words": ["Ana", "in", "Rio"], "tags": ["B-P", "O", "B-L"], "ner_tags": [1, 0, 2]}"#,
      #"{"text": "Ana in Rio", "tokens": ["Ana", "in", "Rio"], "tags": ["B-P", "O", "B-L"]}"#,
      #"{"text": "Ana in Rio", "tokens": [{"text": "Ana", "start": 0, "end": 3, "id": 0}, "#
        + #"{"text": "in", "start": 4}, {"text": "Rio", "start": 7}], "spans": [{"start": 0, "#
        + #""end": 3, "label": "P", "token_start": 0}, {"start": 7, "end": 10, "label": "L"}]}"#,
    ]
    for line in lines {
      let corpus = try readCorpus(line) { $0.format = .jsonl }
      #expect(corpus.sentences.map(describe) == ["Ana/in/Rio [P 0-1 L 2-3]"], "\(line)")
      #expect(corpus.documents[0].annotations.map(\.range) == [0..<3, 7..<10], "\(line)")
    }
    let glued = try readCorpus(
      #"{"text": "😀Ana's", "tokens": ["Ana", "'s"], "tags": ["B-P", "O"]}"#)
    #expect(glued.sentences[0].words.map(\.range) == [1..<4, 4..<6])
    #expect(glued.sentences[0].words.map(\.spaceAfter) == [false, true])
    let cases = [
      (
        #"{"text": "a b", "tokens": ["b", "a"], "tags": ["O", "O"]}"#,
        ":1:33: expected the tokens in"
      ),
      (#"{"tokens": ["a"], "ner_tags": [3]}"#, "\"ner_tags\" as strings"),
      (#"{"text": "a", "text": "b", "spans": []}"#, ":1:23: expected \"text\" once"),
      (#"{"text": "a", "spans": [[0, 1]]}"#, ":1:25: expected [start, end, label]"),
      (
        #"{"text": "abc", "spans": [{"start":0,"end":3,"label":"X","fragments":[[0,1],[1,2]]}]}"#,
        "fragments from the span's start"
      ),
      (#"{"text": "abc", "sentences": [[[2,1]]], "spans": []}"#, ":1:31: expected words"),
      (#"{"text": "abc", "spans": [], "x": "\ud800"}"#, "a surrogate pair"),
    ]
    for (line, message) in cases {
      let found = failure(line) { $0.format = .jsonl }
      #expect(found.contains(message), "\(line): \(found)")
    }
  }

  @Test func damagedLinesAreErrorsOrDocuments() {
    let line = bytes(
      #"{"id":1,"text":"a \u00e9","sentences":[[[0,1],[2,3,"x",true]]],"sections":[{"start":0,"#
        + #""end":1}],"attributes":[["a","b"]],"spans":[{"start":0,"end":3,"label":"X","#
        + #""fragments":[[0,1],[2,3]],"confidence":0.5}]}"#)
    for end in line.indices { _ = failure(Array(line[..<end])) { $0.format = .jsonl } }
    var seed: UInt64 = 11
    for _ in 0..<3000 {
      var damaged = line
      for _ in 0..<3 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int((seed >> 33) % UInt64(line.count))] = UInt8(truncatingIfNeeded: seed >> 20)
      }
      #expect(!failure(damaged) { $0.format = .jsonl }.hasPrefix("another error"), "seed 11")
    }
  }
}
