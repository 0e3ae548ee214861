import ArgumentParser
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Tokenization
import Training

/// An epoch of training deep prompts beside one forward pass over the same batches, in turns.
struct EpochBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "epoch")

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "Keys and values at every layer.")
  var deepPrompt = 16

  @Flag(help: "Train the additions to biases and the mix of layers too, with dropout.")
  var full = false

  func run() throws {
    let encoder = try options.encoder.loaded(trains: true)
    let tokenizer = try WordpieceTokenizer(folder: options.encoder.folder)
    let sentences = try BenchmarkSentence.read(options)
    let tagSet = BenchmarkSentence.tagSet(of: sentences)
    let template = try ResolvedTemplate(.namedEntities, tokenizer: tokenizer)
    let (hidden, layers) = (encoder.configuration.hiddenSize, encoder.configuration.layerCount)
    var model = AdapterModel(
      prompt: SoftPrompt(
        template: template, configuration: PromptConfiguration(), encoder: encoder, seed: 1),
      deep: DeepPrompt(
        configuration: DeepPromptConfiguration(rows: deepPrompt, reparameterization: .mlp),
        encoder: encoder, text: nil,
        seed: 1),
      biases: BiasAdditions(isUsed: full, encoder: encoder),
      mix: full ? LayerMix(layers: layers + 1) : nil,
      head: LinearHead(hidden: hidden, outputs: tagSet.count, seed: 1))
    let batches = try sentences.batches(of: options.batch).map {
      try $0.examples(
        template: template, tagSet: tagSet,
        maximumRows: encoder.configuration.maximumPositions)
    }
    var step = GradientStep<TokenExample>(
      encoder: encoder, dropout: 0.1, encoderDropout: full ? 0.1 : 0, threads: options.threads)
    var optimiser = AdamW(weightDecay: 0)
    var scorer = WindowScorer(encoder: encoder, model: model.folded(), threads: options.threads)

    func train() {
      for (index, batch) in batches.enumerated() {
        _ = step.gradients(of: &model, batch: batch) { purpose, shard in
          RandomStream(seed: 1, purpose: purpose, index, shard)
        }
        GradientClipping.clip(&model, maximum: 1, threads: options.threads)
        optimiser.update(&model, threads: options.threads) { _ in 1e-3 }
      }
    }
    func forward() {
      for batch in batches { _ = scorer.logits(of: batch.map(\.window)) }
    }
    func seconds(_ pass: () -> Void) -> Double {
      let start = ContinuousClock.now
      pass()
      return (ContinuousClock.now - start) / .seconds(1)
    }

    forward()
    train()
    var times: [(forward: Double, training: Double)] = []
    for _ in 0..<options.repetitions { times.append((seconds(forward), seconds(train))) }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let result = Result(
      words: sentences.reduce(0) { $0 + $1.first.count }, batches: batches.count,
      forward_seconds: median(times.map(\.forward)),
      training_seconds: median(times.map(\.training)),
      ratio: median(times.map { $0.training / $0.forward }))
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    print(String(decoding: try coder.encode(result), as: UTF8.self))
  }

  struct Result: Encodable {
    var words: Int
    var batches: Int
    var forward_seconds: Double
    var training_seconds: Double
    /// Training by forward, the median of the rounds' own ratios.
    var ratio: Double
  }
}
