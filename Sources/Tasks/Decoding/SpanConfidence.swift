public import Corpora
import Foundation
import Kernels

/// The exact marginals of spans over the legal BIO sequences of a sentence.
protocol SpanMarginals: Sendable {
  var wordCount: Int { get }

  /// - Parameter words: not empty, within the sentence.
  func logProbability(ofLabel label: Int, words: Range<Int>) -> Double
}

/// The probability that a sentence has exactly this span: begun, continued and ended where it is.
///
/// It is the exact marginal over the legal BIO sequences of the sentence, whose probabilities are
/// proportional to the exponentials of their scores: the sums of their logits, and of their learned
/// transitions where there are any (Rabiner 1989, III B, for the sums; Culotta and McCallum 2004 for
/// the confidence of an extracted field). Without learned transitions time is linear in
/// words × tags, with them in words × tags².
///
/// Scores are divided by a temperature first (Guo et al. 2017): above 1 it takes confidence away,
/// below 1 it adds some.
public struct SpanConfidence: Sendable {
  private let tagSet: TagSet
  private let marginals: any SpanMarginals

  /// - Parameters:
  ///   - tagSet: the tags that the logits are of.
  ///   - logits: row-major, words × tags.
  ///   - transitions: those of a CRF, of as many tags.
  ///   - temperature: greater than 0, finite.
  public init(
    tagSet: TagSet, logits: [Float], transitions: TagTransitions? = nil, temperature: Double = 1
  ) {
    self.init(
      tagSet: tagSet, logits: logits,
      chain: transitions?.chain(over: tagSet, temperature: temperature), temperature: temperature)
  }

  /// - Parameter chain: divided by the temperature already.
  init(tagSet: TagSet, logits values: [Float], chain: LinearChain?, temperature: Double) {
    precondition(temperature > 0 && temperature.isFinite)
    let logits = Logits(values, tagCount: tagSet.count, temperature: temperature)
    self.tagSet = tagSet
    if let chain {
      marginals = LearnedChainMarginals(logits, chain: chain)
    } else {
      marginals = LegalChainMarginals(logits, tagSet: tagSet)
    }
  }

  /// The probability of a span, in (0, 1]; nil where its label is not in the tag set.
  public func probability(of span: EntitySpan) -> Double? {
    tagSet.index(ofLabel: span.label).map { probability(ofLabel: $0, words: span.words) }
  }

  /// The probability of a span with the label of this index, in (0, 1].
  ///
  /// - Parameter words: not empty, within the sentence.
  public func probability(ofLabel label: Int, words: Range<Int>) -> Double {
    precondition(
      !words.isEmpty && words.lowerBound >= 0 && words.upperBound <= marginals.wordCount)
    let log = marginals.logProbability(ofLabel: label, words: words)
    // The least normal number stands for what is too small for one.
    return min(1, max(.leastNormalMagnitude, exp(log)))
  }
}
