import Corpora
import Foundation
import Kernels
import Testing

@testable import Tasks

struct TemperatureScalingTests {
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
}
