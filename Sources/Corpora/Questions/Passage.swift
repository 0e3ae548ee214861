/// A text with the questions about it: a paragraph of a SQuAD file, or what another format has.
public struct Passage: Hashable, Sendable {
  /// Its own name, where the format has one.
  public var id: String?
  /// Of the article or document, where it has one.
  public var title: String?
  /// What kind of text it is, where the format says it.
  public var domain: String?
  /// From 1, in its article; or in the file where there are no articles.
  public var number: Int
  public var context: String
  public var questions: [Question]

  public init(
    id: String? = nil, title: String?, domain: String? = nil, number: Int, context: String,
    questions: [Question]
  ) {
    self.id = id
    self.title = title
    self.domain = domain
    self.number = number
    self.context = context
    self.questions = questions
  }
}

extension Sequence<Passage> {
  /// Whether questions may have no answer, as in SQuAD 2.0: where the files say so of any question, or
  /// any has an empty list of answers.
  public var allowNoAnswer: Bool {
    contains { passage in
      passage.questions.contains {
        $0.isImpossible != nil || $0.isAnnotated && $0.answers.isEmpty
      }
    }
  }
}

/// A question about a passage.
public struct Question: Hashable, Sendable {
  public var id: String
  public var question: String
  /// As the file has them: the same answer once for each annotator.
  public var answers: [Answer]
  /// What might be taken for the answer of a question that has none.
  public var plausibleAnswers: [Answer]
  /// nil in files that do not say it (version 1.1).
  public var isImpossible: Bool?
  /// Whether the file says what the answer is, or that there is none; false of a question that is
  /// only asked.
  public var isAnnotated: Bool

  public init(
    id: String, question: String, answers: [Answer], plausibleAnswers: [Answer] = [],
    isImpossible: Bool? = nil, isAnnotated: Bool = true
  ) {
    self.id = id
    self.question = question
    self.answers = answers
    self.plausibleAnswers = plausibleAnswers
    self.isImpossible = isImpossible
    self.isAnnotated = isAnnotated
  }

  /// Whether the file says that the passage has no answer. Not so of a question that is only asked,
  /// of one with answers that have no place, and of one that is said to have an answer and has none.
  public var isUnanswerable: Bool {
    isAnnotated && answers.isEmpty && isImpossible != false
  }
}

/// An answer to a question.
public struct Answer: Hashable, Sendable {
  public var text: String
  /// Where it stands in the context: Unicode scalars; nil where it does not stand there.
  public var range: Range<Int>?

  public init(text: String, range: Range<Int>?) {
    self.text = text
    self.range = range
  }
}
