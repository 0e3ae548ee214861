import Corpora
import Foundation
import Kernels
import PTuning
import Tasks
import Testing

@testable import Training

/// Runs that begin again at lower rates.
@Suite struct RestartingTests {
  /// Rates at which nothing stays finite.
  private func absurdRun(_ kind: Reparameterization = .none) throws -> Run {
    var configuration = try TrainingConfiguration.short(kind, epochs: 6)
    configuration.learningRate = 3e38
    configuration.headLearningRate = 3e38
    configuration.warmup = 0.1
    return Run(configuration)
  }

  /// Entities that nothing tells from other words, and few of them: `O` is the best answer.
  private func hopelessRun() throws -> Run {
    var random = RandomStream(seed: 3, purpose: "hopeless")
    func hopeless(_ sentences: [Sentence]) -> [Sentence] {
      sentences.map { given in
        let place = Int(random.next() % UInt64(given.words.count))
        var spans: [EntitySpan] = []
        if random.next() % 3 == 0 { spans = [EntitySpan(label: "PER", words: place..<place + 1)] }
        return sentence(given.words.map { _ in "a" }, spans: spans)
      }
    }
    var configuration = try TrainingConfiguration.short(.none, epochs: 10)
    configuration.batchSize = .sentences(5)
    configuration.learningRate = 1e-2
    configuration.headLearningRate = 1e-2
    configuration.dropout = 0
    var run = Run(configuration)
    run.training = hopeless(learnableSentences(100, seed: 1))
    run.dev = hopeless(learnableSentences(20, seed: 2))
    return run
  }

  @Test(arguments: [Reparameterization.none, .mlp, .lstm])
  func recoversFromAnAbsurdRate(_ kind: Reparameterization) throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = try absurdRun(kind)
    let outcome = try run.run(output: output)
    #expect(outcome.isFinished && outcome.restarts == 1)
    let restart = try #require(run.restarts.first)
    #expect(run.restarts.count == 1)
    #expect(restart.reason.contains("finite"))
    let usual = TrainingDefaults.rates(
      template: try Template(parsing: run.configuration.template, fields: ["text"]),
      prompt: run.configuration.prompt)
    #expect(LearningRates(prompt: restart.learningRate, head: restart.headLearningRate) == usual)
    #expect(run.epochs.suffix(6).map(\.epoch) == [1, 2, 3, 4, 5, 6])
    #expect(run.epochs.allSatisfy { $0.loss.isFinite })

