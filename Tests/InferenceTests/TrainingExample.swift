// README.md shows what stands between the markers; ExampleTests holds both equal. Public products
// alone are imported.

// example: training
import Corpora
import Encoders
import Foundation
import PTuning
import Tokenization
import Training

/// Trains a tagger on annotated sentences, a tenth of which selects the best epoch.
func trainTagger(corpus: URL, encoder: URL, output: URL) throws {
  let sentences = try CorpusReader.read(files: [corpus], options: CorpusOptions()).sentences
  let split = HeldOut(sentences, seed: 1)
  var trainer = try Trainer(
    Trainer.Setup(
      configuration: TrainingConfiguration(
        template: Template(parsing: "{soft:8} {text}", fields: ["text"]),
        prompt: PromptConfiguration(reparameterization: .lstm), epochs: 12),
      encoder: FrozenEncoder(folder: encoder),
      tokenizer: WordpieceTokenizer(folder: encoder),
      encoderFolder: EncoderFolder.locate(
        encoder.path, environment: [:], currentDirectory: encoder),
      encoderSHA256: EncoderFingerprint.compute(folder: encoder),
      output: output, threads: ProcessInfo.processInfo.activeProcessorCount),
    .sentences(training: split.training, dev: split.dev))
  let outcome = try trainer.run { event in
    if case .epoch(let epoch) = event { print(epoch.epoch, epoch.loss, epoch.devF1 ?? 0) }
  }
  print("kept epoch", outcome.bestEpoch ?? 0)
}
// end of example
