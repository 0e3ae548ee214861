public import Encoders
public import Tokenization

extension FrozenEncoder {
  /// Checks that the encoder has an embedding for every wordpiece of a tokenizer.
  ///
  /// - Parameter path: the encoder's folder, for the message.
  /// - Throws: `AdapterError` where the vocabulary is larger.
  public func check(
    vocabularyOf tokenizer: WordpieceTokenizer, path: String = "encoder"
  ) throws(AdapterError) {
    guard tokenizer.vocabulary.count <= configuration.vocabularySize else {
      throw AdapterError(
        .mismatch, path: path,
        expected: "a vocabulary of at most \(configuration.vocabularySize) wordpieces "
          + "(vocab_size in config.json)",
        found: "\(tokenizer.vocabulary.count)")
    }
  }
}
