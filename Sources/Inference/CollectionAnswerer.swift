#if Documents
  import Foundation
  public import Retrieval
  import Tasks

  /// Answers questions from a collection of documents: an index finds the passages to read, an adapter reads them.
  public struct CollectionAnswerer: Sendable {
    /// What is found in a collection.
    public struct Answers: Sendable {
      public struct Answer: Hashable, Sendable {
        /// The document's path in its folder.
        public var document: String
        /// Unicode scalars of the document's text.
        public var range: Range<Int>
        public var text: String
        /// The probability that this is the answer.
        public var confidence: Double
        /// The passage that it was read in, and where it stands there.
        public var passage: FoundPassage
        public var rangeInPassage: Range<Int>
      }

      /// Places that do not overlap, the most probable first.
      public var answers: [Answer]
      /// The probability that there is no answer in what was read; with those of `answers` the sum is one.
      public var nullConfidence: Double

      /// The best answer; nil where none is likelier.
      public var best: Answer? {
        answers.first.flatMap { $0.confidence >= nullConfidence ? $0 : nil }
      }
    }

    private let index: PassageIndex
    private var answerer: Answerer
    /// How many passages are read.
    private let passages: Int
    /// How much the index has to say beside the reader: where a passage fits worse by one unit of BM25, its answers are
    /// less likely by this power of e.
    private let indexWeight: Double
    /// The most answers that are told.
    private let limit: Int

    public init(
      index: PassageIndex, answerer: Answerer, passages: Int, indexWeight: Double, answers: Int
    ) {
      self.indexWeight = indexWeight
      self.index = index
      self.answerer = answerer
      self.passages = passages
      limit = answers
    }

    /// What is found for a question.
    ///
    /// Odds of an answer against none can be compared between passages as between the windows of one, and the index's
    /// scores, as a prior, multiply them.
    ///
    /// - Throws: `QuestionError` where the question cannot be asked, `RetrievalError`.
    public mutating func answers(to question: String) throws -> Answers {
      try answerer.check(question)
      // What copies of a document say is said once.
      var texts: Set<[UInt8]> = []
      let found = try index.search(question, limit: passages).filter { passage in
        texts.insert(Array(passage.text.utf8)).inserted
      }
      let results = try answerer.answers(
        to: found.map { PassageQuestion(question: question, context: $0.text) })
      let best = found.map(\.score).max() ?? 0
      var candidates: [(answer: Answers.Answer, score: Double)] = []
      for (passage, result) in zip(found, results) {
        let answers: PassageAnswers
        switch result {
        case .success(let found): answers = found
        // A passage of symbols alone has no answer.
        case .failure(.noWords(field: QuestionLayouts.context)): continue
        case .failure(let error): throw error
        }
        let prior = indexWeight * (passage.score - best)
        for answer in answers.answers {
          let range =
            passage.range.lowerBound + answer.range.lowerBound..<passage.range.lowerBound
            + answer.range.upperBound
          candidates.append(
            (
              Answers.Answer(
                document: passage.document, range: range, text: answer.text(in: passage.text),
                confidence: 0, passage: passage, rangeInPassage: answer.range),
              answer.score + prior
            ))
        }
      }
      return weighed(candidates)
    }

    /// Of answers that overlap, as neighbouring passages do, the better one is told; with "no answer" they are certain.
    private func weighed(_ candidates: [(answer: Answers.Answer, score: Double)]) -> Answers {
      var chosen: [(answer: Answers.Answer, score: Double)] = []
      for candidate in candidates.sorted(by: { $0.score > $1.score }) where chosen.count < limit {
        let isTold = chosen.contains { other in
          other.answer.document == candidate.answer.document
            && other.answer.range.overlaps(candidate.answer.range)
        }
        if !isTold { chosen.append(candidate) }
      }
      guard let best = chosen.first else { return Answers(answers: [], nullConfidence: 1) }
      let null = answerer.nullThreshold.map { -$0 } ?? -.infinity
      let largest = max(best.score, null)
      let total = chosen.reduce(exp(null - largest)) { $0 + exp($1.score - largest) }
      return Answers(
        answers: chosen.map { candidate in
          var answer = candidate.answer
          answer.confidence = exp(candidate.score - largest) / total
          return answer
        }, nullConfidence: exp(null - largest) / total)
    }
  }
#endif
