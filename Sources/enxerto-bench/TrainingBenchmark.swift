import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization
import Training

/// Steps of training, forward, backward, clipping and AdamW; sentences in the order of the file.
struct TrainingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "training")

  /// What is trained.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    /// 16 rows before the text, made by an LSTM.
    case soft
    /// 16 keys and values in every layer.
    case deep
  }

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "What is trained: soft (16 rows by an LSTM) or deep (16 keys and values a layer).")
  var method = Method.soft

  @Flag(help: "Sort the sentences by length first.")
  var groupByLength = false

  func run() throws {
    let encoder = try options.encoder.loaded(trains: true)
    let tokenizer = try WordpieceTokenizer(folder: options.encoder.folder)
    var sentences = try BenchmarkSentence.read(options)
    if groupByLength { sentences.sort { $0.ids.count < $1.ids.count } }
    let tagSet = BenchmarkSentence.tagSet(of: sentences)
    let template = try ResolvedTemplate(
      Template(parsing: method == .soft ? "{soft:16} {text}" : "{text}", fields: ["text"]),
      tokenizer: tokenizer)
    var model = model(encoder: encoder, template: template, tagSet: tagSet)
    var step = GradientStep<TokenExample>(
      encoder: encoder, dropout: 0.1, threads: options.threads)
    var optimiser = AdamW(weightDecay: 0)
    let batches = try sentences.batches(of: options.batch).map {
      try $0.examples(
        template: template, tagSet: tagSet,
        maximumRows: encoder.configuration.maximumPositions)
    }
    let result = BenchmarkResult.measure(
      "training", sentences, arithmetic: encoder.arithmetic, repetitions: options.repetitions
    ) {
      for (index, batch) in batches.enumerated() {
        _ = step.gradients(of: &model, batch: batch) { purpose, shard in
          RandomStream(seed: 1, purpose: purpose, index, shard)
        }
        GradientClipping.clip(&model, maximum: 1, threads: options.threads)
        optimiser.update(&model, threads: options.threads) { _ in 1e-3 }
      }
    }
    try result.write()
  }

  private func model(
    encoder: FrozenEncoder, template: ResolvedTemplate, tagSet: TagSet
  ) -> AdapterModel {
    let prompt = SoftPrompt(
      template: template, configuration: PromptConfiguration(reparameterization: .lstm),
      encoder: encoder, seed: 1)
    let head = LinearHead(
      hidden: encoder.configuration.hiddenSize, outputs: tagSet.count, seed: 1)
    switch method {
    case .soft: return AdapterModel(prompt: prompt, head: head)
    case .deep:
      return AdapterModel(
        prompt: prompt,
        deep: DeepPrompt(
          configuration: DeepPromptConfiguration(rows: 16, reparameterization: .none),
          encoder: encoder, text: nil, seed: 1),
        head: head)
    }
  }
}
