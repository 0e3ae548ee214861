import Encoders
import Kernels
import PTuning
import Tasks
import Tokenization

/// The encoder with a head and no prompts, and the choice of tags.
struct BenchmarkTagger {
  let arithmetic: Arithmetic
  private let layouts: SentenceLayouts
  private let decoder: TagDecoder
  private var classifier: TokenClassifier

  init(_ options: EncoderOptions, tagSet: TagSet) throws {
    let encoder = try options.loaded(trains: false)
    let tokenizer = try WordpieceTokenizer(folder: options.folder)
    arithmetic = encoder.arithmetic
    layouts = SentenceLayouts(
      tokenizer: tokenizer,
      template: try ResolvedTemplate(
        Template(parsing: "{text}", fields: ["text"]), tokenizer: tokenizer),
      maximumRows: encoder.configuration.maximumPositions, prompt: PromptConfiguration())
    decoder = TagDecoder(tagSet: tagSet)
    classifier = TokenClassifier(
      layouts: layouts, decoder: decoder, encoder: encoder,
      model: FoldedModel(
        prompts: EncoderPrompts(),
        head: LinearHead(
          hidden: encoder.configuration.hiddenSize, outputs: tagSet.count, seed: 1)),
      threads: options.threads)
  }

  /// What the encoder is given of a sentence: made before the clock starts.
  func windows(of sentence: BenchmarkSentence) throws -> [Layout] {
    try layouts.template.layouts(words: sentence.words, maximumRows: layouts.maximumRows)
  }

  /// - Parameter batch: the windows of each sentence.
  /// - Returns: how many words were tagged.
  mutating func tag(_ batch: [[Layout]]) -> Int {
    classifier.logits(of: batch).reduce(0) { $0 + decoder.tags(logits: $1).count }
  }
}
