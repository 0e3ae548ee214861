import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import TestSupport
import Testing

@testable import Training

@Suite struct TrainerTests {
  @Test(arguments: ["{text}", "none", "mlp", "lstm"])
  func learnsWhatFirstLettersSay(_ kind: String) throws {
    let place = try Workplace()
    let reparameterization = Reparameterization(rawValue: kind)
    var configuration = try TrainingConfiguration.short(
      reparameterization ?? .none, template: reparameterization == nil ? kind : "{soft:4} {text}",
      epochs: 12)
    configuration.prompt.reparameterizationDropout = 0
    configuration.dropout = 0
    configuration.learningRate = reparameterization == Reparameterization.none ? 5e-2 : 1e-2
    configuration.headLearningRate = 0.1
    var run = Run(configuration)
    run.training = learnableSentences(150, seed: 1, letters: "agmt")
    run.dev = learnableSentences(20, seed: 2, letters: "agmt")
    let outcome = try run.run(output: place.url.appendingPathComponent("a"))
    let losses = run.epochs.map(\.loss)
    #expect(outcome.isFinished)
    #expect(try #require(outcome.bestF1) > 0.95, "F1 by epoch \(run.epochs.map { $0.devF1 ?? -1 })")
    #expect(losses.count == 12)
    #expect(losses[11] < losses[0] / 2, "\(losses)")

    // The best epoch is the first with the greatest F1, and what is saved is its adapter.
    let scores = run.epochs.map { $0.devF1 ?? -1 }
    #expect(outcome.bestEpoch == 1 + (scores.firstIndex(of: scores.max() ?? 0) ?? -1))
    let adapter = try Adapter(folder: place.url.appendingPathComponent("a"))
    #expect(adapter.configuration.outcome?.epoch == outcome.bestEpoch)
    #expect(adapter.configuration.outcome?.devF1 == outcome.bestF1)
    #expect(try f1(of: adapter, on: run.dev) == outcome.bestF1)
    #expect(place.names == ["a"])
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

  @Test func keepsTheBestEpochAndNotTheLast() throws {
    let place = try Workplace()
    let whole = place.url.appendingPathComponent("whole")
    // Rates so high that F1 goes up and down.
    var configuration = try TrainingConfiguration.short(.none, epochs: 10)
    configuration.learningRate = 0.3
    configuration.headLearningRate = 0.3
    var run = Run(configuration)
    let outcome = try run.run(output: whole)
    let best = try #require(outcome.bestEpoch)
    try #require(best < 10, "the test needs a run that ends worse than its best")
    let last = try #require(run.epochs.last?.devF1)
    #expect(try #require(outcome.bestF1) > last)
    #expect(run.epochs.count { $0.isBest } >= 1)
    #expect(run.epochs.last { $0.isBest }?.epoch == best)
    #expect(try f1(of: Adapter(folder: whole), on: run.dev) == outcome.bestF1)
  }

  @Test func patienceEndsARun() throws {
    let place = try Workplace()
    var configuration = try TrainingConfiguration.short(.none, epochs: 30)
    // Nothing changes, so no epoch is better than the first.
    configuration.learningRate = 0
    configuration.headLearningRate = 0
    configuration.patience = 3
    var run = Run(configuration)
    let outcome = try run.run(output: place.url.appendingPathComponent("a"))
    #expect(outcome.isFinished)
    #expect(outcome.bestEpoch == 1)
    #expect(run.epochs.count == 4)

    // Without dev nothing says that an epoch is no better.
    run.dev = []
    run.configuration.epochs = 6
    #expect(try run.run(output: place.url.appendingPathComponent("b")).bestEpoch == 6)
  }

  @Test func keepsTheLastEpochWithoutDev() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(.mlp, epochs: 4))
    run.dev = []
    let outcome = try run.run(output: output)
    #expect(outcome.bestEpoch == 4)
    #expect(outcome.bestF1 == nil)
    let adapter = try Adapter(folder: output)
    #expect(adapter.configuration.outcome == .init(epoch: 4, devF1: nil))
    // The state holds the last weights: the saved head is theirs.
    let file = try SafetensorsFile(mapping: output.appendingPathComponent("training.safetensors"))
    #expect(try file.tensor("head.weight").values == adapter.model.head.linear.weight.value.values)
  }

  @Test func warnsWhereEverythingIsTaggedO() throws {
    let place = try Workplace()
    var configuration = try TrainingConfiguration.short(.none, epochs: 2)
    configuration.headLearningRate = 0
    configuration.learningRate = 0
    var run = Run(configuration)
    // Of the initial weights some tag words, so the corpus is one that they tag O.
    run.dev = [sentence(["z"])]
    var seeds: [UInt64] = []
    for seed in UInt64(1)...12 {
      run.configuration.seed = seed
      try run.run(output: place.url.appendingPathComponent("a\(seed)"))
      let isO = run.epochs.allSatisfy { $0.devPrecision == 0 && $0.devF1 == 0 }
      if run.warnings.count == 2 { seeds.append(seed) }
      #expect(run.warnings.isEmpty || run.warnings.count == 2)
      #expect(isO)
      for warning in run.warnings { #expect(warning.contains("tags every word O")) }
    }
    // One seed in five, about, has O as the greatest of five outputs.
    #expect(!seeds.isEmpty && seeds.count < 12, "seeds \(seeds)")
  }

  @Test(arguments: ["{text}", "none", "mlp", "lstm"])
  func divergenceIsAnErrorAndSpoilsNothing(_ kind: String) throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    let reparameterization = Reparameterization(rawValue: kind)
    for (rate, batch) in [(Float(1e30), 50), (3e38, 50), (3e38, 100_000)] {
      try? FileManager.default.removeItem(at: output)
      var configuration = try TrainingConfiguration.short(
        reparameterization ?? .none,
        template: reparameterization == nil ? kind : "{soft:4} {text}", epochs: 8)
      configuration.learningRate = rate
      configuration.headLearningRate = rate
      configuration.batchSize = .words(batch)
      configuration.warmup = 0.5
      configuration.restarts = 0
      var run = Run(configuration)
      run.secondsBetweenSaves = 0
      do {
        try run.run(output: output)
        // Numbers may stay finite at 1e30, however useless.
        #expect(rate < 1e38)
      } catch let error as TrainingError {
        guard case .notFinite(_, _, _, let saved) = error else { throw error }
        #expect(saved == FileManager.default.fileExists(atPath: output.path))
        #expect("\(error)".contains("finite"))
      }
      guard FileManager.default.fileExists(atPath: output.path) else { continue }
      let adapter = try Adapter(folder: output)
      #expect(adapter.model.prompts.isFinite)
      // And the state can be resumed from.
      run.resumes = true
      _ = try run.trainer(output: output)
    }
  }

  @Test func infiniteLossIsAnError() throws {
    let place = try Workplace()
    var configuration = try TrainingConfiguration.short(.none, template: "{text}", epochs: 4)
    configuration.headLearningRate = 1e38
    configuration.warmup = 0
    configuration.restarts = 0
    var run = Run(configuration)
    #expect {
      try run.run(output: place.url.appendingPathComponent("a"))
    } throws: { error in
      guard case TrainingError.notFinite = error else { return false }
      return true
    }
    #expect(place.names.allSatisfy { $0 == "a" })
  }

  @Test(arguments: [1, 2, 3])
  func sameSeedSameBytes(threads: Int) throws {
    let place = try Workplace()
    var run = Run(try .short())
    run.threads = threads
    for name in ["a", "b"] { try run.run(output: place.url.appendingPathComponent(name)) }
    run.configuration.seed = 2
    try run.run(output: place.url.appendingPathComponent("c"))
    let files = try ["a", "b", "c"].map {
      try contents(of: place.url.appendingPathComponent($0))
    }
    #expect(files[0] == files[1])
    #expect(files[0][1] != files[2][1] && files[0][2] != files[2][2])
  }

  @Test func changesPromptAndHeadAlone() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    func encoderFiles() throws -> [String: Data] {
      var files: [String: Data] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: TinyEncoder.url.path) {
        files[name] = try Data(contentsOf: TinyEncoder.url.appendingPathComponent(name))
      }
      return files
    }
    let before = try encoderFiles()
    var run = Run(try .short(.lstm))
    let initial = try run.trainer(output: output).model
    try run.run(output: output)
    #expect(try encoderFiles() == before)

    let adapter = try SafetensorsFile(mapping: output.appendingPathComponent("adapter.safetensors"))
    #expect(adapter.names == ["head.bias", "head.weight", "prompt.soft"])
    let state = try SafetensorsFile(mapping: output.appendingPathComponent("training.safetensors"))
    for name in state.names {
      #expect(name.hasPrefix("prompt.") || name.hasPrefix("head."), "\(name)")
    }
    // Each of them has changed.
    var model = initial
    var values: [String: [Float]] = [:]
    model.visitParameters { values[$0.name] = $0.value.values }
    for (name, value) in values {
      #expect(try state.tensor(name).values != value, "\(name)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
        == (exactFiles + ["training.jsonl"]).sorted())
  }

  @Test func logHasALineForEachEpoch() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var run = Run(try .short(.none, epochs: 4))
    try run.run(output: output, steps: 7)
    run.resumes = true
    try run.run(output: output)
    let lines = try Data(contentsOf: output.appendingPathComponent("training.jsonl"))
      .split(separator: UInt8(ascii: "\n"))
    let epochs = try lines.map { try JSONDecoder().decode(EpochSummary.self, from: $0).epoch }
    #expect(epochs == [1, 2, 3, 4])
  }

  @Test func corporaThatTeachNothingAreErrors() throws {
    let place = try Workplace()
    var run = Run(try .short())
    run.training = [sentence([])]
    #expect(throws: TrainingError.noSentences(corpus: "--corpus")) {
      try run.trainer(output: place.url)
    }
    run.training = [sentence(["a", "b"])]
    #expect(throws: TrainingError.noEntities(corpus: "--corpus")) {
      try run.trainer(output: place.url)
    }
    run.training = learnableSentences(5, seed: 1)
    run.configuration.template = "{soft:63} {text}"
    #expect(throws: LayoutError.self) { try run.trainer(output: place.url) }
  }

  @Test func optionsOutOfRangeAreNamed() throws {
    func expectRefused(
      _ option: String, _ change: (inout TrainingConfiguration) -> Void
    ) throws {
      var configuration = try TrainingConfiguration.short()
      try configuration.check()
      change(&configuration)
      #expect {
        try configuration.check()
      } throws: { error in
        guard case TrainingError.outOfRange(let named, _, _) = error else { return false }
        return named == option
      }
    }
    try expectRefused("--epochs") { $0.epochs = 0 }
    try expectRefused("--batch-words") { $0.batchSize = .words(0) }
    try expectRefused("--batch-sentences") { $0.batchSize = .sentences(-1) }
    for rate in [-1, Float.nan, .infinity] {
      try expectRefused("--learning-rate") { $0.learningRate = rate }
      try expectRefused("--head-learning-rate") { $0.headLearningRate = rate }
      try expectRefused("--weight-decay") { $0.weightDecay = rate }
      try expectRefused("--clip") { $0.maximumGradientNorm = rate }
      try expectRefused("--dropout") { $0.dropout = rate }
      try expectRefused("--reparameterization-dropout") {
        $0.prompt.reparameterizationDropout = rate
      }
      try expectRefused("--warmup") { $0.warmup = Double(rate) }
    }
    try expectRefused("--clip") { $0.maximumGradientNorm = 0 }
    try expectRefused("--reparameterization-size") { $0.prompt.reparameterizationSize = 0 }
    try expectRefused("--patience") { $0.patience = 0 }
    for count in [-1, 2] { try expectRefused("--restarts") { $0.restarts = count } }
    try expectRefused("--learning-rate auto") {
      $0.search = .prompt
      $0.learningRate = 0
    }
    try expectRefused("--learning-rate auto") {
      $0.search = .both
      $0.learningRate = 0
      $0.headLearningRate = 0
    }
  }
}
