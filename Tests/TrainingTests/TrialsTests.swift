import Corpora
import Foundation
import PTuning
import Tasks
import Testing

@testable import Training

@Suite struct TrialsTests {
  private func run() throws -> Run {
    var run = Run(try .short(.none, epochs: 3))
    run.configuration.headLearningRate = 0.1
    run.training = learnableSentences(60, seed: 1, letters: "agmtx")
    run.dev = learnableSentences(15, seed: 2, letters: "agmtx")
    return run
  }

  /// - Parameter steps: stops after so many; nil: never.
  private func runTrials(
    _ run: Run, count: Int, output: URL, steps: Int? = nil
  ) throws -> (outcome: Trials.Outcome, events: [Trials.Event]) {
    var done = 0
    var events: [Trials.Event] = []
    let outcome = try Trials(run.setup(output: output), count: count).run(
      .sentences(training: run.training, dev: run.dev),
      shouldStop: { steps.map { done >= $0 } ?? false }
    ) { event in
      if case .training(.step) = event { done += 1 }
      events.append(event)
    }
    return (outcome, events)
  }

  private func summary(_ output: URL) throws -> TrialSummary {
    try JSONDecoder().decode(
      TrialSummary.self,
      from: Data(contentsOf: output.appendingPathComponent(TrialSummary.file)))
  }

  @Test func keepsTheBestOfTheSeeds() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = try run()
    run.configuration.seed = 5
    let outcome = try runTrials(run, count: 3, output: output).outcome
    #expect(outcome.isFinished)
    #expect(outcome.summary.trials.map(\.seed) == [5, 6, 7])
    #expect(place.names == ["a"])
    #expect(try summary(output) == outcome.summary)

    // Each is the run of its seed alone.
    var scores: [Double] = []
    for seed in UInt64(5)...7 {
      run.configuration.seed = seed
      let single = place.url.appendingPathComponent("single\(seed)")
      scores.append(try #require(try run.run(output: single).bestF1))
    }
    #expect(outcome.summary.trials.map(\.devF1) == scores)
    #expect(Set(scores).count > 1, "the test needs seeds that differ: \(scores)")
    let best = 5 + (scores.firstIndex(of: scores.max() ?? 0) ?? 0)
    #expect(outcome.summary.bestSeed == UInt64(best))
    #expect(
      try contents(of: output) == contents(of: place.url.appendingPathComponent("single\(best)")))
  }

  @Test func interruptedTrialsGoOn() throws {
    let place = try Workplace()
    var run = try run()
    let whole = place.url.appendingPathComponent("whole")
    let expected = try runTrials(run, count: 3, output: whole)
    let total = expected.events.count { if case .training(.step) = $0 { true } else { false } }
    for size in [total / 7, total / 3, total - 1] {
      let output = place.url.appendingPathComponent("by\(size)")
      run.resumes = false
      var outcome = try runTrials(run, count: 3, output: output, steps: size).outcome
      #expect(!outcome.isFinished)
      #expect(!FileManager.default.fileExists(atPath: output.path))
      run.resumes = true
      for _ in 0..<20 where !outcome.isFinished {
        outcome = try runTrials(run, count: 3, output: output, steps: size).outcome
      }
      #expect(outcome.isFinished && outcome.summary == expected.outcome.summary)
      #expect(try contents(of: output) == contents(of: whole))
      #expect(!FileManager.default.fileExists(atPath: output.path + ".trials"))
    }
    // What has ended is not trained again.
    let again = try runTrials(run, count: 3, output: whole)
    #expect(again.outcome.isFinished && again.outcome.summary == expected.outcome.summary)
    #expect(again.events.isEmpty)
    #expect(throws: TrainingError.differs(what: "--trials", then: "3", now: "4")) {
      try runTrials(run, count: 4, output: whole)
    }
    run.configuration.dropout = 0.01
    #expect(throws: TrainingError.self) { try runTrials(run, count: 3, output: whole) }
  }

  @Test func trialsThatFailAreCounted() throws {
    let place = try Workplace()
    var run = try run()
    run.configuration.learningRate = 3e38
    run.configuration.headLearningRate = 3e38
    run.configuration.restarts = 0
    #expect(throws: TrainingError.self) {
      try runTrials(run, count: 2, output: place.url.appendingPathComponent("a"))
    }
    #expect(place.names.isEmpty)
    // A failed trial is no score of 0.
    let summary = TrialSummary([
      Trial(seed: 1, epoch: nil, devF1: nil, failure: "diverged"),
      Trial(seed: 2, epoch: 3, devF1: 0.5), Trial(seed: 3, epoch: 2, devF1: 0.7),
      Trial(seed: 4, epoch: 1, devF1: 0.7),
    ])
    #expect(summary.bestSeed == 3 && summary.best?.epoch == 2)
    #expect(abs((summary.mean ?? 0) - 1.9 / 3) < 1e-12)
    #expect(abs((summary.standardDeviation ?? 0) - (0.04 / 3).squareRoot()) < 1e-12)
    #expect(TrialSummary([Trial(seed: 1, epoch: 1, devF1: 0)]).standardDeviation == nil)
    #expect(TrialSummary([Trial(seed: 1, epoch: 1, devF1: 0)]).bestSeed == 1)
    #expect(TrialSummary([]).mean == nil)
  }

  @Test func trialsNeedADevCorpus() throws {
    let place = try Workplace()
    var run = try run()
    run.dev = []
    #expect {
      try runTrials(run, count: 2, output: place.url.appendingPathComponent("a"))
    } throws: { error in
      guard case TrainingError.outOfRange("--trials", _, _) = error else { return false }
      return true
    }
    #expect(throws: TrainingError.self) {
      try runTrials(run, count: 0, output: place.url.appendingPathComponent("a"))
    }
  }

  @Test func otherFilesAreNotRemoved() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    let diary = place.url.appendingPathComponent("a.trials/diary.txt")
    try FileManager.default.createDirectory(
      at: diary.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("dear diary".utf8).write(to: diary)
    #expect(throws: AdapterError.self) { try runTrials(run(), count: 2, output: output) }
    #expect(try Data(contentsOf: diary) == Data("dear diary".utf8))
  }
}
