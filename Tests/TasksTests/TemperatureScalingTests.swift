import Corpora
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
          + TemperatureScaling.priorWeight * (beta - log(beta))
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

  /// Sentences whose tags are drawn from the distribution over legal sequences that confidences are
  /// of, at a temperature: tags of softmax(z / T), drawn again until they are legal.
  private func legalCorpus(
    _ tagSet: TagSet, sentences: Int, temperature: Double, seed: UInt64
  ) -> (logits: [[Float]], gold: [[EntitySpan]]) {
    var random = RandomStream(seed: seed, purpose: "legal")
    var (logits, gold): ([[Float]], [[EntitySpan]]) = ([], [])
    while logits.count < sentences {
      let words = 1 + Int(random.next() % 4)
      let values = (0..<words * tagSet.count).map { _ in Float(2 * temperature) * random.normal() }
      var tags: [Int]?
      for _ in 0..<1000 {
        let drawn = (0..<words).map { word in
          var best = (-Double.infinity, 0)
          for tag in 0..<tagSet.count {
            // The greatest of logits with Gumbel noise is a draw from their softmax.
            let uniform = (Double(random.next() >> 11) + 0.5) * 0x1p-53
            let noisy = Double(values[word * tagSet.count + tag]) / temperature - log(-log(uniform))
            if noisy > best.0 { best = (noisy, tag) }
          }
          return best.1
        }
        if tagSet.isLegal(drawn) {
          tags = drawn
          break
        }
      }
      guard let tags else { continue }
      logits.append(values)
      gold.append(tagSet.spans(of: tags))
    }
    return (logits, gold)
  }

  @Test(arguments: [0.5, 1, 2.5], DecodingMethod.allCases)
  func findsTheTemperatureOfSpans(truth: Double, method: DecodingMethod) {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("calibration of seed \(seed)")
    let decoder = TagDecoder(tagSet: TagSet(labels: ["A", "B"]), method: method)
    let (logits, gold) = legalCorpus(
      decoder.tagSet, sentences: 3000, temperature: truth, seed: seed)
    let found = TemperatureScaling.fit(decoder: decoder, logits: logits, gold: gold)
    // Argmax takes sequences that cannot be, so that its choice says something of them as well.
    #expect(abs(found / truth - 1) < 0.2, "\(found) for \(truth), seed \(seed)")
    func error(_ temperature: Double) -> Double {
      var report = CalibrationReport()
      for (logits, gold) in zip(logits, gold) {
        report.add(decoder.spans(logits: logits.map { $0 / Float(temperature) }), gold: gold)
      }
      return report.expectedError ?? 1
    }
    #expect(error(found) < 0.06, "seed \(seed)")
    if truth != 1 { #expect(error(found) < 0.7 * error(1), "seed \(seed)") }
  }

  /// The bottom of the valley, wherever it is.
  @Test(arguments: [0.06, 0.3, 1, 1.5, 7, 18])
  func findsTheBottom(truth: Double) {
    // Each span at margin m is right as often as sigmoid(m / truth) says, counted and not drawn.
    let margins = (1...40).map { truth * Double($0) / 10 }
    func events(_ temperature: Double) -> SpanEvents {
      var events = SpanEvents()
      for margin in margins {
        let confidence = 1 / (1 + exp(-margin / temperature))
        let right = Int((400 / (1 + exp(-margin / truth))).rounded())
        for index in 0..<400 { events.add(confidence: confidence, isRight: index < right) }
      }
      return events
    }
    let found = TemperatureScaling.fit(events: events)
    #expect(abs(found / truth - 1) < 0.03, "\(found)")
    func sum(_ temperature: Double) -> Double {
      events(temperature).loss
        + TemperatureScaling.priorWeight * (1 / temperature + log(temperature))
    }
    let slope = (sum(1.001 * found) - sum(found / 1.001)) / (2 * log(1.001))
    #expect(abs(slope) < 1e-3 * Double(events(1).count), "\(slope)")
  }

  @Test func withoutSpansItIsOne() {
    let decoder = TagDecoder(tagSet: TagSet(labels: ["A"]))
    #expect(TemperatureScaling.fit(decoder: decoder, logits: [], gold: []) == 1)
    #expect(
      TemperatureScaling.fit(decoder: decoder, logits: [[5, 0, 0], []], gold: [[], []]) == 1)
    // One that is right says little, and one that is wrong not all; what is infinite has an end.
    let span = [EntitySpan(label: "A", words: 0..<1)]
    for value in [Float(3), 1e9, .infinity] {
      let right = TemperatureScaling.fit(decoder: decoder, logits: [[0, value, 0]], gold: [span])
      #expect((0.5...1.01).contains(right), "\(value): \(right)")
      let wrong = TemperatureScaling.fit(decoder: decoder, logits: [[0, value, 0]], gold: [[]])
      #expect(wrong > 0.99 && TemperatureScaling.range.contains(wrong), "\(value): \(wrong)")
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
    #expect(fit(words: 1000, right: -1, wrong: 3) > 19.99)
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
