import Foundation
import Testing

/// `enxerto inspect`.
struct InspectTests {
  @Test func showsACorpus() throws {
    let workspace = try Workspace()
    try workspace.write("a\tB-Y\nb\tI-Z\n\nc\tO\nd\tB-Y\n", to: "a.conll")
    let json = try workspace.run("inspect", "a.conll", "--json")
    expectSuccess(json)
    #expect(
      json.output == """
        {"format": "conll", "scheme": "iob2", "documents": 1, "sentences": 2, "words": 4, \
        "spans": 3, "flatSpans": 3, "labels": {"Y": 2, "Z": 1}, "layers": {}, \
        "notes": ["repaired: span without a begin tag started (1)"]}

        """)
    let table = try workspace.run("inspect", "a.conll")
    #expect(
      table.output == """
        format     conll
        scheme     IOB2
        documents  1
        sentences  2
        words      4
        spans      3
          Y        2
          Z        1
        note       repaired: span without a begin tag started (1)

        """)
    let piped = try workspace.run("inspect", "-", "--json", input: "a\tB-Y\nb\tI-Z\n")
    #expect(piped.output.contains(#""words": 2"#))
  }

  /// Labels that differ only in how an accent is composed are two labels.
  @Test func keepsLabelsThatLookAlikeApart() throws {
    let workspace = try Workspace()
    let result = try workspace.run(
      "inspect", "-", "--json", input: "a\tB-\u{E9}\nb\tB-e\u{301}\n")
    #expect(
      Array(result.output.utf8).count { $0 == UInt8(ascii: ":") } == 10 + 2, "\(result.output)")
  }

  @Test func showsAnEncoder() throws {
    let workspace = try Workspace()
    try workspace.addEncoder()
    // What the products are made by depends on the machine; see `saysWhatMakesProducts`.
    let digest = "0d0be731ad672bd5d4e2c5c4a03c2d6af2cf4afc75dd766c59ee1e682d138c2b"
    for path in ["models/\(Workspace.encoder)", Workspace.encoder] {
      let result = try workspace.run("inspect", path, "--json")
      expectSuccess(result)
      #expect(
        result.output.hasPrefix(
          """
          {"kind": "encoder", "name": "tiny-uncased-gelu", "architecture": "bert", "layers": 2, \
          "hidden": 32, "heads": 4, "intermediate": 64, "vocabulary": 60, "positions": 64, \
          "segments": 2, "activation": "gelu", "lowercases": true, "parameters": 21184, \
          "files": {"model.safetensors": 93520}, "sha256": "\(digest)", "products": {"float32": \
          {"engine": "o
          """))
    }
    let table = try workspace.run("inspect", Workspace.encoder)
    #expect(table.output.contains("\nmodel.safetensors  93,520 bytes\n"))
    #expect(table.output.contains("\nSHA-256            \(digest)\n"))
    #expect(table.output.contains("\nfloat32 here       float32 by "))
  }

  /// The digest is of what is there, not of what was hashed before.
  @Test func hashesAnew() throws {
    let workspace = try Workspace.withAdapter()
    let weights = workspace.url("models/\(Workspace.encoder)/model.safetensors")
    let old = try FileManager.default.attributesOfItem(atPath: weights.path)
    var bytes = Array(try Data(contentsOf: weights))
    bytes[bytes.count - 1] ^= 1
    let handle = try FileHandle(forWritingTo: weights)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
    // The same path, size, inode and time: a cache keyed by them cannot know.
    if let date = old[.modificationDate] {
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: weights.path)
    }
    let result = try workspace.run("inspect", Workspace.encoder)
    expectSuccess(result)
    #expect(!result.output.contains("0d0be731ad672bd5"))
  }

  @Test func showsAnAdapter() throws {
    let workspace = try Workspace.withAdapter()
    let json = try workspace.run("inspect", "adapter", "--json")
    expectSuccess(json)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["labels"] as? [String] == ["LOC", "ORG", "PER"])
    #expect(object["softRows"] as? Int == 2)
    #expect(object["deepRows"] as? Int == 16)
    #expect(object["wordShapes"] as? Bool == true)
    // Of hidden size 32: two soft rows, sixteen keys and values in two layers, ten shapes, five
    // additions to biases in two layers and one of size 64, a head of seven tags and seven biases;
    // a mix of three layers and its scale.
    let rows = 2 + 16 * 2 * 2 + 10 + 2 * (5 + 2) + 7
    #expect(object["values"] as? Int == rows * 32 + 7 + 3 + 1)
    #expect(object["template"] as? String == "{soft:2} {text}")
    let encoder = try #require(object["encoder"] as? [String: Any])
    #expect(encoder["name"] as? String == Workspace.encoder)
    let files = try #require(object["files"] as? [String: Int])
    #expect(files["adapter.json"] == (try workspace.bytes(of: "adapter/adapter.json").count))
    #expect(files["adapter.safetensors"] != nil)

    let table = try workspace.run("inspect", "adapter")
    #expect(table.output.contains("\ntask                  ner\n"))
    #expect(table.output.contains("\nlabels                LOC, ORG, PER\n"))
  }

  @Test func saysWhatItCannotInspect() throws {
    let workspace = try Workspace()
    try workspace.write("words without any tag\nand more\n", to: "a.txt")
    try workspace.write("", to: "empty/nothing")
    expectFailure(try workspace.run("inspect", "none"), code: 66, "none: ")
    expectFailure(try workspace.run("inspect", "empty"), code: 65, "empty: ", "config.json")
    expectFailure(try workspace.run("inspect", "a.txt"), code: 65, "a.txt:1", "--corpus-format")
    expectFailure(try workspace.run("inspect", "empty/nothing"), code: 65, "empty/nothing")
    expectSuccess(try workspace.run("inspect", "a.txt", "--corpus-format", "text"))
    try workspace.write("{", to: "broken/adapter.json")
    expectFailure(try workspace.run("inspect", "broken"), code: 65, "adapter.json", "JSON")
  }
}
