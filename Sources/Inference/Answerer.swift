public import Encoders
public import Tasks
public import Tokenization

/// An adapter on its encoder, ready to answer questions about passages.
///
///     var answerer = try Answerer(adapter: adapter, encoder: encoder, tokenizer: tokenizer)
///     let found = try answerer.answers(
///       to: [PassageQuestion(question: "Who moved?", context: "Ada Lovelace moved to Turin.")])
public struct Answerer: Sendable {
  private var extractor: SpanExtractor

  /// By how much no answer must be likelier than the best one to be said; nil: an answer is always given.
  public var nullThreshold: Double? { extractor.decoder.nullThreshold }

  /// - Parameters:
  ///   - adapter: as read from its folder, of the task `qa`.
  ///   - encoder: the one that the adapter was trained on (`Adapter.check` tells).
  ///   - tokenizer: of the same encoder.
  ///   - threads: how many share the work; all processors unless said.
  ///   - answers: the most answers of one question that are told.
  /// - Throws: `TemplateError`, `LayoutError` or `AdapterError` where the adapter does not fit.
  public init(
    adapter: Adapter, encoder: FrozenEncoder, tokenizer: WordpieceTokenizer, threads: Int? = nil,
    answers: Int = 5
  ) throws {
    try encoder.check(vocabularyOf: tokenizer)
    extractor = try SpanExtractor(
      adapter: adapter, encoder: encoder, tokenizer: tokenizer, threads: threads,
      answers: answers)
  }

  /// Makes sure that a question can be asked of any passage.
  ///
  /// - Throws: `QuestionError`.
  public func check(_ question: String) throws {
    try extractor.layouts.check(extractor.layouts.tokenize(question))
  }

  /// What is found for each question, in order, or why it cannot be asked.
  ///
  /// - Throws: `LayoutError` where the template leaves no room for a passage.
  public mutating func answers(
    to questions: [PassageQuestion]
  ) throws -> [Result<PassageAnswers, QuestionError>] {
    try extractor.answers(to: questions)
  }
}
