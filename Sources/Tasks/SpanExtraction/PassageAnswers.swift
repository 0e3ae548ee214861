/// A question with the passage that is to answer it.
public struct PassageQuestion: Hashable, Sendable {
  public var question: String
  public var context: String

  public init(question: String, context: String) {
    self.question = question
    self.context = context
  }
}

/// What is found in a passage, as places in its text.
public struct PassageAnswers: Hashable, Sendable {
  public struct Answer: Hashable, Sendable {
    /// Unicode scalars of the passage.
    public var range: Range<Int>
    /// The probability that this is the answer.
    public var confidence: Double
    /// The logarithm of its odds against no answer in the passage: what answers of several passages are compared by.
    public var score: Double

    /// What stands there.
    ///
    /// - Parameter context: the passage.
    public func text(in context: String) -> String {
      let scalars = context.unicodeScalars
      let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
      let end = scalars.index(start, offsetBy: range.count)
      return String(scalars[start..<end])
    }
  }

  /// Places that do not overlap, the most probable first.
  public var answers: [Answer]
  /// The probability that there is no answer; with those of `answers` the sum is one.
  public var nullConfidence: Double
  /// Whether there is an answer, and which.
  public var best: Answer?

  /// How sure the choice is, of an answer or of none.
  public var confidence: Double { best?.confidence ?? nullConfidence }

  /// That there is no answer, as where there are no words to look at.
  package static let none = PassageAnswers()

  private init() {
    (answers, nullConfidence, best) = ([], 1, nil)
  }

  /// - Throws: where the logits were no finite numbers.
  package init(
    _ candidates: SpanCandidates, decoder: AnswerDecoder, context: TokenizedText
  ) throws(NotFinite) {
    guard candidates.isFinite else { throw NotFinite() }
    let prediction = decoder.prediction(candidates)
    func located(_ answer: ScoredAnswer) -> Answer {
      Answer(
        range: context.range(of: answer.words), confidence: answer.probability,
        score: answer.score)
    }
    answers = prediction.answers.map(located)
    nullConfidence = prediction.nullProbability
    best = prediction.answer.map(located)
  }
}

extension TokenizedText {
  /// Where a run of words stands in the text, in Unicode scalars.
  package func range(of words: Range<Int>) -> Range<Int> {
    ranges[words.lowerBound].lowerBound..<ranges[words.upperBound - 1].upperBound
  }

  /// The text of a run of words: what stands there, spaces and all.
  ///
  /// - Parameter scalars: of the whole text.
  package func text(of words: Range<Int>, in scalars: [Unicode.Scalar]) -> String {
    String(String.UnicodeScalarView(scalars[range(of: words)]))
  }
}
