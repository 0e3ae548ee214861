/// A text with the questions about it: a paragraph of a SQuAD file, or what another format has.
public struct Passage: Hashable, Sendable {
  /// Of the article or document, where it has one.
  public var title: String?
  /// From 1, in its article; or in the file where there are no articles.
  public var number: Int
  public var context: String
  public var questions: [Question]

  public init(title: String?, number: Int, context: String, questions: [Question]) {
    self.title = title
    self.number = number
    self.context = context
    self.questions = questions
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

  public init(
    id: String, question: String, answers: [Answer], plausibleAnswers: [Answer] = [],
    isImpossible: Bool? = nil
  ) {
    self.id = id
    self.question = question
    self.answers = answers
    self.plausibleAnswers = plausibleAnswers
    self.isImpossible = isImpossible
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
