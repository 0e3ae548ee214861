import Foundation
import Kernels
import Testing

@testable import Tasks

struct TemperatureScalingTests {
  /// Sentences whose tags are drawn from softmax(z / T).
  private func corpus(
    sentences: Int, tagCount: Int, temperature: Double, scale: Float, seed: UInt64
  ) -> (logits: [[Float]], targets: [[Int]]) {
    var random = RandomStream(seed: seed, purpose: "calibration")
    var (logits, targets): ([[Float]], [[Int]]) = ([], [])
    for _ in 0..<sentences {
      let words = Int(random.next() % 12)
      let values = (0..<words * tagCount).map { _ in scale * random.normal() }
      logits.append(values)
      targets.append(
        (0..<words).map { word in
          let weights = (0..<tagCount).map {
            exp(Double(values[word * tagCount + $0]) / temperature)
          }
          var rest = Double(random.uniform()) * weights.reduce(0, +)
          for (tag, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return tag }
          }
          return tagCount - 1
        })
    }
    return (logits, targets)
  }

  @Test(arguments: [0.3, 0.8, 1, 1.7, 4, 9], [3, 9])
  func findsTheTemperature(truth: Double, tagCount: Int) {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("calibration of seed \(seed)")
    // As sharp at every temperature.
    let (logits, targets) = corpus(
      sentences: 2000, tagCount: tagCount, temperature: truth, scale: Float(2 * truth), seed: seed)
    let found = TemperatureScaling.fit(logits: logits, targets: targets, tagCount: tagCount)
    #expect(abs(found / truth - 1) < 0.12, "\(found) for \(truth), seed \(seed)")
  }

  /// Around the minimum of loss and prior the sum goes neither up nor down, and further off up.
  @Test func isTheMinimum() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("calibration of seed \(seed)")
    for truth in [0.5, 1.5, 3] {
      let (logits, targets) = corpus(
        sentences: 60, tagCount: 5, temperature: truth, scale: 3, seed: seed)
      let count = Double(targets.joined().count)
      func sum(_ temperature: Double) -> Double {
        let beta = 1 / temperature
        return count
          * TemperatureScaling.meanLoss(
            logits: logits, targets: targets, tagCount: 5, temperature: temperature)
          + beta - log(beta)
      }
      let found = TemperatureScaling.fit(logits: logits, targets: targets, tagCount: 5)
      let step = 1e-4 * found
      let slope = (sum(found + step) - sum(found - step)) / (2 * step)
      #expect(abs(slope) < 1e-4 * count, "\(slope) at \(found), seed \(seed)")
      for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2] {
        #expect(sum(factor * found) > sum(found), "\(factor) × \(found), seed \(seed)")
      }
    }
  }

  /// The mean loss is what a softmax in the plainest form has.
  @Test func theLossIsThatOfASoftmax() {
    let logits: [[Float]] = [[1, 2, 4, 0, -1, 3], [0.5, 0.25, -2]]
    let loss = TemperatureScaling.meanLoss(
      logits: logits, targets: [[2, 0], [1]], tagCount: 3, temperature: 2)
    func word(_ values: [Double], _ target: Int) -> Double {
      -log(exp(values[target] / 2) / values.reduce(0) { $0 + exp($1 / 2) })
    }
    let expected =
      (word([1, 2, 4], 2) + word([0, -1, 3], 0) + word([0.5, 0.25, -2], 1)) / 3
    #expect(abs(loss - expected) < 1e-12)
    #expect(
      TemperatureScaling.meanLoss(logits: [], targets: [], tagCount: 3, temperature: 2) == 0)
  }

  @Test func withoutWordsItIsOne() {
    #expect(TemperatureScaling.fit(logits: [], targets: [], tagCount: 3) == 1)
    #expect(TemperatureScaling.fit(logits: [[], []], targets: [[], []], tagCount: 3) == 1)
    // What says nothing changes nothing.
    #expect(
      TemperatureScaling.fit(
        logits: [[Float](repeating: 7, count: 30)], targets: [[Int](repeating: 2, count: 10)],
        tagCount: 3) == 1)
  }

  /// A few words that are all right do not make a tagger sure of everything.
  @Test func perfectWordsAreNoProof() {
    func fit(words: Int, right: Float, wrong: Float) -> Double {
      TemperatureScaling.fit(
        logits: [(0..<words).flatMap { _ in [right, wrong, wrong] }],
        targets: [[Int](repeating: 0, count: words)], tagCount: 3)
    }
    #expect((0.5...1).contains(fit(words: 10, right: 3, wrong: -1)))
    #expect((0.3...1).contains(fit(words: 1000, right: 3, wrong: -1)))
    // All wrong: as unsure as can be.
    #expect(fit(words: 1000, right: -1, wrong: 3) == TemperatureScaling.range.upperBound)
  }

  @Test func hugeLogitsAreFinite() {
    for value in [Float.infinity, .greatestFiniteMagnitude, 1e12, 1e-30, .nan] {
      for target in [0, 1] {
        let found = TemperatureScaling.fit(
          logits: [[value, -value, 0, 0, value, -value]], targets: [[target, target]], tagCount: 3)
        #expect(TemperatureScaling.range.contains(found), "\(value): \(found)")
        let loss = TemperatureScaling.meanLoss(
          logits: [[value, -value, 0]], targets: [[target]], tagCount: 3, temperature: found)
        #expect(loss.isFinite && loss >= 0, "\(value): \(loss)")
      }
    }
  }

  @Test func isTheSameEveryTime() {
    let (logits, targets) = corpus(
      sentences: 50, tagCount: 5, temperature: 2, scale: 3, seed: 1)
    let found = (0..<3).map { _ in
      TemperatureScaling.fit(logits: logits, targets: targets, tagCount: 5)
    }
    #expect(Set(found).count == 1)
  }
}
