package import Corpora
package import Kernels
package import PTuning

/// A window of a passage with where a question's answers begin and end.
package struct SpanExample: TrainingExample {
  package var window: Layout
  /// The words of the window, from 0, at which a right answer begins; none where the window holds no answer whole.
  package var starts: [Int]
  /// Those at which one ends.
  package var ends: [Int]
  private let places: SpanPlaces

  /// - Parameter answers: runs of words of the whole passage.
  package init(window: Layout, answers: [Range<Int>]) {
    self.window = window
    places = SpanPlaces(window)
    var starts: Set<Int> = []
    var ends: Set<Int> = []
    for answer in answers
    where answer.lowerBound >= window.words.lowerBound
      && answer.upperBound <= window.words.upperBound
    {
      starts.insert(answer.lowerBound - window.words.lowerBound)
      ends.insert(answer.upperBound - 1 - window.words.lowerBound)
    }
    self.starts = starts.sorted()
    self.ends = ends.sorted()
  }

  package var lossCount: Int { 1 }

  package static func makeWorkspace() -> [Float] { [] }

  package static func loss(
    of examples: [SpanExample], logits: inout Matrix, crf: inout LinearChainCRF?, scale: Float,
    workspace: inout [Float]
  ) -> Double {
    var loss = 0.0
    var first = 0
    for example in examples {
      let count = example.window.readCount(.field)
      loss += SpanLoss.forwardBackward(
        &logits, first: first, count: count, places: example.places, starts: example.starts,
        ends: example.ends, scale: scale, workspace: &workspace)
      first += count
    }
    return loss
  }
}

/// A window that is laid out when its turn comes: a corpus of many questions takes little more memory than its passages'
/// wordpieces.
package struct SpanWindow: Sendable {
  private let plan: LayoutPlan
  private let index: Int
  /// The right answers, as runs of words of the whole passage.
  private let answers: [Range<Int>]

  package init(_ plan: LayoutPlan, index: Int, answers: [Range<Int>]) {
    self.plan = plan
    self.index = index
    self.answers = answers
  }

  /// How many words of the passage are in it.
  package var wordCount: Int { plan.words(ofWindow: index).count }

  /// The places where an answer may begin, and none: what a model that knows nothing chooses from.
  package var candidateCount: Int { wordCount + 1 }

  package var example: SpanExample { SpanExample(window: plan[index], answers: answers) }
}

extension QuestionLayouts {
  /// The windows of a question's passage with its answers.
  ///
  /// An answer that begins or ends within a word is that word.
  ///
  /// - Throws: `QuestionError` where the question cannot be asked, or has answers and none of them a word: it must not
  ///   become one without an answer.
  package func spanWindows(of question: Question, context: TokenizedText) throws -> [SpanWindow] {
    let answers = question.answers.compactMap { $0.range.flatMap(context.words) }
    guard question.answers.isEmpty || !answers.isEmpty else {
      throw QuestionError.noWords(field: "answer")
    }
    let plan = try windows(question: tokenize(question.question), context: context)
    return (0..<plan.count).map { SpanWindow(plan, index: $0, answers: answers) }
  }
}
