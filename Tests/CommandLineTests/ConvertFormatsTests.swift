import Foundation
import Testing

/// `enxerto convert` to every format, and from it again.
struct ConvertFormatsTests {
  /// Nested, touching and crossing-line names, an emoji, an accent in two parts.
  private static let documents = """
    <corpus>
    <document id="one"><s><ORG>Bank of <LOC>Porto</LOC></ORG> \u{1F600} opened &amp; <PER>Jose\u{301} \
    Reis</PER> <PER>Rui</PER> left.</s><s>Nothing <LOC>new</LOC>!</s></document>
    <document id="two"><s>Bye, <PER>Rui</PER></s></document>
    </corpus>
    """

  private func jsonLines(_ workspace: Workspace, _ arguments: [String]) throws -> [String] {
    let result = try Binary.run(
      ["convert"] + arguments + ["--to", "jsonl"], in: workspace.folder)
    expectSuccess(result)
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: ["inline-xml", "bioc", "jsonl"])
  func oneStream(format: String) throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    let result = try workspace.run("convert", "a.xml", "--to", format)
    expectSuccess(result)
    #expect(result.errors == "")
    try workspace.write(result.output, to: "b.any")
    let expected = try jsonLines(workspace, ["a.xml"])
    let found = try jsonLines(workspace, ["b.any"])
    #expect(found.map(Self.spans) == expected.map(Self.spans))
    let again = try workspace.run("convert", "b.any", "--to", format)
    #expect(again.output == result.output)
  }

  @Test(arguments: [("gate", "xml"), ("xmi", "xmi"), ("brat", "ann")])
  func aFileForEachDocument(format: String, ending: String) throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    let result = try workspace.run("convert", "a.xml", "--to", format, "--output", "out")
    expectSuccess(result)
    let files = ["out/a-one.\(ending)", "out/a-two.\(ending)"]
    let expected = try jsonLines(workspace, ["a.xml"])
    let found = try jsonLines(workspace, files)
    #expect(found.map(Self.spans) == expected.map(Self.spans))
    if format == "brat" {
      #expect(try jsonLines(workspace, ["out"]).count == 2)
      #expect(try workspace.text(of: "out/a-two.txt").hasPrefix("Bye, Rui"))
    }
    if format == "xmi" { #expect(workspace.exists("out/TypeSystem.xml")) }
    expectFailure(
      try workspace.run("convert", "a.xml", "--to", format, "--output", "out"), code: 64,
      "--overwrite")
  }

  @Test func severalDocumentsNeedAFolder() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    for format in ["gate", "xmi", "brat"] {
      expectFailure(
        try workspace.run("convert", "a.xml", "--to", format), code: 64, "--output")
    }
    try workspace.write("<s>Bye, <PER>Rui</PER></s>", to: "one.xml")
    expectSuccess(try workspace.run("convert", "one.xml", "--to", "gate"))
    expectSuccess(try workspace.run("convert", "one.xml", "--to", "xmi"))
  }

  /// A column of tags for each depth: nothing that stands on whole words is lost.
  @Test func layersKeepNestedSpans() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    let layered = try workspace.run("convert", "a.xml", "--to", "layered", "--scheme", "iobes")
    expectSuccess(layered)
    #expect(layered.output.contains("Porto\tE-ORG\tS-LOC\t"))
    try workspace.write(layered.output, to: "b.conll")
    let counts = try workspace.run("inspect", "b.conll", "--corpus-format", "layered", "--json")
    #expect(counts.output.contains(#""spans": 6"#), "\(counts.output)")
    #expect(counts.output.contains(#""flatSpans": 5"#), "\(counts.output)")
  }

  @Test func nestingIsAChoiceAndIsReported() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    let outer = try workspace.run("convert", "a.xml", "--to", "conll")
    #expect(outer.output.contains("Porto\tI-ORG\n"))
    #expect(outer.warnings.count == 1)
    #expect(outer.errors.contains("nested in another span (1)"))
    let inner = try workspace.run("convert", "a.xml", "--to", "conll", "--nesting", "innermost")
    #expect(inner.output.contains("Bank\tO\n") && inner.output.contains("Porto\tB-LOC\n"))
    #expect(inner.errors.contains("with another span inside (1)"))
    expectFailure(
      try workspace.run("convert", "a.xml", "--to", "conll", "--nesting", "all"), code: 64,
      "--nesting", "innermost")
  }

  /// Without --scheme nothing changes, whatever the scheme, the spelling, the line ends.
  @Test(arguments: [
    "a\tI-X\nb\tB-X\n\n\n", "a B_X\r\nb I_X\r\n\r\nc O", "\u{FEFF}a O\n",
    "a\tS-X\nb\tO\n \n#c\tO\n",
    "x\tORG\ny\tORG\nz\tO\n", "# newdoc id = a\n1\tAl\tB-ORG\t-\tz\n2\t:\tO\n\n", "a O\rb I-X\r",
  ])
  func conllStaysAsItIs(text: String) throws {
    let workspace = try Workspace()
    try workspace.write(Array(text.utf8), to: "a.conll")
    let result = try workspace.run("convert", "a.conll", "--to", "conll")
    expectSuccess(result)
    #expect(Array(result.output.utf8) == Array(text.utf8))
  }

  @Test func labelsAreMapped() throws {
    let workspace = try Workspace()
    try workspace.write("a\tB-PERSON\nb\tB-ORG\n", to: "a.conll")
    let result = try workspace.run(
      "convert", "a.conll", "--to", "conll", "--map-label", "PERSON=PER")
    #expect(result.output == "a\tB-PER\nb\tB-ORG\n")
    try workspace.write("<s><persName>Ana</persName> <x>y</x></s>", to: "a.xml")
    let element = try workspace.run(
      "convert", "a.xml", "--to", "conll", "--entity-element", "persName=PER")
    #expect(element.output == "Ana\tB-PER\ny\tO\n\n")
    expectFailure(
      try workspace.run("convert", "a.conll", "--to", "conll", "--map-label", "PER"), code: 64,
      "--map-label", "OLD=NEW")
  }

  /// Both sides of a comparison may be of any format.
  @Test func formatsAreCompared() throws {
    let workspace = try Workspace()
    try workspace.write(Self.documents, to: "a.xml")
    for format in ["bioc", "jsonl"] {
      let converted = try workspace.run("convert", "a.xml", "--to", format)
      try workspace.write(converted.output, to: "b.any")
      let scores = try workspace.run(
        "evaluate", "--gold", "a.xml", "--predicted", "b.any", "--json")
      expectSuccess(scores)
      #expect(scores.output.hasPrefix(#"{"micro":{"precision":1.0,"recall":1.0,"f1":1.0}"#))
    }
    expectSuccess(try workspace.run("convert", "a.xml", "--to", "xmi", "--output", "xmi"))
    let folder = try workspace.run(
      "evaluate", "--gold", "a.xml", "--predicted", "xmi/a-one.xmi", "--json")
    expectFailure(folder, code: 65, "sentences")
    let whole = try workspace.run("evaluate", "--gold", "a.xml", "--predicted", "xmi", "--json")
    expectSuccess(whole)
    #expect(whole.output.contains(#""correct":5"#), "\(whole.output)")
  }

  /// The text and the spans of a line, whatever its other members.
  private static func spans(_ line: String) -> String {
    guard
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
      let text = object["text"] as? String, let spans = object["spans"] as? [[String: Any]]
    else { return "not JSON: \(line)" }
    let places = spans.map { span in
      "\(span["start"] ?? "")-\(span["end"] ?? "") \(span["label"] ?? "")"
    }
    return text.trimmingCharacters(in: .newlines) + "|" + places.sorted().joined(separator: ",")
  }
}
