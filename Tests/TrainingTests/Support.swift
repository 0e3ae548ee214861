import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import TestSupport
import Testing
import Tokenization

@testable import Training

/// An encoder of two layers whose vocabulary is single letters.
struct TinyEncoder {
  static let url = packageRoot.appendingPathComponent(
    "Tests/EncodersTests/Fixtures/tiny-uncased-gelu")

  let folder: EncoderFolder
  let encoder: FrozenEncoder
  let tokenizer: WordpieceTokenizer

  init() throws {
    folder = try EncoderFolder.locate(
      Self.url.path, environment: [:], currentDirectory: packageRoot)
    encoder = try FrozenEncoder(folder: Self.url)
    tokenizer = try WordpieceTokenizer(folder: Self.url)
  }
}

/// A folder of one test's own, removed at its end.
final class Workplace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// What it holds.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}

/// Sentences whose words are labelled by their first letter: a to f PER, g to l LOC.
///
/// - Parameter letters: the fewer, the easier for an encoder that was never trained.
func learnableSentences(
  _ count: Int, seed: UInt64, letters: String = "abcdefghijklmnopqrstuvwxyz"
) -> [Sentence] {
  var random = RandomStream(seed: seed, purpose: "learnable corpus")
  let letters = Array(letters.unicodeScalars)
  func letter() -> String { String(letters[Int(random.next() % UInt64(letters.count))]) }
  return (0..<count).map { _ in
    let words = (0..<3 + random.next() % 5).map { _ in
      (0...random.next() % 3).map { _ in letter() }.joined()
    }
    let spans = words.enumerated().compactMap { index, word -> EntitySpan? in
      switch word.utf8.first ?? 0 {
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        EntitySpan(label: "PER", words: index..<index + 1)
      case UInt8(ascii: "g")...UInt8(ascii: "l"):
        EntitySpan(label: "LOC", words: index..<index + 1)
      default: nil
      }
    }
    return sentence(words, spans: spans)
  }
}

func sentence(_ words: [String], spans: [EntitySpan] = []) -> Sentence {
  Document(words: words, spans: spans).sentences[0]
}

/// A run with everything that a test may want to change.
struct Run {
  var configuration: TrainingConfiguration
  var training = learnableSentences(40, seed: 1)
  var dev = learnableSentences(20, seed: 2)
  var threads = 1
  var resumes = false
  var secondsBetweenSaves = 300.0
  var sha256 = "tiny"
  /// Every event of the last run.
  var events: [TrainingEvent] = []

  init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
  }

  func setup(output: URL) throws -> Trainer.Setup {
    let tiny = try TinyEncoder()
    var setup = Trainer.Setup(
      configuration: configuration, encoder: tiny.encoder, tokenizer: tiny.tokenizer,
      encoderFolder: tiny.folder, encoderSHA256: sha256, output: output, threads: threads,
      resumes: resumes)
    setup.secondsBetweenSaves = secondsBetweenSaves
    return setup
  }

  func trainer(output: URL) throws -> Trainer {
    try Trainer(setup(output: output), .sentences(training: training, dev: dev))
  }

  /// - Parameter steps: stops after so many of this run; nil: never.
  @discardableResult
  mutating func run(output: URL, steps: Int? = nil) throws -> Trainer.Outcome {
    var trainer = try trainer(output: output)
    var done = 0
    var told: [TrainingEvent] = []
    defer { events = told }
    return try trainer.run(shouldStop: { steps.map { done >= $0 } ?? false }) { event in
      if case .step = event { done += 1 }
      told.append(event)
    }
  }

  var epochs: [EpochSummary] {
    events.compactMap { if case .epoch(let summary) = $0 { summary } else { nil } }
  }

  var restarts: [TrainingRestart] {
    events.compactMap { if case .restarted(let restart) = $0 { restart } else { nil } }
  }

  var findings: [LearningRateFinding] {
    events.compactMap { if case .foundLearningRates(let finding) = $0 { finding } else { nil } }
  }

  var stepCount: Int { events.count { if case .step = $0 { true } else { false } } }

  var saveCount: Int { events.count { if case .saved = $0 { true } else { false } } }

  var warnings: [String] {
    events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
  }
}

extension TrainingConfiguration {
  /// A short run with every kind of dropout.
  static func short(
    _ reparameterization: Reparameterization = .lstm, template: String = "{soft:3} {text}",
    epochs: Int = 3, seed: UInt64 = 1
  ) throws -> TrainingConfiguration {
    TrainingConfiguration(
      template: try Template(parsing: template, fields: ["text"]),
      prompt: PromptConfiguration(
        reparameterization: reparameterization, reparameterizationSize: 6,
        reparameterizationDropout: 0.3),
      epochs: epochs, batchSize: .words(50), learningRate: 5e-3, headLearningRate: 2e-2,
      dropout: 0.2, seed: seed)
  }
}

/// The files that must be the same to the last byte.
let exactFiles = ["adapter.json", "adapter.safetensors", "training.safetensors"]

func contents(of folder: URL) throws -> [Data] {
  try exactFiles.map { try Data(contentsOf: folder.appendingPathComponent($0)) }
}

/// Runs to the end in pieces of so many steps, each by a new trainer; says how many there were.
func runInPieces(_ run: Run, of steps: (Int) -> Int, output: URL) throws -> Int {
  var run = run
  for piece in 0..<1000 {
    let outcome = try run.run(output: output, steps: steps(piece))
    // What is interrupted before it has saved anything begins anew.
    run.resumes = FileManager.default.fileExists(atPath: output.path)
    if outcome.isFinished { return piece + 1 }
  }
  Issue.record("the run never ended")
  return 0
}
