import Foundation
import Testing

/// `enxerto tag` on documents that come back with what was found.
@Suite struct TagXMLTests: TaggingSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace.withTagger() }

  private func output(
    _ format: String, _ input: String, location: SourceLocation = #_sourceLocation
  ) throws -> String {
    try output(tag("--input-format", format, input: input), location: location)
  }

  private static let names = "Ana Reis went to Porto ."

  @Test func everyFormatKeepsItsDocument() throws {
    let names = Self.names
    let cases = [
      ("inline-xml", "<a>\(names)</a>", "<a><PER>Ana Reis</PER> went to <LOC>Porto</LOC> .</a>"),
      (
        "enamex", "<a>\(names)</a>",
        "<a><ENAMEX TYPE=\"PER\">Ana Reis</ENAMEX> went to <ENAMEX TYPE=\"LOC\">Porto</ENAMEX> .</a>"
      ),
      (
        "harem", "<a>\(names)</a>",
        "<a><EM CATEG=\"PER\">Ana Reis</EM> went to <EM CATEG=\"LOC\">Porto</EM> .</a>"
      ),
      (
        "genia", "<a>\(names)</a>",
        "<a><cons sem=\"PER\">Ana Reis</cons> went to <cons sem=\"LOC\">Porto</cons> .</a>"
      ),
      (
        "tei", "<TEI><p>\(names)</p></TEI>",
        "<TEI><p><rs type=\"PER\">Ana Reis</rs> went to <rs type=\"LOC\">Porto</rs> .</p></TEI>"
      ),
      (
        "timeml", "<TimeML>\(names)</TimeML>",
        "<TimeML><ENAMEX TYPE=\"PER\">Ana Reis</ENAMEX> went to "
          + "<ENAMEX TYPE=\"LOC\">Porto</ENAMEX> .</TimeML>"
      ),
      (
        "vertical-xml", "<s>\nAna\tN\nReis\tN\nwent\tV\nto\tP\nPorto\tN\n.\t.\n</s>\n",
        "<s>\n<PER>\nAna\tN\nReis\tN\n</PER>\nwent\tV\nto\tP\n<LOC>\nPorto\tN\n</LOC>\n.\t.\n</s>\n"
      ),
    ]
    for (format, input, expected) in cases {
      #expect(try output(format, input) == expected, "\(format)")
    }
  }

  @Test func formatsWithOffsets() throws {
    let names = Self.names
    let bioc = try output(
      "bioc",
      "<collection><document><passage><offset>5</offset><text>\(names)</text></passage></document></collection>"
    )
    #expect(bioc.contains("<location offset=\"5\" length=\"8\"/><text>Ana Reis</text>"))
    #expect(bioc.contains("<location offset=\"22\" length=\"5\"/><text>Porto</text>"))
    #expect(
      bioc.contains("<infon key=\"type\">PER</infon><infon key=\"annotator\">enxerto</infon>"))
    let gate = try output(
      "gate", "<GateDocument><TextWithNodes>\(names)</TextWithNodes></GateDocument>")
    #expect(
      gate.contains(
        "<Node id=\"0\"/>Ana Reis<Node id=\"8\"/> went to <Node id=\"17\"/>Porto<Node id=\"22\"/> ."
      ))
    #expect(gate.contains("<AnnotationSet Name=\"enxerto\">"))
    #expect(gate.contains("Type=\"PER\" StartNode=\"0\" EndNode=\"8\""))
    let xmi = try output(
      "xmi",
      "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\">"
        + "<cas:Sofa xmi:id=\"1\" sofaString=\"\(names)\"/><cas:View sofa=\"1\" members=\"9\"/></xmi:XMI>"
    )
    #expect(xmi.contains("sofa=\"1\" begin=\"0\" end=\"8\" value=\"PER\"/>"))
    #expect(xmi.contains("members=\"9 2 3\""))
    let standoff = try output(
      "standoff-xml", "<document><sentence id=\"s0\" text=\"\(names)\"/></document>")
    #expect(standoff.contains("charOffset=\"0-7\" type=\"PER\" text=\"Ana Reis\"/>"))
    #expect(standoff.contains("charOffset=\"17-21\" type=\"LOC\" text=\"Porto\"/></sentence>"))
  }

  @Test func aDeclarationShowsThatItIsXML() throws {
    let document = "<?xml version=\"1.0\"?>\n<corpus><s>\(Self.names)</s></corpus>\n"
    let result = try tag(input: document)
    expectSuccess(result)
    #expect(result.errors == "standard input: read as inline-xml\n")
    #expect(result.output.contains("<s><PER>Ana Reis</PER> went to <LOC>Porto</LOC> .</s>"))
    try workspace.write("<corpus><s>\(Self.names)</s></corpus>", to: "in/a.xml")
    #expect(try tag("in/a.xml", "--quiet").output.contains("<PER>Ana Reis</PER>"))
    // Said to be text, it is text.
    #expect(try tag("--input-format", "text", input: "<?xml ?>\n").output.hasPrefix("<\tO\n"))
    #expect(try tag(input: "<").output == "<\tO\n\n")
  }

  @Test func otherFormatsOfOutput() throws {
    let document = "<corpus><s>\(Self.names)</s></corpus>"
    let rows = try tag("--input-format", "auto", "--output-format", "conll", input: document)
    #expect(rows.output.hasPrefix("Ana\tB-PER\nReis\tI-PER\nwent\tO\n"))
    let lines = try tag(
      "--input-format", "inline-xml", "--output-format", "jsonl", input: document)
    #expect(
      lines.output.hasPrefix(
        "{\"text\":\"\(Self.names)\",\"spans\":[{\"start\":0,\"end\":8,\"text\":\"Ana Reis\""))
  }

  @Test func severalDocumentsNeedAFolder() throws {
    let document = "<?xml version=\"1.0\"?><corpus><s>\(Self.names)</s></corpus>"
    try workspace.write(document, to: "in/a.xml")
    try workspace.write(document, to: "in/b.xml")
    expectFailure(try tag("in/a.xml", "in/b.xml"), code: 64, "--output")
    expectSuccess(try tag("in/a.xml", "in/b.xml", "--output", "out"))
    #expect(try workspace.text(of: "out/b.xml").contains("<PER>Ana Reis</PER>"))
    expectFailure(
      try tag("in/a.xml", "--output", "out", "--quiet"), code: 64, "out/a.xml", "--overwrite")
    expectSuccess(try tag("in/a.xml", "--output", "out", "--overwrite"))
    expectFailure(
      try tag("in/a.xml", "--output", "in", "--overwrite", "--quiet"), code: 64, "inputs")
    expectUsage(try tag("in/a.xml", "--overwrite"), "--overwrite")
  }

  @Test func damagedDocumentsLeaveNothing() throws {
    for text in ["<a>", "<a>&nbsp;</a>", "<a></b>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"] {
      expectFailure(
        try tag("--input-format", "inline-xml", input: text), code: 65, "standard input")
    }
    try workspace.write("<a>", to: "bad.xml")
    let result = try tag("--input-format", "tei", "bad.xml", "--output", "out")
    expectFailure(result, code: 65, "bad.xml")
    #expect(!workspace.exists("out/bad.xml"))
    #expect(
      !workspace.exists("out")
        || (try? FileManager.default.contentsOfDirectory(
          atPath: workspace.url("out").path)) == []
    )
  }

  @Test func rowsOfOtherDialects() throws {
    let conllu =
      "# text = x\n1-2\tAna Reis\t_\t_\t_\t_\t_\t_\t_\t_\n"
      + "1\tAna\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|NER=O\n2\tReis\t_\t_\t_\t_\t_\t_\t_\t_\n"
      + "2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
    #expect(
      try output("conllu", conllu)
        == conllu.replacingOccurrences(of: "No|NER=O", with: "No|NER=B-PER")
        .replacingOccurrences(
          of: "Reis\t_\t_\t_\t_\t_\t_\t_\t_\n2.1", with: "Reis\t_\t_\t_\t_\t_\t_\t_\tNER=I-PER\n2.1"
        ))
    let rows = "#begin document (a); part 000\na 0 0 Ana NNP x\na 0 1 Reis NNP x\n\n#end document\n"
    #expect(
      try output("conll2012", rows)
        == rows.replacingOccurrences(of: "Ana NNP x", with: "Ana NNP x B-PER")
        .replacingOccurrences(of: "Reis NNP x", with: "Reis NNP x I-PER"))
  }

  @Test func bratAndPubTator() throws {
    #expect(
      try output("pubtator", "1|t|\(Self.names)\n\n")
        == "1|t|\(Self.names)\n1\t0\t8\tAna Reis\tPER\t-\n1\t17\t22\tPorto\tLOC\t-\n\n")
    try workspace.write(Self.names, to: "in/a.txt")
    try workspace.write("T1\tX 0 3\tAna\n", to: "in/a.ann")
    expectFailure(try tag("--input-format", "brat", "in/a.ann"), code: 64, "--output")
    expectSuccess(try tag("--input-format", "brat", "in/a.ann", "--output", "out"))
    #expect(
      try workspace.text(of: "out/a.ann")
        == "T1\tX 0 3\tAna\nT2\tPER 0 8\tAna Reis\nT3\tLOC 17 22\tPorto\n")
    #expect(try workspace.text(of: "out/a.txt") == Self.names)
    expectUsage(try tag("--input-format", "squad"), "found squad")
  }
}
