import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization
import Training

/// Steps of P-tuning: 16 soft rows, LSTM, AdamW; sentences in the order of the file.
struct TrainingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "training")

  @OptionGroup var options: BenchmarkOptions

  @Flag(help: "Sort the sentences by length first.")
  var groupByLength = false

  func run() throws {
    let folder = URL(fileURLWithPath: options.encoder, isDirectory: true)
    let encoder = try FrozenEncoder(
      folder: folder, arithmetic: Arithmetic(options.precision, engine: options.engine))
    let tokenizer = try WordpieceTokenizer(folder: folder)
    var sentences = try BenchmarkSentence.read(options)
    if groupByLength { sentences.sort { $0.ids.count < $1.ids.count } }
    let tagSet = BenchmarkSentence.tagSet(of: sentences)
    let template = try ResolvedTemplate(
      Template(parsing: "{soft:16} {text}", fields: ["text"]), tokenizer: tokenizer)
    let hidden = encoder.configuration.hiddenSize
    var model = TokenClassificationModel(
      prompt: SoftPrompt(
        template: template, configuration: PromptConfiguration(reparameterization: .lstm),
        encoder: encoder, seed: 1),
      head: TokenHead(hidden: hidden, tagCount: tagSet.count, seed: 1))
    var step = TokenClassificationStep(
      encoder: encoder, dropout: 0.1, threads: options.threads)
    var optimiser = AdamW(weightDecay: 0)
    let batches = try sentences.batches(of: options.batch).map {
      try $0.examples(
        template: template, tagSet: tagSet,
        maximumRows: encoder.configuration.maximumPositions)
    }
    let result = BenchmarkResult.measure(
      "training", sentences, repetitions: options.repetitions
    ) {
      for (index, batch) in batches.enumerated() {
        _ = step.gradients(of: &model, batch: batch) { purpose, shard in
          RandomStream(seed: 1, purpose: purpose, index, shard)
        }
        GradientClipping.clip(&model, maximum: 1)
        optimiser.update(&model) { _ in 1e-3 }
      }
    }
    try result.write()
  }
}
