/// The questions of a corpus that can be trained on, and why the others cannot.
public struct TrainableQuestions: Sendable {
  /// A question that cannot be trained on.
  public struct Refused: Hashable, Sendable, CustomStringConvertible {
    public var id: String
    public var file: String
    /// 1-based; nil where the format's reader does not tell it.
    public var line: Int?
    public var reason: String

    /// One line for people.
    public var description: String {
      "\(file)\(line.map { ":\($0)" } ?? ""): question \(id.quoted): \(reason)"
    }
  }

  /// How many refused questions are kept by name.
  public static let exampleLimit = 5

  /// The passages that have such questions, with these alone. A question without answers is one that
  /// the file says has none; every other answer has a place, of one scalar at least, where its text
  /// stands.
  public fileprivate(set) var passages: [Passage] = []
  /// The refused questions by reason, and the answers that were left out of questions with others.
  public fileprivate(set) var report = CorpusReport()
  public fileprivate(set) var refusedCount = 0
  /// The first of the refused questions, in the order of the files.
  public fileprivate(set) var examples: [Refused] = []

  public var questionCount: Int { passages.reduce(0) { $0 + $1.questions.count } }

  fileprivate mutating func refuse(_ id: String, _ reason: String, at place: QuestionPlace) {
    report.setAside(reason)
    refusedCount += 1
    guard examples.count < Self.exampleLimit else { return }
    examples.append(Refused(id: id, file: place.file, line: place.line, reason: reason))
  }
}

extension QuestionCorpus {
  /// The questions that can be trained on: those that have no answer, and those with an answer that
  /// has its place in the passage, without their other answers.
  ///
  /// A question that is refused never becomes one without an answer.
  public func trainable() -> TrainableQuestions {
    var result = TrainableQuestions()
    for (passage, places) in zip(passages, places) {
      let hasText = !passage.context.isBlank
      var kept = passage
      kept.questions = []
      for (question, place) in zip(passage.questions, places) {
        if let reason = Self.refusal(of: question, hasText: hasText) {
          result.refuse(question.id, reason, at: place)
          continue
        }
        var trained = question
        trained.answers = question.answers.filter(Self.isPlaced)
        let unplaced = question.answers.count - trained.answers.count
        if unplaced > 0 {
          result.report.setAside("answer without a place, beside others", count: unplaced)
        }
        kept.questions.append(trained)
      }
      if !kept.questions.isEmpty { result.passages.append(kept) }
    }
    return result
  }

  /// Why a question cannot be trained on; nil where it can.
  private static func refusal(of question: Question, hasText: Bool) -> String? {
    if !hasText { return "passage without text" }
    if question.question.isBlank { return "question without text" }
    if !question.isAnnotated { return "question of which the file does not say the answer" }
    if question.answers.isEmpty {
      return question.isUnanswerable ? nil : "question said to have an answer, and none is there"
    }
    if question.isImpossible == true { return "question said to have no answer, and one is there" }
    guard question.answers.contains(where: isPlaced) else {
      return "question whose answer has no place in its passage"
    }
    return nil
  }

  private static func isPlaced(_ answer: Answer) -> Bool {
    guard let range = answer.range else { return false }
    return !range.isEmpty && !answer.text.isBlank
  }
}
