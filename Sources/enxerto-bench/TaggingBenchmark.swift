import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization

/// The encoder with a head and no prompts, sentences sorted by length, decoding included.
struct TaggingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tagging")

  @OptionGroup var options: BenchmarkOptions

  func run() throws {
    let folder = URL(fileURLWithPath: options.encoder, isDirectory: true)
    let encoder = try FrozenEncoder(
      folder: folder, arithmetic: Arithmetic(options.precision, engine: options.engine),
      trains: false)
    let tokenizer = try WordpieceTokenizer(folder: folder)
    let sentences = try BenchmarkSentence.read(options).sorted { $0.ids.count < $1.ids.count }
    let tagSet = BenchmarkSentence.tagSet(of: sentences)
    let layouts = SentenceLayouts(
      tokenizer: tokenizer,
      template: try ResolvedTemplate(
        Template(parsing: "{text}", fields: ["text"]), tokenizer: tokenizer),
      maximumRows: encoder.configuration.maximumPositions, prompt: PromptConfiguration())
    let decoder = TagDecoder(tagSet: tagSet)
    var classifier = TokenClassifier(
      layouts: layouts, decoder: decoder, encoder: encoder,
      model: FoldedTokenModel(
        prompts: EncoderPrompts(),
        head: TokenHead(
          hidden: encoder.configuration.hiddenSize, tagCount: tagSet.count, seed: 1)),
      threads: options.threads)
    let batches = try sentences.batches(of: options.batch).map { batch in
      try batch.map {
        try layouts.template.layouts(words: $0.words, maximumRows: layouts.maximumRows)
      }
    }
    var tagged = 0
    let result = BenchmarkResult.measure(
      "tagging", sentences, repetitions: options.repetitions
    ) {
      for batch in batches {
        for logits in classifier.logits(of: batch) { tagged += decoder.tags(logits: logits).count }
      }
    }
    precondition(tagged == result.words * (options.repetitions + 1))
    try result.write()
  }
}
