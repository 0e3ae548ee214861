/// A paragraph of a SQuAD file with the questions about it.
public struct SQuADParagraph: Hashable, Sendable {
  /// Of the article, where it has one.
  public var title: String?
  /// From 1, in its article.
  public var number: Int
  public var context: String
  public var questions: [SQuADQuestion]

  public init(title: String?, number: Int, context: String, questions: [SQuADQuestion]) {
    self.title = title
    self.number = number
    self.context = context
    self.questions = questions
  }
}

/// A question about a paragraph.
public struct SQuADQuestion: Hashable, Sendable {
  public var id: String
  public var question: String
  /// As the file has them: the same answer once for each annotator.
  public var answers: [SQuADAnswer]
  /// What might be taken for the answer of a question that has none.
  public var plausibleAnswers: [SQuADAnswer]
  /// nil in files that do not say it (version 1.1).
  public var isImpossible: Bool?

  public init(
    id: String, question: String, answers: [SQuADAnswer], plausibleAnswers: [SQuADAnswer] = [],
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
public struct SQuADAnswer: Hashable, Sendable {
  public var text: String
  /// Where it stands in the context: Unicode scalars; nil where it does not stand there.
  public var range: Range<Int>?

  public init(text: String, range: Range<Int>?) {
    self.text = text
    self.range = range
  }
}
