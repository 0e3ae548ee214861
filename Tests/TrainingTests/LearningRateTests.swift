import Foundation
import Kernels
import PTuning
import Tasks
import Testing

@testable import Training

/// The search for learning rates.
@Suite struct LearningRateTests {
  /// A curve that is flat, falls to a level about a factor, and explodes from another on: what the
  /// default encoder gives.
  private func curve(
    falls: Double, harms: Double, noise: Double = 0, seed: UInt64 = 1, steps: Int = 100
  ) -> LearningRateCurve {
    var random = RandomStream(seed: seed, purpose: "curve")
    var curve = LearningRateCurve()
    for step in 0..<steps {
      let factor = LearningRateCurve.factor(step: step, of: steps)
      let fall = 2.3 / (1 + pow(factor / falls, 3))
      let rise = pow(factor / harms, 4)
      let scale = 1 + noise * (Double(random.uniform()) - 0.5)
      if !curve.add(factor: factor, loss: (0.25 + fall + rise) * scale) { break }
    }
    return curve
  }

  @Test func theSuggestionIsWhereTheFallIsDone() throws {
    for falls in [0.1, 0.3, 1, 3] {
      let plain = try #require(curve(falls: falls, harms: 60).suggestion)
      // Nine tenths of this curve's fall are done at about twice the middle of it.
      #expect((1.5...3).contains(plain / falls), "\(falls): \(plain)")
      // Batches differ, and nearly the same is suggested, however long the level part.
      for seed in UInt64(1)...20 {
        let noisy = try #require(
          curve(falls: falls, harms: 60, noise: 0.8, seed: seed).suggestion)
        #expect((0.5...2).contains(noisy / plain), "\(falls), seed \(seed): \(noisy)")
      }
    }
  }

  @Test func theSuggestionStaysBelowHarm() throws {
    // The fall is hardly done when the loss rises again.
    for harms in [1.0, 2, 5] {
      let suggestion = try #require(curve(falls: harms / 3, harms: harms).suggestion)
      #expect(suggestion < harms / 2, "\(harms): \(suggestion)")
    }
  }

  @Test func theTestEndsWhereTheLossExplodes() {
    #expect(curve(falls: 0.3, harms: 5).losses.count < 90)
    var nan = LearningRateCurve()
    let goesOn = [nan.add(factor: 0.01, loss: 2), nan.add(factor: 0.02, loss: .nan)]
    #expect(goesOn == [true, false] && nan.losses.count == 1)
    #expect(nan.suggestion == nil)
    #expect(LearningRateCurve().suggestion == nil)
  }

  @Test func suggestionsAreSane() {
    for factor in [1e-9, 1e9] {
      var curve = LearningRateCurve()
      for step in 0..<50 {
        _ = curve.add(factor: factor, loss: step < 25 ? 2 : 1)
      }
      #expect(curve.suggestion.map { (0.1...10).contains($0) } == true)
    }
    // Nothing falls, so nothing is said.
    var flat = LearningRateCurve()
    for step in 0..<50 {
      _ = flat.add(factor: LearningRateCurve.factor(step: step, of: 50), loss: 2)
    }
    #expect(flat.suggestion == nil)
    #expect(LearningRateCurve.steps(totalSteps: 20) == 30)
    #expect(LearningRateCurve.steps(totalSteps: 500) == 50)
    #expect(LearningRateCurve.steps(totalSteps: 100_000) == 100)
  }

  private func values(_ trainer: Trainer) -> [String: [Float]] {
    var model = trainer.model
    var values: [String: [Float]] = [:]
    model.visitParameters { values[$0.name] = $0.value.values }
    return values
  }

  @Test(arguments: [Reparameterization.lstm, .none])
  func aSearchLeavesEverythingAsItWas(_ kind: Reparameterization) throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(kind))
    run.configuration.search = .both
    var found: [LearningRates] = []
    for _ in 0..<2 {
      var trainer = try run.trainer(output: output)
      let before = values(trainer)
      let isFound = try trainer.findRates(shouldStop: { false }) { _ in }
      #expect(isFound)
      #expect(values(trainer) == before)
      #expect(trainer.optimiser.step == 0 && trainer.optimiser.moments.isEmpty)
      #expect(trainer.progress.optimiserStep == 0 && trainer.progress.hasFoundRates)
      found.append(trainer.progress.rates)
    }
    #expect(found[0] == found[1])
    let start = run.configuration.rates
    let factor = found[0].prompt / start.prompt
    #expect((0.099...10.01).contains(factor))
    #expect(abs(found[0].head / start.head / factor - 1) < 1e-5)
    #expect(place.names.isEmpty)

    // The head's rate stays where it is given.
    run.configuration.search = .prompt
    var trainer = try run.trainer(output: output)
    _ = try trainer.findRates(shouldStop: { false }) { _ in }
    #expect(trainer.progress.rates.head == start.head)
  }

  @Test func theRunIsThatOfTheFoundRates() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("auto")
    var run = Run(try .short(.none, epochs: 4))
    run.configuration.search = .both
    try run.run(output: output)
    let finding = try #require(run.findings.first)
    #expect(run.findings.count == 1 && finding.factors.count == finding.losses.count)
    var given = run
    given.configuration.search = .none
    given.configuration.learningRate = finding.learningRate
    given.configuration.headLearningRate = finding.headLearningRate
    let same = place.url.appendingPathComponent("given")
    try given.run(output: same)
    #expect(given.findings.isEmpty)
    let name = "adapter.safetensors"
    #expect(
      try Data(contentsOf: output.appendingPathComponent(name))
        == Data(contentsOf: same.appendingPathComponent(name)))

    // The first line of the log.
    let log = try Data(contentsOf: output.appendingPathComponent("training.jsonl"))
    let line = try #require(log.split(separator: UInt8(ascii: "\n")).first)
    let logged = try JSONDecoder().decode(LearningRateFinding.self, from: line)
    #expect(logged.event == "learning-rate" && logged.learningRate == finding.learningRate)

    // Resumed, the rates are known.
    let pieces = place.url.appendingPathComponent("pieces")
    _ = try runInPieces(run, of: { _ in 3 }, output: pieces)
    #expect(try contents(of: pieces) == contents(of: output))
    var resumed = run
    let stopped = place.url.appendingPathComponent("stopped")
    try resumed.run(output: stopped, steps: 2)
    resumed.resumes = true
    try resumed.run(output: stopped)
    #expect(resumed.findings.isEmpty)
    #expect(try contents(of: stopped) == contents(of: output))
  }

  @Test func aSearchCanBeInterrupted() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(.none))
    run.configuration.search = .both
    var trainer = try run.trainer(output: output)
    let outcome = try trainer.run(shouldStop: { true }) { _ in }
    #expect(!outcome.isFinished)
    run.resumes = true
    try run.run(output: output)
    #expect(run.findings.count == 1)
    run.resumes = false
    let whole = place.url.appendingPathComponent("whole")
    try run.run(output: whole)
    #expect(try contents(of: whole) == contents(of: output))
  }
}
