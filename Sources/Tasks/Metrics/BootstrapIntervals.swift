import Kernels

/// 95 % confidence intervals of scores, by the percentile bootstrap.
///
/// Sentences are drawn with replacement, as many as there are, and scored; of the scores of all
/// resamples in order, the interval goes from the k-th to the k-th from the end, where k is the
/// whole part of 0.025 (B + 1) for B resamples, and at least 1 (Efron and Tibshirani, *An
/// Introduction to the Bootstrap*, 1993, chapter 13). A label that is not in a resample scores 0
/// there and is left out of its means, as it would be in a corpus without it.
public struct BootstrapIntervals: Hashable, Sendable {
  /// Ends of an interval, as fractions in 0...1.
  public struct Interval: Hashable, Sendable {
    public let low: Double
    public let high: Double
  }

  /// The intervals of the three measures.
  public struct MeasureIntervals: Hashable, Sendable {
    public let precision: Interval
    public let recall: Interval
    public let f1: Interval
  }

  /// The intervals of one label.
  public struct LabelIntervals: Hashable, Sendable {
    public let label: String
    public let measures: MeasureIntervals
  }

  /// The share of resamples inside an interval.
  public static let level = 0.95
  /// How many numbers are held at once, of three for each label and mean and each resample.
  public static let limit = 12_000_000

  public let resamples: Int
  public let seed: UInt64
  public let sentences: Int
  public let micro: MeasureIntervals
  public let macro: MeasureIntervals
  public let weighted: MeasureIntervals
  /// In the order of the labels' bytes.
  public let labels: [LabelIntervals]

  /// How many numbers so many resamples hold; the caller keeps it within ``limit``.
  public static func size(resamples: Int, labels: Int) -> Int {
    let (product, overflows) = resamples.multipliedReportingOverflow(by: 3 * (labels + 3))
    return overflows ? .max : product
  }

  /// - Parameters:
  ///   - sentences: the counts of each sentence.
  ///   - resamples: how many corpora are drawn; 1 or more.
  ///   - seed: the same seed gives the same intervals.
  public init(sentences: [NERScores], resamples: Int, seed: UInt64) {
    precondition(resamples > 0, "a bootstrap draws resamples")
    let counts = Counts(sentences)
    precondition(
      Self.size(resamples: resamples, labels: counts.labels.count) <= Self.limit,
      "resamples must fit in memory")
    var random = RandomStream(seed: seed, purpose: "bootstrap")
    var series = [[Double]](
      repeating: [Double](repeating: 0, count: resamples), count: 3 * (counts.labels.count + 3))
    for resample in 0..<resamples {
      let scores = counts.draw(using: &random)
      for (index, measures) in Self.measures(of: scores).enumerated() {
        series[3 * index][resample] = measures.precision
        series[3 * index + 1][resample] = measures.recall
        series[3 * index + 2][resample] = measures.f1
      }
    }
    let intervals = stride(from: 0, to: series.count, by: 3).map { index in
      MeasureIntervals(
        precision: Self.interval(series[index]), recall: Self.interval(series[index + 1]),
        f1: Self.interval(series[index + 2]))
    }
    self.resamples = resamples
    self.seed = seed
    self.sentences = sentences.count
    (micro, macro, weighted) = (intervals[0], intervals[1], intervals[2])
    labels = zip(counts.labels, intervals.dropFirst(3)).map {
      LabelIntervals(label: String(decoding: $0.0, as: UTF8.self), measures: $0.1)
    }
  }

  /// Micro, macro and weighted means, and then each label.
  private static func measures(of scores: [EntityScore]) -> [Measures] {
    let present = scores.filter { $0.gold > 0 || $0.predicted > 0 }
    let micro = scores.reduce(into: EntityScore()) { $0 += $1 }
    return [
      micro.measures, NERScores.mean(present, weights: present.map { _ in 1 }),
      NERScores.mean(present, weights: present.map { Double($0.gold) }),
    ] + scores.map(\.measures)
  }

  private static func interval(_ values: [Double]) -> Interval {
    let ordered = values.sorted()
    let rank = max(1, (ordered.count + 1) / 40)
    return Interval(low: ordered[rank - 1], high: ordered[ordered.count - rank])
  }

  /// The counts of all sentences, end to end.
  private struct Counts {
    private struct Entry {
      var label: Int32
      var score: EntityScore
    }

    let labels: [[UInt8]]
    private var entries: [Entry] = []
    /// Where each sentence's entries start, and where the last one's end.
    private var starts = [0]

    init(_ sentences: [NERScores]) {
      var seen: Set<[UInt8]> = []
      for sentence in sentences { seen.formUnion(sentence.countsByLabel.keys) }
      labels = seen.sorted { $0.lexicographicallyPrecedes($1) }
      var indices: [[UInt8]: Int32] = [:]
      for (index, label) in labels.enumerated() { indices[label] = Int32(index) }
      for sentence in sentences {
        for (label, score) in sentence.countsByLabel {
          if let index = indices[label] { entries.append(Entry(label: index, score: score)) }
        }
        starts.append(entries.count)
      }
    }

    func draw(using random: inout RandomStream) -> [EntityScore] {
      var scores = [EntityScore](repeating: EntityScore(), count: labels.count)
      let count = starts.count - 1
      for _ in 0..<count {
        let sentence = Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
        for index in starts[sentence]..<starts[sentence + 1] {
          scores[Int(entries[index].label)] += entries[index].score
        }
      }
      return scores
    }
  }
}
