import Foundation
import Testing

/// `enxerto tag` through the built program: formats, options, streams.
@Suite struct TagTests: TaggingSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace.withTagger() }

  private static let names = "Ana Reis went to Porto .\n"
  private static let rows = """
    Ana\tB-PER
    Reis\tI-PER
    went\tO
    to\tO
    Porto\tB-LOC
    .\tO


    """

  @Test func textAndTokensComeOutAsRows() throws {
    #expect(try output(tag(input: Self.names)) == Self.rows)
    #expect(try output(tag("--input-format", "tokens", input: Self.names)) == Self.rows)
    #expect(
      try output(tag("--output-format", "conll", input: "\n" + Self.names + " \n"))
        == "\n" + Self.rows + "\n")
  }

  @Test func everyFormatBecomesEveryOther() throws {
    let inputs = [
      ("text", Self.names), ("tokens", Self.names),
      ("jsonl", "{\"text\":\"Ana Reis went to Porto .\"}\n"),
      ("jsonl", "{\"tokens\":[\"Ana\",\"Reis\",\"went\",\"to\",\"Porto\",\".\"]}\n"),
      ("conll", "Ana\nReis\nwent\nto\nPorto\n.\n\n"),
      ("conll2003", "Ana\nReis\nwent\nto\nPorto\n.\n\n"),
      ("wnut17", "Ana\nReis\nwent\nto\nPorto\n.\n\n"),
    ]
    for (format, input) in inputs {
      #expect(
        try output(tag("--input-format", format, "--output-format", "conll", input: input))
          == Self.rows, "\(format)")
      let object = try output(
        tag("--input-format", format, "--output-format", "jsonl", input: input))
      let line = try JSONDecoder().decode(Line.self, from: Data(object.utf8))
      #expect(line.spans.map(\.label) == ["PER", "LOC"], "\(format)")
      #expect(line.spans.map(\.text) == ["Ana Reis", "Porto"], "\(format)")
      let places = line.text == nil ? [0, 2, 4, 5] : [0, 8, 17, 22]
      #expect(line.spans.flatMap { [$0.start, $0.end] } == places, "\(format)")
      #expect(object.hasSuffix("]}\n") && object.utf8.filter { $0 == 0x0A }.count == 1)
    }
    // Numbered words, in their own columns.
    let numbered = "1\tAna\tO\t-\t-\n2\tReis\tO\t-\t-\n\n"
    #expect(
      try output(tag("--input-format", "uner", input: numbered))
        == "1\tAna\tO\t-\t-\tB-PER\n2\tReis\tO\t-\t-\tI-PER\n\n")
  }

  @Test func jsonKeysKeepTheirOrder() throws {
    let line = try output(
      tag(
        "--input-format", "jsonl",
        input: "{\"text\":\"Ana Reis went to Porto .\",\"id\":\"a\",\"more\":[1]}\n"))
    #expect(
      line.hasPrefix(
        "{\"id\":\"a\",\"text\":\"Ana Reis went to Porto .\",\"spans\":[{\"start\":0,\"end\":8,"))
    #expect(line.contains("\"text\":\"Porto\",\"label\":\"LOC\",\"confidence\":0."), "\(line)")
    // A blank line is an empty text.
    let blank = try output(tag("--input-format", "jsonl", input: "\n \t\r\n"))
    #expect(blank == "{\"text\":\"\",\"spans\":[]}\n{\"text\":\"\",\"spans\":[]}\n")
    #expect(
      try output(tag("--output-format", "jsonl", input: "\n")) == "{\"text\":\"\",\"spans\":[]}\n")
  }

  @Test func optionsOfTags() throws {
    func rows(_ scheme: String) throws -> String {
      try output(tag("--scheme", scheme, input: "Ana Reis went to Porto\n"))
    }
    #expect(try rows("iobes") == "Ana\tB-PER\nReis\tE-PER\nwent\tO\nto\tO\nPorto\tS-LOC\n\n")
    #expect(try rows("bilou") == "Ana\tB-PER\nReis\tL-PER\nwent\tO\nto\tO\nPorto\tU-LOC\n\n")
    #expect(try rows("iob1") == "Ana\tI-PER\nReis\tI-PER\nwent\tO\nto\tO\nPorto\tI-LOC\n\n")
    for decoding in ["viterbi", "argmax"] {
      #expect(try output(tag("--decoding", decoding, input: Self.names)) == Self.rows)
    }
    #expect(
      try !output(tag("--min-confidence", "1", input: Self.names)).contains("\tB-"))
    #expect(
      try output(tag("--input-format", "conll", "--word-column", "-1", input: "x\tAna\nx\tReis\n"))
        == "x\tAna\tB-PER\nx\tReis\tI-PER\n")
    let latin = try Binary.run(
      ["tag", "--adapter", "adapter", "--encoding", "latin1"], input: [0xE9, 0x0A],
      in: workspace.folder)
    #expect(latin.output.hasPrefix("é\t"))
  }

  @Test func corporaMayCountColumnsFromTheEnd() throws {
    try workspace.write("x\tAna\tB-PER\nx\tReis\tI-PER\n", to: "corpus.conll")
    let result = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.conll", "--word-column", "-2",
      "--tag-column", "-1", "--json")
    #expect(result.output.contains("\"f1\":1.0"), "\(result)")
  }

  @Test func conllKeepsItsBytes() throws {
    let input = "\u{FEFF}-DOCSTART- -X- O\r\n\r\nAna NN O\r\nReis  NN  O \n\t\n# NN O\nPorto NN O"
    let result = try output(tag("--input-format", "conll", input: input))
    // By scalars: "\r\n" is one character.
    let lines = result.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    try #require(lines.count == 7)
    #expect(lines[0] == "\u{FEFF}-DOCSTART- -X- O\r")
    #expect(lines[1] == "\r")
    #expect(lines[2] == "Ana NN O B-PER\r")
    #expect(lines[3] == "Reis  NN  O  I-PER")
    #expect(lines[4] == "\t")
    #expect(lines[5].hasPrefix("# NN O "))
    #expect(lines[6].hasPrefix("Porto NN O "))
  }

  @Test func filesFollowOneAnother() throws {
    try workspace.write("Ana Reis\n", to: "one.txt")
    try workspace.write("Porto", to: "two.txt")
    #expect(
      try output(tag("one.txt", "-", "two.txt", input: "went\n"))
        == output(tag(input: "Ana Reis\nwent\nPorto\n")))
    try workspace.write("Ana\nReis", to: "one.conll")
    try workspace.write("\u{FEFF}Porto\n", to: "two.conll")
    #expect(
      try output(tag("--input-format", "conll", "one.conll", "two.conll"))
        == output(tag("--input-format", "conll", input: "Ana\nReis\n\nPorto\n")))
    // The second is missing: nothing is tagged before that is told.
    expectFailure(try tag("one.txt", "none.txt"), code: 66, "none.txt")
    expectFailure(try tag("one.txt", "models"), code: 74, "models", "a folder")
  }

  @Test func moreFilesThanCanBeOpen() throws {
    try workspace.write("", to: "empty.txt")
    try workspace.write(Self.names, to: "one.txt")
    let files = [String](repeating: "empty.txt", count: 100).joined(separator: " ")
    let result = try Binary.bash(
      "ulimit -n 40; \"$enxerto\" tag --adapter adapter --threads 1 \(files) one.txt",
      in: workspace.folder)
    #expect(output(result) == Self.rows)
  }

  @Test func nothingComesOfNothing() throws {
    for format in ["text", "tokens", "jsonl", "conll", "uner"] {
      #expect(try output(tag("--input-format", format)) == "", "\(format)")
    }
  }

  @Test func aLineOfTwoHundredThousandWords() throws {
    let words = (0..<200_000).map { ["Ana", "Reis", "went", "to", "Porto", "."][$0 % 6] }
    let result = try output(
      tag("--input-format", "tokens", input: words.joined(separator: " ") + "\n"))
    let rows = result.split(separator: "\n")
    #expect(rows.count == words.count)
    #expect(
      zip(rows, words).allSatisfy { row, word in row.utf8.starts(with: (word + "\t").utf8) })
    #expect(rows.suffix(1000).contains { !$0.hasSuffix("\tO") })
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let result = try Binary.bash(
      "yes 'Ana went to Porto.' | \"$enxerto\" tag --adapter adapter | head -1; "
        + "echo ${PIPESTATUS[1]}",
      in: workspace.folder)
    #expect(result.output.hasPrefix("Ana\t") && result.output.hasSuffix("\n0\n"))
    #expect(result.errors == "")
  }

  private struct Line: Decodable {
    struct Span: Decodable {
      var start: Int
      var end: Int
      var text: String
      var label: String
      var confidence: Double
    }
    var text: String?
    var tokens: [String]?
    var spans: [Span]
  }
}
