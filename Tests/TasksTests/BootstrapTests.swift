import Corpora
import Kernels
import Testing

@testable import Tasks

struct BootstrapTests {
  private func sentence(_ label: String, _ right: Int, _ predicted: Int, _ gold: Int) -> NERScores {
    var scores = NERScores()
    scores.add(
      EntityScore(truePositives: right, predicted: predicted, gold: gold), label: label.utf8)
    return scores
  }

  @Test func equalSentencesLeaveNothingToDoubt() throws {
    let sentences = [NERScores](repeating: sentence("A", 1, 2, 4), count: 30)
    let intervals = BootstrapIntervals(sentences: sentences, resamples: 200, seed: 1)
    for measures in [intervals.micro, intervals.macro, intervals.weighted] {
      #expect(measures.precision.low == 0.5 && measures.precision.high == 0.5)
      #expect(measures.recall.low == 0.25 && measures.recall.high == 0.25)
    }
    #expect(intervals.labels.map(\.label) == ["A"])
    #expect(intervals.labels[0].measures.f1 == intervals.micro.f1)
  }

  @Test func aSeedDecides() {
    var random = RandomStream(seed: 5, purpose: "sentences")
    let sentences = (0..<200).map { _ in
      sentence(
        Bool.random(using: &random) ? "A" : "B", Int.random(in: 0...1, using: &random), 1, 1)
    }
    let one = BootstrapIntervals(sentences: sentences, resamples: 300, seed: 1)
    #expect(one == BootstrapIntervals(sentences: sentences, resamples: 300, seed: 1))
    let other = BootstrapIntervals(sentences: sentences, resamples: 300, seed: 2)
    #expect(one.micro != other.micro)
    #expect(one.micro.f1.low < one.micro.f1.high)
  }

  /// Recall is the mean of independent trials, so that the interval is that of the binomial:
  /// p ± 1.96 √(p (1 − p) / n).
  @Test func intervalsAreAsWideAsTheory() {
    let count = 2000
    let sentences = (0..<count).map { sentence("A", $0.isMultiple(of: 4) ? 1 : 0, 1, 1) }
    let intervals = BootstrapIntervals(sentences: sentences, resamples: 2000, seed: 1)
    let half = 1.96 * (0.25 * 0.75 / Double(count)).squareRoot()
    #expect(abs(intervals.micro.recall.low - (0.25 - half)) < 0.1 * half)
    #expect(abs(intervals.micro.recall.high - (0.25 + half)) < 0.1 * half)
  }

  /// Each sentence gives its index; so the ends can be counted off by hand.
  @Test func endsAreOrderedResamples() {
    let sentences = [sentence("A", 0, 1, 1), sentence("A", 1, 1, 1)]
    // Of so few resamples the ends are the least and the greatest.
    let few = BootstrapIntervals(sentences: sentences, resamples: 60, seed: 3)
    #expect(few.micro.recall.low == 0 && few.micro.recall.high == 1)
    let one = BootstrapIntervals(sentences: sentences, resamples: 1, seed: 3)
    #expect(one.micro.recall.low == one.micro.recall.high)
  }

  @Test func emptyCorporaScoreNothing() {
    let intervals = BootstrapIntervals(sentences: [], resamples: 10, seed: 1)
    #expect(intervals.micro.f1.high == 0)
    #expect(intervals.labels.isEmpty)
    let blank = BootstrapIntervals(
      sentences: [NERScores(), NERScores()], resamples: 10, seed: 1)
    #expect(blank.weighted.f1.high == 0)
  }

  @Test func aThousandResamplesOfTenThousandSentencesAreQuick() {
    let sentences = (0..<10_000).map { sentence($0.isMultiple(of: 3) ? "A" : "B", 1, 2, 2) }
    let start = ContinuousClock.now
    let intervals = BootstrapIntervals(sentences: sentences, resamples: 1000, seed: 1)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(intervals.micro.precision.low == 0.5)
    #expect(seconds < 10, "\(seconds)")
  }
}
