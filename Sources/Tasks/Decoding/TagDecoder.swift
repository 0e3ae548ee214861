public import Corpora
import Kernels

/// How a sentence's tags are chosen from its logits.
public enum DecodingMethod: String, CaseIterable, Codable, Hashable, Sendable {
  /// The best legal sequence.
  case viterbi
  /// The best tag of each word by itself; the sequence may be illegal.
  case argmax
  /// The best legal sequence with the learned transitions of a linear-chain CRF.
  case crf
}

/// A span and the probability that it is there.
public struct ScoredSpan: Hashable, Sendable {
  public var span: EntitySpan
  /// In (0, 1]; see ``SpanConfidence``.
  public var confidence: Double

  public init(span: EntitySpan, confidence: Double) {
    self.span = span
    self.confidence = confidence
  }
}

/// From a sentence's logits to its tags and spans.
///
/// Logits (or log-probabilities: a constant for each word changes nothing) are row-major,
/// words × tags, in the order of ``TagSet/tags``; their number is a multiple of the number of tags.
/// What is not a number counts as the least. Time and memory are linear in words × tags; with learned
/// transitions time is linear in words × tags².
public struct TagDecoder: Hashable, Sendable {
  public let tagSet: TagSet
  public let method: DecodingMethod
  /// Read by ``DecodingMethod/crf`` alone, which without them is ``DecodingMethod/viterbi``.
  public let transitions: TagTransitions?
  /// What scores are divided by before they become confidences. It never changes the tags.
  public let temperature: Double

  private let viterbi: ViterbiDecoder
  /// The learned chain divided by the temperature.
  private let tempered: LinearChain?

  /// - Parameters:
  ///   - transitions: of as many tags as the tag set has.
  ///   - temperature: greater than 0, finite.
  public init(
    tagSet: TagSet, method: DecodingMethod = .viterbi, transitions: TagTransitions? = nil,
    temperature: Double = 1
  ) {
    precondition(temperature > 0 && temperature.isFinite)
    self.tagSet = tagSet
    self.method = method
    self.transitions = transitions
    self.temperature = temperature
    let learned = method == .crf ? transitions : nil
    viterbi = ViterbiDecoder(tagSet: tagSet, transitions: learned)
    tempered = learned?.chain(over: tagSet, temperature: temperature)
  }

  /// The index of the tag of each word.
  public func tags(logits: [Float]) -> [Int] {
    switch method {
    case .viterbi, .crf: viterbi.tags(logits: logits)
    case .argmax: Self.argmax(Logits(logits, tagCount: tagSet.count))
    }
  }

  /// The spans, from left to right, with their confidences.
  ///
  /// An illegal sequence of argmax is read as `conlleval` reads it (``TagSet/spans(of:)``); the
  /// confidence is that of the span in its legal form, begun with B.
  public func spans(logits: [Float]) -> [ScoredSpan] {
    scoredSpans(of: tags(logits: logits), logits: logits)
  }

  /// The spans of tags that ``tags(logits:)`` gave for these logits, with their confidences.
  public func scoredSpans(of tags: [Int], logits: [Float]) -> [ScoredSpan] {
    let runs = tagSet.labelledRuns(of: tags)
    guard !runs.isEmpty else { return [] }
    let confidence = SpanConfidence(
      tagSet: tagSet, logits: logits, chain: tempered, temperature: temperature)
    return runs.map { run in
      ScoredSpan(
        span: EntitySpan(label: tagSet.labels[run.label], words: run.words),
        confidence: confidence.probability(ofLabel: run.label, words: run.words))
    }
  }

  /// The tag with the greatest logit for each word; of equal ones the first.
  private static func argmax(_ logits: Logits) -> [Int] {
    (0..<logits.wordCount).map { word in
      var best = 0
      for tag in 1..<logits.tagCount where logits[word, tag] > logits[word, best] { best = tag }
      return best
    }
  }
}
