import Foundation
import Testing

/// Several seeds, learning rates that are found, and what is chosen from the data.
struct TrainTrialsTests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    return workspace
  }

  private func object(_ json: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test func trialsAreReported() throws {
    let workspace = try workspace()
    let result = try workspace.train("--trials", "3", "--seed", "4", "--json")
    expectSuccess(result)
    let printed = try object(result.output)
    let trials = try #require(printed["trials"] as? [[String: Any]])
    #expect(trials.compactMap { $0["seed"] as? Int } == [4, 5, 6])
    let scores = trials.compactMap { $0["devF1"] as? Double }
    #expect(scores.count == 3)
    #expect(printed["devF1"] as? Double == scores.max())
    let mean = try #require(printed["mean"] as? Double)
    #expect(abs(mean - scores.reduce(0, +) / 3) < 1e-9)
    #expect(printed["standardDeviation"] is Double)
    let kept = try object(workspace.text(of: "adapter/trials.json"))
    #expect((kept["trials"] as? [Any])?.count == 3)
    #expect(kept["bestSeed"] as? Int == printed["seed"] as? Int)
    #expect(!workspace.exists("adapter.trials"))

    // Ended, they are only told again.
    let again = try workspace.train("--trials", "3", "--seed", "4", "--json", "--resume")
    expectSuccess(again)
    #expect(again.output == result.output)
    expectFailure(
      try workspace.train("--trials", "2", "--seed", "4", "--resume"), code: 64, "--trials")
    expectFailure(try workspace.train("--trials", "3"), code: 64, "--overwrite", "--resume")
    expectSuccess(try workspace.train("--trials", "2", "--overwrite"))
  }

  @Test func theLogSaysWhatIsDone() throws {
    let workspace = try workspace()
    try workspace.write(Workspace.corpus, to: "corpus.xml")
    let result = try Binary.run(
      [
        "train", "ner", "--corpus", "corpus.xml", "--dev", "corpus.xml", "--encoder",
        Workspace.encoder, "--output", "adapter", "--template", "{soft:2} {text}", "--threads", "1",
        "--trials", "2", "--learning-rate", "auto",
      ], in: workspace.folder)
    expectSuccess(result)
    for part in [
      "trial 2 of 2, seed 2",
      "chosen for 3 sentences: 16 deep prompts, batches of 4 sentences, 60 epochs",
      "looking for learning rates", "seed 1: dev F1 ", "(best)", "dev F1 of 2 trials: mean ",
      "standard deviation", "saved adapter: seed ",
    ] {
      #expect(result.errors.contains(part), "\(part) in \(result.errors)")
    }
    let log = try workspace.text(of: "adapter/training.jsonl").split(separator: "\n")
    #expect(log.first?.contains("\"event\":\"learning-rate\"") == true)
  }

  @Test func aRestartIsSaid() throws {
    let workspace = try workspace()
    let result = try workspace.train(
      "--learning-rate", "3e38", "--head-learning-rate", "3e38", "--epochs", "6")
    expectSuccess(result)
    #expect(result.errors.contains("it begins again"), "\(result.errors)")
    let other = try workspace.train(
      "--learning-rate", "3e38", "--head-learning-rate", "3e38", "--epochs", "6", "--restarts", "0",
      output: "other")
    expectFailure(other, code: 65, "finite")
  }

  @Test func trialsNeedADevCorpus() throws {
    let workspace = try workspace()
    try workspace.write(Workspace.corpus, to: "corpus.xml")
    let result = try Binary.run(
      [
        "train", "ner", "--corpus", "corpus.xml", "--encoder", Workspace.encoder, "--output",
        "adapter", "--template", "{soft:2} {text}", "--trials", "2", "--quiet",
      ], in: workspace.folder)
    expectFailure(result, code: 64, "--trials", "dev")
  }

  @Test func trialsThatAreThereAreNotReplaced() throws {
    let workspace = try workspace()
    try workspace.write("x", to: "adapter.trials/seed-1/x")
    expectFailure(
      try workspace.train("--trials", "2"), code: 64, "adapter.trials", "--overwrite")
    expectSuccess(try workspace.train("--trials", "2", "--overwrite"))
    #expect(!workspace.exists("adapter.trials"))
    try workspace.write("dear diary", to: "adapter.trials/today.txt")
    expectFailure(
      try workspace.train("--trials", "2", "--overwrite"), code: 74, "adapter.trials", "today.txt")
    #expect(try workspace.text(of: "adapter.trials/today.txt") == "dear diary")
    expectFailure(
      try workspace.train("--trials", "2", "--resume", output: "none"), code: 66, "none.trials")
  }
}
