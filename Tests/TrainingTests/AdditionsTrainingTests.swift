import Corpora
import Encoders
import Foundation
import PTuning
import Tasks
import Testing

@testable import Training

/// Runs with everything that can be trained beside soft rows and the head.
@Suite struct AdditionsTrainingTests {
  /// One set of options.
  struct Options: Sendable, CustomStringConvertible {
    let description: String
    var prompt: PromptConfiguration
    var headLayers = HeadLayers.last
    var decoding = DecodingMethod.viterbi
    var template = "{text}"

    init(
      _ description: String, deep: DeepPromptConfiguration?, usesShapes: Bool = false,
      usesBiases: Bool = false, headLayers: HeadLayers = .last,
      decoding: DecodingMethod = .viterbi, template: String = "{text}"
    ) {
      self.description = description
      prompt = PromptConfiguration(
        reparameterization: .none, deep: deep, usesShapes: usesShapes, usesBiases: usesBiases)
      self.headLayers = headLayers
      self.decoding = decoding
      self.template = template
    }

    func configuration() throws -> TrainingConfiguration {
      TrainingConfiguration(
        template: try Template(parsing: template, fields: ["text"]), prompt: prompt, epochs: 2,
        batchSize: .words(50), learningRate: 1e-2, headLearningRate: 2e-2, dropout: 0.1,
        encoderDropout: 0.1, headLayers: headLayers, decoding: decoding, seed: 3)
    }
  }

  static let options: [Options] = [
    Options("default", deep: .init(rows: 4), usesShapes: true),
    Options("shifted", deep: .init(rows: 4, dropout: 0.1, positions: .shifted)),
    Options("text", deep: .init(rows: 4, initialisation: .text("ab c"))),
    Options(
      "mlp",
      deep: .init(
        rows: 4, firstLayer: 1, reparameterization: .mlp, reparameterizationSize: 6,
        dropout: 0.1)),
    Options("crf", deep: .init(rows: 4), decoding: .crf),
    Options("mix", deep: .init(rows: 4), headLayers: .mix),
    Options("biases", deep: nil, usesBiases: true),
    Options("mix alone", deep: nil, headLayers: .mix, decoding: .crf),
    Options(
      "everything", deep: .init(rows: 3, dropout: 0.1, positions: .shifted), usesShapes: true,
      usesBiases: true, headLayers: .mix, decoding: .crf, template: "{soft:2} {text}"),
  ]

  private func run(_ options: Options, threads: Int = 1) throws -> Run {
    var run = Run(try options.configuration())
    // The last is read in windows.
    let long = learnableSentences(30, seed: 5).flatMap { $0.words.map(\.text) }
    run.training =
      learnableSentences(24, seed: 1)
      + [sentence(long, spans: [EntitySpan(label: "PER", words: 0..<2)])]
    run.dev = learnableSentences(12, seed: 2)
    run.threads = threads
    return run
  }

  /// Scores an adapter as read from its folder.
  private func f1(of adapter: Adapter, on sentences: [Sentence]) throws -> Double {
    let tiny = try TinyEncoder()
    try adapter.check(encoder: tiny.encoder, sha256: "tiny", path: TinyEncoder.url.path)
    var classifier = try TokenClassifier(
      adapter: adapter, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
    var scores = NERScores()
    for (sentence, prediction) in zip(
      sentences, try classifier.predict(sentences.map { $0.words.map(\.text) }))
    {
      scores.add(gold: sentence.spans, predicted: prediction.spans.map(\.span))
    }
    return scores.micro.f1
  }

  @Test(arguments: options)
  func resumedRunsEndWithTheSameBytes(options: Options) throws {
    let place = try Workplace()
    for threads in [1, 2] {
      var run = try run(options, threads: threads)
      let whole = place.url.appendingPathComponent("whole\(threads)")
      let outcome = try run.run(output: whole)
      #expect(outcome.isFinished && run.warnings.allSatisfy { $0.contains("tags every word O") })
      let total = run.stepCount
      try #require(total >= 6)
      let expected = try contents(of: whole)
      for size in [1, 3, total - 1] {
        let output = place.url.appendingPathComponent("\(threads)by\(size)")
        _ = try runInPieces(run, of: { _ in size }, output: output)
        #expect(
          try contents(of: output) == expected,
          "\(options), \(threads) threads, stopped after every \(size) of \(total) steps")
      }
    }
  }

