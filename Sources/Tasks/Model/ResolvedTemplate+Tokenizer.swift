package import PTuning
package import Tokenization

extension ResolvedTemplate {
  /// Resolves a template's words with an encoder's own tokenizer.
  package init(_ template: Template, tokenizer: WordpieceTokenizer) throws {
    try self.init(
      template, classification: tokenizer.classificationID, separator: tokenizer.separatorID
    ) { tokenizer.wordpieces(of: $0).map(\.id) }
  }
}
