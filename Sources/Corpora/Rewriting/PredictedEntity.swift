/// A labelled stretch of a text that a tagger has found.
public struct PredictedEntity: Hashable, Sendable {
  public var label: String
  /// Unicode scalars of the text, half-open.
  public var range: Range<Int>
  /// From 0 to 1.
  public var confidence: Double?

  public init(label: String, range: Range<Int>, confidence: Double? = nil) {
    self.label = label
    self.range = range
    self.confidence = confidence
  }

  /// The confidence with four decimals at most.
  var shownConfidence: String? {
    confidence.map { "\(($0 * 10000).rounded() / 10000)" }
  }
}

/// A text to be tagged, and what its document says of its sentences and words.
public struct RewritableText: Hashable, Sendable {
  public var text: String
  /// Words, as Unicode scalars of the text, sentence by sentence.
  public var sentences: [[Range<Int>]]
}
