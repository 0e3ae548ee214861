import Kernels

/// The legal BIO sequence with the greatest score (Viterbi, 1967): the sum of its logits, and of its
/// learned transitions where there are any.
///
/// Without them, O and B-x may follow any tag alike, so one best predecessor serves them all, and
/// I-x has two predecessors: a word takes time linear in the tags, not quadratic. Sums are Doubles,
/// so that a hundred thousand words do not blur them. Of equally good predecessors the first tag
/// wins.
public struct ViterbiDecoder: Hashable, Sendable {
  public let tagSet: TagSet
  private let chain: LinearChain?

  /// - Parameter transitions: those of a CRF, of as many tags.
  public init(tagSet: TagSet, transitions: TagTransitions? = nil) {
    self.tagSet = tagSet
    chain = transitions?.chain(over: tagSet, temperature: 1)
  }

  /// The index of the tag of each word. `logits`: row-major, words × tags.
  public func tags(logits values: [Float]) -> [Int] {
    let logits = Logits(values, tagCount: tagSet.count)
    guard logits.wordCount > 0 else { return [] }
    return chain.map { Self.tags(logits, chain: $0) } ?? tags(logits)
  }

  /// Without learned transitions.
  private func tags(_ logits: Logits) -> [Int] {
    let wordCount = logits.wordCount
    let labelCount = tagSet.labels.count
    // The best sum of a legal sequence that ends in each tag at the present word.
    var scores = (0..<tagSet.count).map { tag in
      tagSet.isLegalStart(tag) ? logits[0, tag] : -.infinity
    }
    // The best tag before each word, and whether I-x at a word follows B-x rather than I-x.
    var bestBefore = [Int](repeating: TagSet.outside, count: wordCount)
    var followsBegin = [Bool](repeating: false, count: wordCount * labelCount)
    for word in 1..<max(wordCount, 1) {
      let best = Self.firstMaximum(scores)
      let bestScore = scores[best]
      bestBefore[word] = best
      scores[TagSet.outside] = bestScore + logits[word, TagSet.outside]
      for label in 0..<labelCount {
        let begin = TagSet.begin(label)
        let inside = TagSet.inside(label)
        let isFirst = scores[begin] >= scores[inside]
        followsBegin[word * labelCount + label] = isFirst
        scores[inside] = (isFirst ? scores[begin] : scores[inside]) + logits[word, inside]
        scores[begin] = bestScore + logits[word, begin]
      }
    }

    var tags = [Int](repeating: TagSet.outside, count: wordCount)
    tags[wordCount - 1] = Self.firstMaximum(scores)
    for word in stride(from: wordCount - 1, to: 0, by: -1) {
      let tag = tags[word]
      if let label = TagSet.label(ofTag: tag), TagSet.isInside(tag) {
        tags[word - 1] =
          followsBegin[word * labelCount + label] ? TagSet.begin(label) : TagSet.inside(label)
      } else {
        tags[word - 1] = bestBefore[word]
      }
    }
    return tags
  }

  /// With learned transitions.
  private static func tags(_ logits: Logits, chain: LinearChain) -> [Int] {
    let (wordCount, tagCount) = (logits.wordCount, logits.tagCount)
    var scores = (0..<tagCount).map { chain.start[$0] + logits[0, $0] }
    var next = scores
    // The best tag before each tag at each word.
    var before = [Int32](repeating: 0, count: wordCount * tagCount)
    for word in 1..<max(wordCount, 1) {
      for tag in 0..<tagCount {
        let row = tag * tagCount
        var best = 0
        var bestScore = scores[0] + chain.predecessors[row]
        for from in 1..<tagCount where scores[from] + chain.predecessors[row + from] > bestScore {
          best = from
          bestScore = scores[from] + chain.predecessors[row + from]
        }
        before[word * tagCount + tag] = Int32(truncatingIfNeeded: best)
        next[tag] = bestScore + logits[word, tag]
      }
      swap(&scores, &next)
    }

    for tag in 0..<tagCount { scores[tag] += chain.end[tag] }
    var tags = [Int](repeating: firstMaximum(scores), count: wordCount)
    for word in stride(from: wordCount - 1, to: 0, by: -1) {
      tags[word - 1] = Int(before[word * tagCount + tags[word]])
    }
    return tags
  }

  private static func firstMaximum(_ scores: [Double]) -> Int {
    var best = 0
    for index in 1..<scores.count where scores[index] > scores[best] { best = index }
    return best
  }
}
