public import Tasks

/// Why training cannot begin or go on.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The corpus has no sentence.
  case noSentences(corpus: String)
  /// The corpus has no entity: nothing could be learned but `O`.
  case noEntities(corpus: String)
  /// The corpus has no question that can be trained on.
  case noQuestions(corpus: String)
  /// A question of one of the corpora cannot be asked of its passage.
  case question(corpus: String, id: String, text: String, QuestionError)
  /// The loss or a gradient is not a finite number.
  case notFinite(what: String, epoch: Int, step: Int, saved: Bool)
  /// A run cannot be resumed with other options or another corpus.
  case differs(what: String, then: String, now: String)
  /// A value of the configuration is out of its range.
  case outOfRange(option: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .noSentences(let corpus): "\(corpus): expected annotated sentences, found none"
    case .noEntities(let corpus):
      "\(corpus): expected sentences with entities, found none: nothing could be learned but O"
    case .noQuestions(let corpus):
      "\(corpus): expected questions that can be trained on, found none"
    case .question(let corpus, let id, let text, let error):
      "\(corpus): question \"\(id)\" (“\(text.prefix(60))”): \(error)"
    case .notFinite(let what, let epoch, let step, let saved):
      "epoch \(epoch), step \(step): expected a finite \(what), found one that is not; "
        + (saved ? "the last good adapter is kept" : "nothing was saved yet")
        + "; a lower --learning-rate or --head-learning-rate may help"
    case .differs(let what, let then, let now):
      "--resume: expected \(what) as when training began, \(then), found \(now)"
    case .outOfRange(let option, let expected, let found):
      "\(option): expected \(expected), found \(found)"
    }
  }
}
