import Foundation
import Testing

/// `enxerto evaluate` on answers to questions.
struct EvaluateSQuADTests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write(
      #"{"version": "v2.0", "data": [{"title": "T", "paragraphs": [{"context": "The red house", "#
        + #""qas": [{"id": "1", "question": "Which?", "is_impossible": false, "#
        + #""answers": [{"text": "red", "answer_start": 4}]}, {"id": "2", "question": "Who?", "#
        + #""is_impossible": true, "answers": []}]}]}]}"#, to: "gold.json")
    try workspace.write(#"{"1": "Red house", "2": "", "9": "x"}"#, to: "predicted.json")
    return workspace
  }

  @Test func scoresAnswers() throws {
    let workspace = try workspace()
    let json = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json", "--json")
    expectSuccess(json)
    #expect(json.output.hasPrefix(#"{"exact":50.0,"f1":83.33333333333"#), "\(json.output)")
    #expect(json.output.contains(#""NoAns_exact":100.0"#))
    #expect(json.warnings.count == 1)
    let table = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json")
    #expect(table.output.contains("HasAns    0.00   66.67      1"), "\(table.output)")
  }

  @Test func takesProbabilities() throws {
    let workspace = try workspace()
    try workspace.write(#"{"1": 0.25, "2": 0.75}"#, to: "chances.json")
    let result = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json", "--na-prob",
      "chances.json", "--json")
    expectSuccess(result)
    #expect(result.output.contains(#""best_exact":50.0,"best_exact_thresh":0.0,"#))
    #expect(result.output.contains(#""best_f1_thresh":0.25"#))
    try workspace.write(#"{"1": 0.25}"#, to: "few.json")
    let few = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json", "--na-prob", "few.json")
    #expect(few.errors.contains("few.json: expected a probability for each prediction"))
  }

  /// Questions of which the file says no answer are no questions without one.
  @Test func questionsThatAreOnlyAskedAreLeftOut() throws {
    let workspace = try Workspace()
    try workspace.write(
      #"{"data": [{"paragraphs": [{"context": "Ada moved", "qas": [{"id": "a", "question": "x", "#
        + #""answers": [{"text": "Ada", "answer_start": 0}]}, {"id": "b", "question": "x"}]}]}]}"#,
      to: "gold.json")
    try workspace.write(
      #"{"id": "a", "question": "x", "context": "Ada moved", "answers": [{"text": "Ada", "start": 0}]}"#
        + "\n" + #"{"id": "b", "question": "x", "context": "Ada moved"}"# + "\n", to: "gold.jsonl")
    try workspace.write(#"{"a": "Ada", "b": "moved"}"#, to: "predicted.json")
    for gold in ["gold.json", "gold.jsonl"] {
      let result = try workspace.run(
        "evaluate", "--gold", gold, "--predicted", "predicted.json", "--json")
      expectSuccess(result)
      #expect(result.output.hasPrefix(#"{"exact":100.0,"f1":100.0,"total":1"#), "\(result.output)")
      #expect(result.warnings.contains { $0.contains("1 questions without an answer") })
    }
    let odd = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json", "--errors")
    #expect(odd.errors.contains("--errors"))
  }

  @Test func saysWhatIsWrong() throws {
    let workspace = try workspace()
    try workspace.write("{\"1\": \"a\",\n \"2\": 3}", to: "bad.json")
    let bad = try workspace.run("evaluate", "--gold", "gold.json", "--predicted", "bad.json")
    #expect(bad.errors.contains("bad.json:2:7: expected a string for each question"))
    let scheme = try workspace.run(
      "evaluate", "--gold", "gold.json", "--predicted", "predicted.json", "--scheme", "conlleval")
    #expect(scheme.errors.contains("--scheme"))
  }
}
