import Foundation
import Testing

/// `enxerto evaluate`.
struct EvaluateTests {
  private static let gold = "a\tB-X\nb\tI-X\nc\tO\n\nd\tB-Y\ne\tO\n"
  private static let predicted = "a\tB-X\nb\tI-X\nc\tB-Y\n\nd\tO\ne\tO\n"

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write(Self.gold, to: "gold.conll")
    try workspace.write(Self.predicted, to: "predicted.conll")
    return workspace
  }

  @Test func scoresAFile() throws {
    let workspace = try workspace()
    let json = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll", "--json")
    expectSuccess(json)
    let half = #"{"precision":0.5,"recall":0.5,"f1":0.5}"#
    #expect(
      json.output == #"{"micro":"# + half + #","macro":"# + half + #","weighted":"# + half
        + #","labels":{"X":{"precision":1.0,"recall":1.0,"f1":1.0,"support":1},"#
        + #""Y":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}}}"# + "\n")
    let table = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll")
    #expect(table.output.contains("micro         50.00   50.00   50.00     2          2        1"))
    #expect(table.errors == "2 sentences, 5 words, 60.00 % of the tags right\n")
  }

  /// Formats do not matter where the words are the same.
  @Test func comparesFormats() throws {
    let workspace = try workspace()
    let converted = try workspace.run("convert", "gold.conll", "--to", "jsonl")
    try workspace.write(converted.output, to: "gold.jsonl")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.jsonl", "--predicted", "gold.conll", "--json", "--quiet")
    expectSuccess(result)
    #expect(result.output.hasPrefix(#"{"micro":{"precision":1.0,"recall":1.0,"f1":1.0}"#))
    #expect(result.errors == "")
  }

  /// One file with gold and predicted tags, as `conlleval` takes it.
  @Test func comparesColumns() throws {
    let workspace = try Workspace()
    try workspace.write("a\tB-X\tB-X\nb\tI-X\tO\n", to: "both.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "both.conll", "--predicted", "both.conll", "--tag-column", "2",
      "--predicted-tag-column", "3", "--json")
    expectSuccess(result)
    #expect(result.output.contains(#""support":1"#))
    #expect(result.output.hasPrefix(#"{"micro":{"precision":0.0"#))
  }

  /// `I-X` after `O` is a chunk for conlleval and none in strict IOB2.
  @Test(arguments: [("conlleval", "1.0"), ("strict-iob2", "0.0"), ("repairing", "1.0")])
  func followsTheRules(rules: String, recall: String) throws {
    let workspace = try Workspace()
    try workspace.write("a\tO\nb\tB-X\n\nc\tB-X\n", to: "gold.conll")
    try workspace.write("a\tO\nb\tI-X\n\nc\tB-X\n", to: "predicted.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll", "--scheme", rules,
      "--json")
    expectSuccess(result)
    let expected = recall == "1.0" ? "1.0" : "0.5"
    #expect(result.output.contains(#""recall":\#(expected),"#), "\(result.output)")
  }

  @Test func warnsAboutRulesThatDoNotFit() throws {
    let workspace = try Workspace()
    try workspace.write("a\tS-X\nb\tB-X\nc\tE-X\n", to: "gold.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "gold.conll")
    expectSuccess(result)
    #expect(result.warnings.first?.contains("strict-iobes") == true)
  }

  @Test func saysWhereFilesDiffer() throws {
    let workspace = try workspace()
    func failure(_ predicted: String, _ parts: String..., more: [String] = []) throws {
      try workspace.write(predicted, to: "other.conll")
      let result = try Binary.run(
        ["evaluate", "--gold", "gold.conll", "--predicted", "other.conll"] + more,
        in: workspace.folder)
      expectFailure(result, code: 65)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)") }
    }
    let respelt = Self.gold.replacingOccurrences(of: "e\t", with: "x\t")
    try failure(respelt, "other.conll:6:", "\"e\"", "gold.conll:6", "\"x\"")
    try failure("a\tO\nb\tO\n\nd\tO\ne\tO\n", "other.conll:1:", "3 words in sentence 1", "2")
    try failure("a\tO\nb\tO\nc\tO\n", "other.conll:", "2 sentences of gold.conll", "1")
    try failure(
      Self.gold.replacingOccurrences(of: "B-Y", with: "L-Y"), "other.conll:5:", "\"L-Y\"",
      more: ["--scheme", "strict-iob2"])
    try failure(Self.gold.replacingOccurrences(of: "I-X", with: "NNP"), "other.conll:2:", "\"NNP\"")
    try workspace.write(respelt, to: "other.conll")
    expectSuccess(
      try workspace.run(
        "evaluate", "--gold", "gold.conll", "--predicted", "other.conll", "--ignore-words"))
  }

  @Test func scoresAnAdapter() throws {
    let workspace = try Workspace.withAdapter()
    let json = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--json", "--quiet")
    expectSuccess(json)
    #expect(json.errors == "")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(Set(object.keys) == ["micro", "macro", "weighted", "labels"])
    let labels = try #require(object["labels"] as? [String: [String: Double]])
    #expect(labels.mapValues { $0["support"] } == ["LOC": 2, "ORG": 1, "PER": 2])
    // Twice the corpus is the same figures; so is another number of threads.
    let twice = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--json", "--threads", "2")
    #expect(twice.output == json.output)
    let argmax = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--decoding", "argmax")
    expectSuccess(argmax)
    #expect(argmax.output.contains("weighted"))
  }

  /// What `train` says of the dev corpus is what `evaluate` says of it.
  @Test func agreesWithTraining() throws {
    let workspace = try Workspace()
    try workspace.addEncoder()
    let trained = try workspace.train(
      "--epochs", "40", "--learning-rate", "0.01", "--head-learning-rate", "0.05", "--json")
    expectSuccess(trained)
    let outcome = try #require(
      try JSONSerialization.jsonObject(with: Data(trained.output.utf8)) as? [String: Any])
    let f1 = try #require(outcome["devF1"] as? Double)
    #expect(f1 > 0.5, "three sentences are learnt by heart")
    let result = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "corpus.xml", "--json")
    #expect(result.output.contains(#""f1":\#(f1)}"#), "\(f1): \(result.output)")
  }

  @Test func countsUnknownLabelsAsMissed() throws {
    let workspace = try Workspace.withAdapter()
    try workspace.write("<s><FOOD>Ham</FOOD> and <FOOD>jam</FOOD></s>", to: "food.xml")
    let result = try workspace.run(
      "evaluate", "--adapter", "adapter", "--corpus", "food.xml", "--json")
    expectSuccess(result)
    #expect(
      result.output.contains(
        #""FOOD":{"precision":0.0,"recall":0.0,"f1":0.0,"support":2}"#))
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.contains("FOOD: its 2 gold spans count as missed") == true)
  }

  @Test func refusesOptionsThatDoNotFit() throws {
    let workspace = try workspace()
    func fails(_ part: String, _ arguments: String...) throws {
      let result = try Binary.run(["evaluate"] + arguments, in: workspace.folder)
      expectFailure(result, code: 64)
      #expect(result.errors.contains(part), "\(result.errors)")
    }
    try fails("--adapter and --corpus")
    try fails("--gold", "--gold", "gold.conll")
    try fails("--predicted", "--predicted", "gold.conll")
    try fails("--adapter", "--adapter", "adapter")
    try fails("--adapter", "--adapter", "adapter", "--gold", "gold.conll")
    try fails("--scheme", "--adapter", "adapter", "--corpus", "gold.conll", "--scheme", "repairing")
    let files = ["--gold", "gold.conll", "--predicted", "predicted.conll"]
    for more in [["--corpus", "x"], ["--encoder", "x"], ["--scheme", "exact"]] {
      let result = try Binary.run(["evaluate"] + files + more, in: workspace.folder)
      expectFailure(result, code: 64)
      #expect(result.errors.contains(more[0]))
    }
    try fails("--predicted", "--gold", "-", "--predicted", "-")
  }
}
