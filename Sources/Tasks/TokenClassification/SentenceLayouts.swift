package import Corpora
package import PTuning
package import Tokenization

/// Turns sentences into windows: wordpieces of each word, laid out by the template.
package struct SentenceLayouts: Sendable {
  package let tokenizer: WordpieceTokenizer
  package let template: ResolvedTemplate
  /// The most rows of one encoder input.
  package let maximumRows: Int
  /// Whether rows carry the shapes of their words.
  private let usesShapes: Bool
  /// The position of every window's first row.
  package let firstPosition: Int

  /// - Parameters:
  ///   - maximumRows: the most rows of one encoder input.
  ///   - prompt: says whether shapes are needed, and where positions begin.
  package init(
    tokenizer: WordpieceTokenizer, template: ResolvedTemplate, maximumRows: Int,
    prompt: PromptConfiguration
  ) {
    self.tokenizer = tokenizer
    self.template = template
    self.maximumRows = maximumRows
    usesShapes = prompt.usesShapes
    firstPosition = prompt.firstPosition
  }

  /// The windows of a sentence, in order; every word is answered for by one of them.
  package func windows(of words: [String]) throws(LayoutError) -> [Layout] {
    try template.layouts(
      words: words.map { tokenizer.wordpieceIDs(ofWord: $0) },
      shapes: usesShapes ? words.map { WordShape(ofWord: $0).rawValue } : [],
      maximumRows: maximumRows)
  }

  /// The windows of an annotated sentence with their targets.
  ///
  /// - Throws: `LayoutError`, or `TagSetError` where a label is unknown or spans overlap.
  package func examples(of sentence: Sentence, tagSet: TagSet) throws -> [TokenExample] {
    let tags = try tagSet.tags(of: sentence.spans, wordCount: sentence.words.count)
    return try windows(of: sentence.words.map(\.text)).map { window in
      let answers = window.answers
      return TokenExample(
        window: window, targets: Array(tags[answers]),
        previous: answers.lowerBound > 0 ? tags[answers.lowerBound - 1] : nil,
        isContinued: answers.upperBound < tags.count)
    }
  }
}
