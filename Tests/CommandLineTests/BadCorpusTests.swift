import Testing

/// Corpora that cannot be read, or not be learnt from.
struct BadCorpusTests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    return workspace
  }

  private func train(
    on corpus: [UInt8], named name: String = "bad.conll", more: [String] = []
  ) throws -> Binary.Result {
    let workspace = try workspace()
    try workspace.write(corpus, to: name)
    let result = try Binary.run(
      [
        "train", "ner", "--corpus", name, "--encoder", Workspace.encoder, "--output", "adapter",
        "--template", "{soft:2} {text}", "--epochs", "1", "--quiet",
      ] + more, in: workspace.folder)
    #expect(!workspace.exists("adapter"))
    return result
  }

  private func train(
    on corpus: String, named name: String = "bad.conll", more: [String] = []
  ) throws -> Binary.Result {
    try train(on: Array(corpus.utf8), named: name, more: more)
  }

  @Test(arguments: ["", "\n", "\n\n\n", " \t\n", "\u{FEFF}", "-DOCSTART- O\n\n"])
  func emptyCorpus(text: String) throws {
    expectFailure(try train(on: text), code: 65, "bad.conll")
    let workspace = try workspace()
    for arguments in [["convert", "--to", "conll"], ["inspect", "-"]] {
      let result = try Binary.run(arguments, input: Array(text.utf8), in: workspace.folder)
      expectFailure(result, code: 65, "standard input")
    }
  }

  @Test func emptyXML() throws {
    expectFailure(try train(on: "<corpus></corpus>", named: "bad.xml"), code: 65, "bad.xml")
  }

  @Test func corpusWithoutEntities() throws {
    expectFailure(try train(on: "a\tO\nb\tO\n\nc\tO\n\nd\tO\n"), code: 65)
  }

  @Test func corpusWithoutAnnotations() throws {
    expectFailure(
      try train(on: "one\ntwo\n", more: ["--corpus-format", "conll"]), code: 65, "bad.conll:1")
    expectFailure(
      try train(on: "one two\n", more: ["--corpus-format", "text"]), code: 65, "annotations")
  }

  @Test func missingColumn() throws {
    let rows = "a\tx\tB-X\nb\tx\tI-X\n\nc\tx\tO\nd\tO\n\ne\tx\tO\n"
    expectFailure(try train(on: rows), code: 65, "bad.conll:5:", "3 columns", "2 columns")
    expectFailure(
      try train(on: "a\tB-X\nb\tI-X\n", more: ["--tag-column", "4"]), code: 65, "bad.conll:1:",
      "column 4")
  }

  @Test(arguments: ["X-PER", "PER", "B-", "B_PER", "b-PER", "-"])
  func unknownTag(tag: String) throws {
    let rows = "a\tB-PER\nb\tI-PER\nc\tO\n\nd\tB-PER\ne\t\(tag)\n"
    expectFailure(try train(on: rows), code: 65, "bad.conll:6:", "\"\(tag)\"")
  }

  @Test func invalidUTF8() throws {
    let bytes = Array("a\tB-X\nb".utf8) + [0xE9] + Array("\tO\n".utf8)
    expectFailure(try train(on: bytes), code: 65, "bad.conll:2:2:", "0xE9", "latin1")
    // The last bytes of a file, in the middle of a character.
    expectFailure(
      try train(on: Array("a\tB-X\nb\tO\n".utf8) + [0xC3]), code: 65, "bad.conll:3:1:")
    let workspace = try workspace()
    try workspace.write(bytes, to: "latin.conll")
    let read = try workspace.run(
      "convert", "latin.conll", "--encoding", "latin1", "--to", "tokens")
    #expect(read.output == "a bé\n")
  }

  @Test(arguments: [
    ("<s><PER>Ana</LOC></s>", "1:"), ("<s>\n<PER>Ana</PER>", "2:"),
    ("<s>&writer;</s>", "1:"), ("<corpus><s>a</s>text</corpus>", "1:"),
    ("<!DOCTYPE s [<!ENTITY a \"b\">]><s>&a;</s>", "1:"),
  ])
  func brokenXML(text: String, line: String) throws {
    expectFailure(try train(on: text, named: "bad.xml"), code: 65, "bad.xml:\(line)")
  }

  @Test(arguments: [
    #"{"text":"a b","spans":[{"start":0,"end":9,"label":"X"}]}"#,
    #"{"text":"a b","spans":[{"start":2,"end":1,"label":"X"}]}"#,
    #"{"text":"a b","spans":[{"start":0,"end":1,"label":"X","text":"b"}]}"#,
    #"{"tokens":["a","b"],"tags":["O"]}"#, #"{"text":"a"#, #"{"text":1}"#,
  ])
  func brokenJSON(line: String) throws {
    let good = #"{"text":"a","spans":[{"start":0,"end":1,"label":"X"}]}"#
    expectFailure(
      try train(on: good + "\n" + line + "\n", named: "bad.jsonl"), code: 65, "bad.jsonl:2")
  }

  @Test func missingFile() throws {
    let workspace = try workspace()
    for arguments in [
      ["train", "ner", "--corpus", "none.conll", "--encoder", Workspace.encoder, "--output", "a"],
      ["convert", "none.conll", "--to", "jsonl"], ["inspect", "none.conll"],
      ["evaluate", "--gold", "none.conll", "--predicted", "none.conll"],
    ] {
      let result = try Binary.run(arguments, in: workspace.folder)
      expectFailure(result, code: 66, "none.conll")
    }
  }

  @Test func folderWithoutFiles() throws {
    let workspace = try workspace()
    try workspace.write("", to: "folder/.hidden")
    expectFailure(
      try workspace.run("convert", "folder", "--to", "jsonl"), code: 65, "folder", "with files")
  }
}
