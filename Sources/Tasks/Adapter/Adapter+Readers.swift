import PTuning
package import Tokenization

/// What turns an adapter's input into windows, and logits into results.
extension Adapter {
  /// - Throws: `AdapterError` where the adapter is for another task, or does not fit its template; `TemplateError`,
  ///   `LayoutError`.
  package func sentenceLayouts(tokenizer: WordpieceTokenizer) throws -> SentenceLayouts {
    try check(task: .ner)
    return SentenceLayouts(
      tokenizer: tokenizer, template: try template(tokenizer: tokenizer),
      maximumRows: configuration.maximumRows, prompt: configuration.prompt)
  }

  /// - Parameter decoding: another way to choose tags than the adapter's.
  package func tagDecoder(_ decoding: DecodingMethod? = nil) throws -> TagDecoder {
    guard decoding != .crf || model.transitions != nil else {
      throw AdapterError(
        .mismatch, path: path, expected: "an adapter trained with decoding crf",
        found: "decoding \(configuration.decoding.rawValue)")
    }
    return TagDecoder(
      tagSet: TagSet(labels: configuration.labels), method: decoding ?? configuration.decoding,
      transitions: model.transitions, temperature: configuration.temperature ?? 1)
  }

  /// - Throws: as `sentenceLayouts`.
  package func questionLayouts(tokenizer: WordpieceTokenizer) throws -> QuestionLayouts {
    try check(task: .qa)
    return QuestionLayouts(
      tokenizer: tokenizer, template: try template(tokenizer: tokenizer),
      answering: configuration.answering ?? AnsweringConfiguration(),
      prompt: configuration.prompt)
  }

  /// - Parameter answers: the most answers of one question that are told.
  package func answerDecoder(answers: Int) -> AnswerDecoder {
    AnswerDecoder(
      nullThreshold: (configuration.answering ?? AnsweringConfiguration()).nullThreshold,
      limit: answers)
  }
}