  @Test(arguments: options)
  func theSavedAdapterIsTheOneThatWasScored(options: Options) throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = try run(options)
    run.configuration.epochs = 6
    run.training = learnableSentences(60, seed: 1, letters: "agmt")
    run.dev = learnableSentences(20, seed: 2, letters: "agmt")
    let outcome = try run.run(output: output)
    let adapter = try Adapter(folder: output)
    #expect(try f1(of: adapter, on: run.dev) == outcome.bestF1)
    #expect(try #require(outcome.bestF1) > 0.2, "\(options)")
    #expect(adapter.configuration.prompt == options.prompt)
    #expect(adapter.configuration.headLayers == options.headLayers)
    #expect(adapter.configuration.decoding == options.decoding)
    // Fitted on dev, and only there.
    let temperature = try #require(adapter.configuration.temperature)
    #expect(temperature.isFinite && temperature > 0)
    run.dev = []
    run.configuration.epochs = 1
    let without = place.url.appendingPathComponent("b")
    try run.run(output: without)
    #expect(try Adapter(folder: without).configuration.temperature == nil)
  }

  @Test func otherAdditionsAreNamed() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = try run(Self.options[8])
    try run.run(output: output, steps: 2)
    run.resumes = true
    func expectDiffers(_ what: String, _ change: (inout TrainingConfiguration) -> Void) throws {
      var other = run
      change(&other.configuration)
      #expect {
        try other.trainer(output: output)
      } throws: { error in
        guard case TrainingError.differs(let named, let then, let now) = error else {
          Issue.record("\(what): \(error)")
          return true
        }
        return named.contains(what) && then != now
      }
    }
    try expectDiffers("--deep-prompt") { $0.prompt.deep?.rows = 2 }
    try expectDiffers("--deep-prompt") { $0.prompt.deep = nil }
    try expectDiffers("--deep-first-layer") { $0.prompt.deep?.firstLayer = 1 }
    try expectDiffers("--deep-reparameterization") {
      $0.prompt.deep?.reparameterization = .mlp
    }
    try expectDiffers("--deep-dropout") { $0.prompt.deep?.dropout = 0 }
    try expectDiffers("--deep-positions") { $0.prompt.deep?.positions = .unmoved }
    try expectDiffers("--prompt-init") { $0.prompt.deep?.initialisation = .zero }
    try expectDiffers("--shape") { $0.prompt.usesShapes = false }
    try expectDiffers("--biases") { $0.prompt.usesBiases = false }
    try expectDiffers("--layers") { $0.headLayers = .last }
    try expectDiffers("--encoder-dropout") { $0.encoderDropout = 0 }
    try expectDiffers("--decoding") { $0.decoding = .viterbi }
    _ = try run.trainer(output: output)
  }

  @Test func whatTheEncoderCannotHoldIsAnError() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    func expectRefused(_ option: String, _ deep: DeepPromptConfiguration) throws {
      let run = try run(Options(option, deep: deep))
      #expect {
        try run.trainer(output: output)
      } throws: { error in
        guard case TrainingError.outOfRange(let named, _, _) = error else { return false }
        return named == option
      }
    }
    try expectRefused("--deep-first-layer", .init(rows: 2, firstLayer: 2))
    try expectRefused("--deep-prompt", .init(rows: 32, positions: .shifted))
    try expectRefused("--deep-prompt", .init(rows: 0))
    try expectRefused("--prompt-init", .init(rows: 2, initialisation: .text("\u{7}")))
  }
}
