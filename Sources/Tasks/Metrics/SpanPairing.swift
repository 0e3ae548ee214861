import Corpora

/// The spans of a sentence on both sides, brought together as ``ErrorListing`` says.
struct SpanPairing {
  private(set) var right: [EntitySpan] = []
  private(set) var errors: [(ErrorListing.Kind, gold: EntitySpan?, predicted: EntitySpan?)] = []

  init(gold: [EntitySpan], predicted: [EntitySpan]) {
    if gold.isEmpty, predicted.isEmpty { return }
    var gold = Self.ordered(gold)
    var predicted = Self.ordered(predicted)
    // Sorted and without repetitions, so that equal spans meet.
    var known = Set(predicted.map(Key.init))
    right = gold.filter { known.contains(Key($0)) }
    known = Set(right.map(Key.init))
    gold.removeAll { known.contains(Key($0)) }
    predicted.removeAll { known.contains(Key($0)) }

    pair(&gold, &predicted, as: .wrongLabel) { $0.words == $1.words }
    pair(&gold, &predicted, as: .wrongBoundary) { Key($0).label == Key($1).label }
    pair(&gold, &predicted, as: .wrongBoth) { _, _ in true }
    errors += gold.map { (.missed, $0, nil) }
    errors += predicted.map { (.spurious, nil, $0) }
  }

  private struct Key: Hashable {
    let label: [UInt8]
    let words: Range<Int>

    init(_ span: EntitySpan) {
      label = Array(span.label.utf8)
      words = span.words
    }
  }

  private static func ordered(_ spans: [EntitySpan]) -> [EntitySpan] {
    var seen: Set<Key> = []
    return spans.filter { seen.insert(Key($0)).inserted }.sorted { left, right in
      let (a, b) = (left.words, right.words)
      if a.lowerBound != b.lowerBound { return a.lowerBound < b.lowerBound }
      if a.upperBound != b.upperBound { return a.upperBound < b.upperBound }
      return left.label.utf8.lexicographicallyPrecedes(right.label.utf8)
    }
  }

  /// Takes out the pairs that share words and fit.
  private mutating func pair(
    _ gold: inout [EntitySpan], _ predicted: inout [EntitySpan], as kind: ErrorListing.Kind,
    where fits: (EntitySpan, EntitySpan) -> Bool
  ) {
    guard !gold.isEmpty, !predicted.isEmpty else { return }
    // The furthest end so far: nothing before the first that passes a start shares words with it.
    var ends: [Int] = []
    for span in predicted { ends.append(max(ends.last ?? .min, span.words.upperBound)) }
    var taken = [Bool](repeating: false, count: predicted.count)
    var first = 0
    var left: [EntitySpan] = []
    for span in gold {
      while first < ends.count, ends[first] <= span.words.lowerBound { first += 1 }
      var best: (index: Int, shared: Int)?
      var index = first
      while index < predicted.count, predicted[index].words.lowerBound < span.words.upperBound {
        let shared = predicted[index].words.clamped(to: span.words).count
        if !taken[index], shared > (best?.shared ?? 0), fits(span, predicted[index]) {
          best = (index, shared)
        }
        index += 1
      }
      guard let best else {
        left.append(span)
        continue
      }
      taken[best.index] = true
      errors.append((kind, span, predicted[best.index]))
    }
    gold = left
    predicted = zip(predicted, taken).filter { !$0.1 }.map(\.0)
  }
}