    // It is the run that would have been made at these rates.
    var same = run
    same.configuration.learningRate = usual.prompt
    same.configuration.headLearningRate = usual.head
    let expected = place.url.appendingPathComponent("b")
    try same.run(output: expected)
    #expect(same.restarts.isEmpty)
    let name = "adapter.safetensors"
    #expect(
      try Data(contentsOf: output.appendingPathComponent(name))
        == Data(contentsOf: expected.appendingPathComponent(name)))

    // And the log says so.
    let log = try String(
      contentsOf: output.appendingPathComponent("training.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count { $0.contains("\"event\":\"restart\"") } == 1)
  }

  @Test func resumesAcrossARestart() throws {
    let place = try Workplace()
    for (name, run) in [("absurd", try absurdRun()), ("hopeless", try hopelessRun())] {
      var run = run
      let whole = place.url.appendingPathComponent(name)
      try run.run(output: whole)
      let expected = try contents(of: whole)
      #expect(run.restarts.count == 1)
      let total = run.stepCount
      for size in [1, 3, 20, 50, total - 1] {
        let output = place.url.appendingPathComponent("\(name)\(size)")
        _ = try runInPieces(run, of: { _ in size }, output: output)
        #expect(try contents(of: output) == expected, "\(name), stopped every \(size) of \(total)")
      }
      run.secondsBetweenSaves = 0
      let often = place.url.appendingPathComponent("\(name) saved often")
      try run.run(output: often)
      #expect(try contents(of: often) == expected)
    }
  }

  @Test func aCollapseRestartsOnceAndThenWarns() throws {
    let place = try Workplace()
    for hasDev in [true, false] {
      var run = try hopelessRun()
      if !hasDev { run.dev = [] }
      let outcome = try run.run(output: place.url.appendingPathComponent("a\(hasDev)"))
      #expect(outcome.isFinished && outcome.restarts == 1, "dev \(hasDev)")
      #expect(run.restarts.map(\.epoch) == [5])
      #expect(run.restarts.first?.reason.contains("tags every word O") == true)
      // The whole run after it, and one warning beside those of each epoch.
      #expect(run.epochs.map(\.epoch) == Array(1...5) + Array(1...10))
      #expect(run.warnings.count { $0.contains("has again collapsed") } == 1)

      run.configuration.restarts = 0
      try run.run(output: place.url.appendingPathComponent("b\(hasDev)"))
      #expect(run.restarts.isEmpty && run.epochs.count == 10)
      #expect(run.warnings.count { $0.contains("has collapsed") } == 1)
    }
  }

  @Test func lowRatesAreNotLowered() throws {
    let place = try Workplace()
    var run = try hopelessRun()
    run.configuration.learningRate = 9e-4
    run.configuration.headLearningRate = 9e-4
    // Long enough for the head to learn that all is O.
    run.configuration.epochs = 60
    try run.run(output: place.url.appendingPathComponent("a"))
    #expect(run.restarts.isEmpty)
    #expect(run.warnings.contains { $0.contains("try higher learning rates") })
  }

  @Test func theBestOfBeforeIsKept() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(.none, epochs: 3))
    run.configuration.headLearningRate = 0.1
    run.training = learnableSentences(150, seed: 1, letters: "agmt")
    run.dev = learnableSentences(20, seed: 2, letters: "agmt")
    var trainer = try run.trainer(output: output)
    let outcome = try trainer.run { _ in }
    let best = try #require(outcome.bestF1)
    try #require(best > 0)
    let adapter = try Data(contentsOf: output.appendingPathComponent("adapter.safetensors"))
    // Trouble, and then a run that reaches nothing.
    let isBegunAgain = try trainer.begunAgain(after: .diverged(loss: 9)) { _ in }
    #expect(isBegunAgain)
    trainer.progress.rates = LearningRates(prompt: 0, head: 0)
    let second = try trainer.run { _ in }
    #expect(second.isFinished && second.isBestEarlier && second.restarts == 1)
    #expect(second.bestF1 == best && second.bestEpoch == outcome.bestEpoch)
    #expect(try Data(contentsOf: output.appendingPathComponent("adapter.safetensors")) == adapter)
    // And is known as such to a run that resumes.
    run.resumes = true
    let resumed = try run.trainer(output: output).outcome
    #expect(resumed.isBestEarlier && resumed.bestEpoch == outcome.bestEpoch)
  }

  @Test func aSecondTimeIsAnError() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = try absurdRun()
    try run.run(output: output, steps: 1)
    run.resumes = true
    var trainer = try run.trainer(output: output)
    let trouble = Trouble.notFinite("loss", step: 7)
    let isBegunAgain = try trainer.begunAgain(after: trouble) { _ in }
    #expect(isBegunAgain)
    #expect {
      var trainer = trainer
      _ = try trainer.begunAgain(after: trouble) { _ in }
    } throws: { error in
      guard case TrainingError.notFinite("loss", _, 7, true) = error else { return false }
      return true
    }
    // A loss that is high is none.
    var warnings = 0
    for _ in 0..<3 {
      let isBegunAgain = try trainer.begunAgain(after: .diverged(loss: 4)) { event in
        if case .warning = event { warnings += 1 }
      }
      #expect(!isBegunAgain)
    }
    #expect(warnings == 1)
  }
}
