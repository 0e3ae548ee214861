import Testing

/// `enxerto convert`.
struct ConvertTests {
  private static let documents = """
    <corpus>
    <document id="one"><s><PER>Ana Reis</PER> moved to <LOC>Porto</LOC>.</s><s>Hi.</s></document>
    <document id="two"><s>Bye, <PER>Rui</PER></s></document>
    </corpus>
    """
  private static let conll = """
    # newdoc id = one
    Ana\tB-PER
    Reis\tI-PER
    moved\tO
    to\tO
    Porto\tB-LOC
    .\tO

    Hi\tO
    .\tO

    # newdoc id = two
    Bye\tO
    ,\tO
    Rui\tB-PER


    """

  @Test func writesEachFormat() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    for (format, expected) in [
      ("conll", Self.conll),
      (
        "jsonl",
        #"{"id":"one","text":"Ana Reis moved to Porto.\nHi.","spans":["#
          + #"{"start":0,"end":8,"text":"Ana Reis","label":"PER"},"#
          + #"{"start":18,"end":23,"text":"Porto","label":"LOC"}]}"# + "\n"
          + #"{"id":"two","text":"Bye, Rui","spans":["#
          + #"{"start":5,"end":8,"text":"Rui","label":"PER"}]}"# + "\n"
      ),
      ("tokens", "Ana Reis moved to Porto .\nHi .\nBye , Rui\n"),
      ("text", "Ana Reis moved to Porto.\nHi.\nBye, Rui\n"),
    ] {
      let result = try workspace.run("convert", "a.xml", "--to", format)
      expectSuccess(result)
      #expect(result.output == expected)
    }
  }

  @Test func readsStandardInput() throws {
    let workspace = try Workspace()
    let result = try workspace.run("convert", "--to", "tokens", input: Self.conll)
    #expect(result.output == "Ana Reis moved to Porto .\nHi .\nBye , Rui\n")
    let named = try workspace.run(
      "convert", "-", "--from", "tokens", "--to", "conll", input: "a b\n")
    #expect(named.output == "a\tO\nb\tO\n\n")
  }

  /// Without documents, a line of JSON for each sentence; offsets are the sentence's own.
  @Test func writesSentencesWhereThereAreNoDocuments() throws {
    let workspace = try Workspace()
    let result = try workspace.run(
      "convert", "--to", "jsonl", input: "Hi\tO\n\nto\tO\né\tB-X\n")
    #expect(
      result.output == """
        {"text":"Hi","spans":[]}
        {"text":"to é","spans":[{"start":3,"end":4,"text":"é","label":"X"}]}

        """)
  }

  @Test(arguments: [
    ("iob1", ["I-X", "I-X", "B-X", "O"]), ("bio", ["B-X", "I-X", "B-X", "O"]),
    ("IOBES", ["B-X", "E-X", "S-X", "O"]), ("bilou", ["B-X", "L-X", "U-X", "O"]),
    ("bmewo", ["B-X", "E-X", "W-X", "O"]), ("io", ["I-X", "I-X", "I-X", "O"]),
  ])
  func changesTheScheme(name: String, tags: [String]) throws {
    let workspace = try Workspace()
    // Columns around the tag, comments, CR LF and a missing last line end stay as they are.
    func file(_ tags: [String]) -> String {
      "# text = a b\r\n1\ta\t\(tags[0])\t-\tz\r\n2\tb\t\(tags[1])\t-\tz\r\n\r\n\r\n"
        + "1\tc\t\(tags[2])\t-\tz\r\n2\td\t\(tags[3])\t-\tz"
    }
    // Two sentences, so that the third tag of IOB1 separates nothing.
    var expected = tags
    if name == "iob1" { expected[2] = "I-X" }
    let result = try workspace.run(
      "convert", "--from", "uner", "--to", "conll", "--scheme", name,
      input: file(["B-X", "I-X", "B-X", "O"]))
    expectSuccess(result)
    #expect(result.output == file(expected))
  }

  @Test func keepsSpansSideBySideApart() throws {
    let workspace = try Workspace()
    let touching = "a\tI-X\nb\tB-X\n\n"
    let result = try workspace.run("convert", "--to", "conll", "--scheme", "iob2", input: touching)
    #expect(result.output == "a\tB-X\nb\tB-X\n\n")
    let merged = try workspace.run("convert", "--to", "conll", "--scheme", "io", input: touching)
    #expect(merged.output == "a\tI-X\nb\tI-X\n\n")
    #expect(merged.warnings.count == 1)
  }

  @Test func writesWordAndTagAlone() throws {
    let workspace = try Workspace()
    let result = try workspace.run(
      "convert", "--from", "uner", "--to", "conll", "--columns", "word-and-tag",
      input: "1\ta\tB-X\t-\tz\n2\tb\tO\t-\tz\n")
    #expect(result.output == "a\tB-X\nb\tO\n\n")
  }

  @Test func joinsFilesWithoutJoiningSentences() throws {
    let workspace = try Workspace()
    try workspace.write("a\tO", to: "1.conll")
    try workspace.write("b\tB-X\n", to: "2.conll")
    let result = try workspace.run("convert", "1.conll", "2.conll", "--to", "conll")
    #expect(result.output == "a\tO\n\nb\tB-X\n")
  }

  @Test func writesAFolder() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "in/a.xml")
    try workspace.write("x\tB-X\n", to: "in/b.conll")
    let first = try workspace.run(
      "convert", "in/a.xml", "in/b.conll", "--to", "jsonl", "--output", "out")
    expectSuccess(first)
    #expect(first.output == "")
    #expect(try workspace.text(of: "out/a.jsonl").hasPrefix(#"{"id":"one""#))
    #expect(
      try workspace.text(of: "out/b.jsonl")
        == #"{"text":"x","spans":[{"start":0,"end":1,"text":"x","label":"X"}]}"# + "\n")

    expectFailure(
      try workspace.run("convert", "in/a.xml", "--to", "jsonl", "--output", "out"), code: 64,
      "out/a.jsonl", "--overwrite")
    expectSuccess(
      try workspace.run(
        "convert", "in/a.xml", "--to", "jsonl", "--output", "out", "--overwrite"))
    // An input is not replaced, whatever is asked for.
    expectFailure(
      try workspace.run(
        "convert", "in/b.conll", "--to", "conll", "--output", "in", "--overwrite"),
      code: 64, "in/b.conll")
    #expect(try workspace.text(of: "in/b.conll") == "x\tB-X\n")
    expectFailure(
      try workspace.run(
        "convert", "in/b.conll", "in/../in/b.conll", "--to", "text", "--output", "out"),
      code: 64, "out/b.txt")
    expectFailure(
      try workspace.run("convert", "in/b.conll", "--to", "text", "--output", "in/a.xml"), code: 64,
      "in/a.xml")
  }

  @Test func refusesOptionsThatDoNotFit() throws {
    let workspace = try Workspace()
    try workspace.write("x\tB-X\n", to: "a.conll")
    func fails(_ parts: String..., arguments: String...) throws {
      let result = try Binary.run(["convert", "a.conll"] + arguments, in: workspace.folder)
      expectFailure(result, code: 64)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)") }
    }
    try fails("--to", "conll, layered, conllu, inline-xml", "webanno", arguments: "--to", "webanno")
    try fails("--from", "inline-xml", "word", arguments: "--from", "word", "--to", "conll")
    try fails("--scheme", "bilou", "x", arguments: "--to", "conll", "--scheme", "x")
    try fails("--columns", arguments: "--to", "conll", "--columns", "2")
    try fails("--overwrite", arguments: "--to", "conll", "--overwrite")
    try fails("--tag-column", arguments: "--to", "conll", "--tag-column", "0")
    try fails(
      "--corpus-format", arguments: "--to", "conll", "--from", "conll", "--corpus-format", "uner")
    expectFailure(
      try workspace.run("convert", "--to", "conll", "--output", "out", input: "x\tO\n"), code: 64,
      "--output", "standard input")
  }

  @Test func refusesWordsThatTokensCannotHold() throws {
    let workspace = try Workspace()
    let result = try workspace.run(
      "convert", "--to", "tokens", input: #"{"tokens":["a b"],"tags":["O"]}"# + "\n")
    expectFailure(result, code: 65, "tokens output", "\"a b\"")
  }

  @Test func endsQuietlyWhenNobodyReads() throws {
    let workspace = try Workspace()
    try workspace.write(String(repeating: "word\tO\n\n", count: 60_000), to: "long.conll")
    let result = try Binary.bash(
      #""$enxerto" convert long.conll --to text | head -c 1; exit ${PIPESTATUS[0]}"#,
      in: workspace.folder)
    #expect(result.exitCode == 0)
    #expect(result.errors == "")
    #expect(result.output == "w")
  }
}
