import Foundation
import TestSupport
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
        + #""Y":{"precision":0.0,"recall":0.0,"f1":0.0,"support":1}},"accuracy":0.6,"#
        + #""counts":{"sentences":2,"words":5,"gold":2,"predicted":2,"correct":1,"labels":{"#
        + #""X":{"gold":1,"predicted":1,"correct":1},"#
        + #""Y":{"gold":1,"predicted":1,"correct":0}}}}"# + "\n")
    let table = try workspace.run(
      "evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll")
    #expect(table.output.contains("micro         50.00   50.00   50.00     2          2        1"))
    #expect(
      table.output.hasSuffix(
        """
        processed 5 tokens with 2 phrases; found: 2 phrases; correct: 1.
        accuracy:  60.00%; precision:  50.00%; recall:  50.00%; FB1:  50.00

        """))
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

  /// One file with gold and predicted tags, as `conlleval` takes it: in a file, or through a
  /// pipe.
  @Test(arguments: [("2", "3"), ("-2", "-1")], ["both.conll", "-"])
  func comparesColumns(columns: (gold: String, predicted: String), file: String) throws {
    let workspace = try Workspace()
    let text = "a\tB-X\tB-X\nb\tI-X\tO\n\nc\tB-X\tB-X\n"
    try workspace.write(text, to: "both.conll")
    let result = try workspace.run(
      "evaluate", "--gold", file, "--predicted", file, "--tag-column", columns.gold,
      "--predicted-tag-column", columns.predicted, input: text)
    expectSuccess(result)
    #expect(
      result.output.contains("processed 3 tokens with 2 phrases; found: 2 phrases; correct: 1."))
  }

  /// What `conlleval` makes of tags of no scheme; other rules have other figures.
  @Test(arguments: [
    ("conll", 3, 4, 2, "75.00"), ("conlleval", 3, 4, 2, "75.00"), ("seqeval", 5, 5, 3, "62.50"),
  ])
  func takesAnyTag(rules: String, gold: Int, found: Int, correct: Int, accuracy: String) throws {
    let workspace = try Workspace()
    let rows = [
      "a B-x-y B-x-y", "b O-PER O-PER", "c B B-", "d I- O", "", "e PER PER", "f NNP I-A",
      "g B-A B-A", "h E-A E-A",
    ]
    try workspace.write(rows.joined(separator: "\n"), to: "both.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "both.conll", "--predicted", "both.conll", "--tag-column", "-2",
      "--predicted-tag-column", "-1", "--scheme", rules)
    expectSuccess(result)
    #expect(
      result.output.contains(
        "with \(gold) phrases; found: \(found) phrases; correct: \(correct).\n"
          + "accuracy:  \(accuracy)%;"), "\(result.output)")
    #expect(result.warnings.contains { $0.contains("both.conll: line 2:") }, "\(result.errors)")
  }

  /// `-X-` parts sentences for `conlleval` and is no word.
  @Test func knowsTheBoundary() throws {
    let workspace = try Workspace()
    try workspace.write("a x B-A B-A\n-X- x I-A I-A\nb x I-A I-A\n", to: "both.conll")
    func score(_ rules: String) throws -> String {
      try workspace.run(
        "evaluate", "--gold", "both.conll", "--predicted", "both.conll", "--tag-column", "3",
        "--predicted-tag-column", "4", "--scheme", rules
      ).output
    }
    #expect(try score("conll").contains("processed 2 tokens with 2 phrases; found: 2 phrases"))
    #expect(try score("seqeval").contains("processed 3 tokens with 1 phrases; found: 1 phrases"))
  }

  @Test func refusesUnevenColumns() throws {
    let workspace = try Workspace()
    try workspace.write("a\tB-X\tB-X\nb\tI-X\n", to: "both.conll")
    let result = try workspace.run(
      "evaluate", "--gold", "both.conll", "--predicted", "both.conll", "--tag-column", "-2",
      "--predicted-tag-column", "-1")
    expectFailure(result, code: 65, "both.conll:2:", "3 columns", "2 columns")
    try workspace.write("a\tB-X\nb\t\n", to: "empty.conll")
    expectFailure(
      try workspace.run("evaluate", "--gold", "empty.conll", "--predicted", "empty.conll"),
      code: 65, "empty.conll:2:", "a tag")
  }

  /// Without tags the accuracy is that of the tags that the spans would have.
  @Test func scoresFormatsWithoutTags() throws {
    let workspace = try Workspace()
    try workspace.write(
      "<c><s><PER>Ana Reis</PER> in <LOC>Faro</LOC></s></c>", to: "gold.xml")
    try workspace.write(
      "<c><s><PER>Ana</PER> Reis in <LOC>Faro</LOC></s></c>", to: "predicted.xml")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.xml", "--predicted", "predicted.xml", "--errors")
    expectSuccess(result)
    #expect(result.output.contains("accuracy:  75.00%; precision:  50.00%; recall:  50.00%"))
    #expect(
      result.output.contains(
        #"gold.xml, sentence 1: gold "Ana Reis" (PER), predicted "Ana" (PER): [Ana Reis] in Faro"#),
      "\(result.output)")
  }

  @Test func listsErrors() throws {
    let workspace = try workspace()
    let files = ["evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll", "--errors"]
    let table = try Binary.run(files, in: workspace.folder)
    expectSuccess(table)
    for part in [
      "missed              1", "spurious            1",
      "    gold.conll:3: predicted \"c\" (Y): a b [c]", "    gold.conll:5: gold \"d\" (Y): [d] e",
      "gold \\ predicted  X  Y  missed",
    ] {
      #expect(table.output.contains(part), "\(part) in \(table.output)")
    }
    let json = try Binary.run(files + ["--json", "--examples", "0"], in: workspace.folder)
    #expect(
      json.output.contains(
        #""errors":{"counts":{"wrongLabel":0,"wrongBoundary":0,"wrongBoth":0,"missed":1,"#
          + #""spurious":1},"list":[{"kind":"missed","gold":"Y","predicted":null,"count":1,"#
          + #""examples":[]}"#), "\(json.output)")
  }

  @Test func drawsResamples() throws {
    let workspace = try workspace()
    let files = [
      "evaluate", "--gold", "gold.conll", "--predicted", "predicted.conll", "--bootstrap", "500",
    ]
    let table = try Binary.run(files, in: workspace.folder)
    expectSuccess(table)
    #expect(table.output.contains("95 % intervals: 500 resamples of 2 sentences, seed 1"))
    #expect(table.output.contains("micro      0.00-50.00"), "\(table.output)")
    let json = try Binary.run(files + ["--seed", "7", "--json"], in: workspace.folder)
    #expect(
      json.output.contains(#""bootstrap":{"resamples":500,"seed":7,"level":0.95,"micro":{"#))
    let again = try Binary.run(files + ["--seed", "7", "--json"], in: workspace.folder)
    #expect(again.output == json.output)
    let many = try Binary.run(
      Array(files.dropLast()) + ["100000000000"], in: workspace.folder)
    expectFailure(many, code: 64, "--bootstrap")
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
    try failure(
      Self.gold.replacingOccurrences(of: "I-X", with: "NNP"), "other.conll:2:", "\"NNP\"",
      more: ["--scheme", "repairing"])
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
    #expect(
      Set(object.keys)
        == ["micro", "macro", "weighted", "labels", "accuracy", "counts", "calibration"])
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

  /// Gold tags as the rules have them: in strict IOB2 an `I-` after `O` is no span.
  @Test func scoresAnAdapterByRules() throws {
    let workspace = try Workspace.withAdapter()
    try workspace.write("Porto\tI-LOC\n.\tO\n\nFaro\tB-LOC\n", to: "gold.conll")
    func support(_ more: String...) throws -> String {
      let result = try Binary.run(
        ["evaluate", "--adapter", "adapter", "--corpus", "gold.conll", "--json", "--errors"] + more,
        in: workspace.folder)
      expectSuccess(result)
      return result.output
    }
    #expect(try support("--scheme", "conll").contains(#""words":3,"gold":2,"#))
    #expect(try support("--scheme", "strict-iob2").contains(#""words":3,"gold":1,"#))
    #expect(try support().contains(#""words":3,"gold":2,"#))
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
    try fails(
      "--ignore-words", "--adapter", "adapter", "--corpus", "gold.conll", "--ignore-words")
    let files = ["--gold", "gold.conll", "--predicted", "predicted.conll"]
    for more in [["--corpus", "x"], ["--encoder", "x"], ["--scheme", "exact"]] {
      let result = try Binary.run(["evaluate"] + files + more, in: workspace.folder)
      expectFailure(result, code: 64)
      #expect(result.errors.contains(more[0]))
    }
    try fails("--predicted", "--gold", "-", "--predicted", "-")
    for more in [["--examples", "2"], ["--seed", "2"], ["--bootstrap", "0"]] {
      let result = try Binary.run(["evaluate"] + files + more, in: workspace.folder)
      expectUsage(result, more[0])
    }
  }

  private static let corpora = realCorpora
  struct Submission: Sendable, CustomTestStringConvertible {
    let file: String
    let conlleval: [String]
    let fractions: [String: [String]]
    var testDescription: String { file }
  }

  /// Each line of EXPECTED.txt.
  private static func submissions() throws -> [Submission] {
    guard let folder = corpora?.appendingPathComponent("wnut17/submissions") else { return [] }
    let text = try String(
      contentsOf: folder.appendingPathComponent("EXPECTED.txt"), encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let parts = line.components(separatedBy: " | ")
      func figures(_ index: Int) -> [String] {
        (parts[index].split(separator: " ").last ?? "").split(separator: "/").map(String.init)
      }
      return Submission(
        file: String(line.prefix { $0 != " " }), conlleval: [parts[1], parts[2]],
        fractions: ["seqeval": figures(3), "strict-iob2": figures(4)])
    }
  }

  /// Systems of the shared task score to the last digit as `conlleval` and `seqeval` have it.
  @Test(.enabled(if: realCorpora != nil, "the shared corpora are not here (set ENXERTO_CORPORA)"))
  func realSubmissionsScoreAsExpected() throws {
    let folder = try #require(Self.corpora).appendingPathComponent("wnut17")
    let submissions = try Self.submissions()
    #expect(submissions.count == 4)
    for submission in submissions {
      func score(_ more: String...) throws -> String {
        let result = try Binary.run(
          [
            "evaluate", "--gold", "emerging.test.annotated", "--predicted",
            "submissions/" + submission.file, "--ignore-words", "--quiet",
          ] + more, in: folder)
        expectSuccess(result)
        return result.output
      }
      #expect(
        try score().hasSuffix(submission.conlleval.joined(separator: "\n") + "\n"),
        "\(submission.file)")
      for (rules, expected) in submission.fractions {
        let json = try score("--scheme", rules, "--json")
        let object = try #require(
          try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let micro = try #require(object["micro"] as? [String: Double])
        let found = ["precision", "recall", "f1"].map { String(format: "%.4f", micro[$0] ?? -1) }
        #expect(found == expected, "\(submission.file), \(rules)")
      }
    }
  }
}
