import Foundation
import Kernels
import Testing

@testable import Training

@Suite struct WatchTests {
  private let limits = LossWatch.Limits(chanceLoss: 0.5, totalSteps: 1000)

  /// At which step, from 1, the losses count as diverged.
  private func divergence(_ losses: some Sequence<Double>) -> Int? {
    var watch = LossWatch()
    for (index, loss) in losses.enumerated() where watch.add(loss, limits: limits) {
      return index + 1
    }
    return nil
  }

  @Test func divergenceIsFound() throws {
    // Falls for 60 steps, then explodes: 50 steps above the limit are needed, a twentieth of all.
    let falling = (0..<60).map { 2.5 * exp(-Double($0) / 15) }
    let found = try #require(divergence(falling + Array(repeating: 8.0, count: 200)))
    #expect((110...130).contains(found), "\(found)")
    // From the beginning, too.
    let rising = (0..<300).map { 2.5 + Double($0) / 10 }
    #expect(divergence(rising) != nil)
    #expect(divergence(Array(repeating: 2.5, count: 5) + Array(repeating: 1e300, count: 60)) != nil)
  }

  @Test func ordinaryRunsAreNoDivergence() throws {
    var random = RandomStream(seed: 4, purpose: "noise")
    // Noisy and falling.
    #expect(
      divergence((0..<2000).map { (2.5 * exp(-Double($0) / 300) + 0.1) * random.noise() }) == nil)
    // High for ever: the rate is too low, but nothing has risen.
    #expect(divergence((0..<2000).map { _ in 2.5 * random.noise() }) == nil)
    // Stuck at the entropy.
    #expect(divergence((0..<2000).map { $0 < 50 ? 2.5 : 0.5 * random.noise() }) == nil)
    // A hill that is climbed down again in time.
    let hill = Array(repeating: 0.4, count: 100) + Array(repeating: 5, count: 15)
    #expect(divergence(hill + Array(repeating: 0.4, count: 200)) == nil)
    // Learned by heart, then noise: tenfold, but next to nothing.
    #expect(divergence((0..<500).map { $0 < 250 ? 0.001 : 0.05 }) == nil)
  }

  @Test func watchesContinueAsTheyWere() throws {
    var random = RandomStream(seed: 5, purpose: "losses")
    var watch = LossWatch()
    var restored = watch
    for _ in 0..<500 {
      let loss = 20 * Double(random.uniform())
      let found = watch.add(loss, limits: limits)
      let isSame = restored.add(loss, limits: limits) == found
      #expect(isSame)
      restored = try JSONDecoder().decode(
        LossWatch.self, from: JSONEncoder().encode(restored))
      #expect(restored == watch && restored.isPlausible)
    }
  }

  private func collapse(
    predicted: [Int], gold: Int = 10, loss: Double = 0.5, stepsOfEpoch: Int = 50,
    warmup: Double = 0.06
  ) -> Int? {
    let limits = CollapseWatch.Limits(
      chanceLoss: 0.5,
      schedule: LearningRateSchedule(totalSteps: stepsOfEpoch * predicted.count, warmup: warmup))
    var watch = CollapseWatch()
    for (index, count) in predicted.enumerated() {
      let epoch = CollapseWatch.Epoch(
        steps: (index + 1) * stepsOfEpoch, loss: loss, predicted: count,
        gold: gold)
      if watch.add(epoch, limits: limits) { return index + 1 }
    }
    return nil
  }

  @Test func collapseIsFound() {
    let silent = Array(repeating: 0, count: 20)
    // A quarter of the run must have passed.
    #expect(collapse(predicted: silent) == 5)
    #expect(collapse(predicted: silent, warmup: 0.5) == 10)
    // And a hundred steps.
    #expect(collapse(predicted: silent, stepsOfEpoch: 10) == 10)
    #expect(collapse(predicted: silent, stepsOfEpoch: 4) == nil)
    // Entities were found, and are no more.
    #expect(collapse(predicted: [3, 5, 5, 6, 4, 4, 4, 0, 0, 0, 0]) == 9)
  }

  @Test func silenceIsNotAlwaysCollapse() {
    let silent = Array(repeating: 0, count: 20)
    // One epoch finds nothing, the next does.
    #expect(collapse(predicted: (0..<20).map { $0 % 2 }) == nil)
    #expect(collapse(predicted: [0, 0, 0, 0] + Array(repeating: 1, count: 16)) == nil)
    // There is nothing to find.
    #expect(collapse(predicted: silent, gold: 0) == nil)
    // Training learns something: the dev corpus has other entities.
    #expect(collapse(predicted: silent, loss: 0.3) == nil)
  }

  @Test func ratesAreLowered() {
    let usual = LearningRates(prompt: 1e-2, head: 3e-3)
    #expect(
      LearningRates(prompt: 1.5e-2, head: 3e-3).lowered(usual: usual)
        == LearningRates(prompt: 5e-3, head: 1e-3))
    // Of an absurd rate a third is as absurd.
    #expect(LearningRates(prompt: 1e30, head: 3e38).lowered(usual: usual) == usual)
    // Of the head alone.
    #expect(
      LearningRates(prompt: 0, head: 3e-3).lowered(usual: LearningRates(prompt: 0, head: 5e-3))
        == LearningRates(prompt: 0, head: 1e-3))
    #expect(!usual.areLow(usual: usual))
    #expect(LearningRates(prompt: 1e-3, head: 9e-4).areLow(usual: usual))
    #expect(!LearningRates(prompt: 1e-3, head: 3e-3).areLow(usual: usual))
  }
}

extension RandomStream {
  /// About 1.
  fileprivate mutating func noise() -> Double { 0.7 + 0.6 * Double(uniform()) }
}
