package import Corpora
import Encoders
package import Foundation
package import Inference
import Kernels
import PTuning
import Synchronization
import Tasks
import Tokenization
import Training

/// Folders of small adapters on the tiny encoder of the fixtures, made once: taggers of different templates, prompts and
/// label sets, and answerers.
package enum EngineAdapters {
  package static let taggers = ["plain", "soft", "deep"]
  package static let answerers = ["answers", "deepAnswers"]
  package static var all: [String] { taggers + answerers }

  package static func folder(_ name: String) throws -> URL {
    try place.get().appendingPathComponent(name)
  }

  /// Tests of one run share it; it goes when they end.
  private static let place = Result {
    let place = try make()
    folders.withLock { $0.append(place.path) }
    atexit { folders.withLock { $0 }.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    return place
  }
  private static let folders = Mutex([String]())

  /// An engine with all of them.
  package static func engine(
    threads: Int = 2, limits: Engine.Limits = Engine.Limits(),
    observer: (any EngineObserver)? = nil
  ) throws -> Engine {
    let engine = try Engine(
      encoderFolder: Tiny.folder(), threads: threads, limits: limits, observer: observer,
      environment: [:])
    for name in all { try engine.adapters.load(name: name, folder: folder(name)) }
    return engine
  }

  private static func make() throws -> URL {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(
      "enxerto-engine-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let sentences = try CorpusReader.read(
      [.bytes(Array(Tiny.corpus.utf8), name: "corpus")], options: CorpusOptions()
    ).sentences
    let deep = PromptConfiguration(
      reparameterization: .none, deep: DeepPromptConfiguration(rows: 3, positions: .shifted),
      usesShapes: true, usesBiases: true)
    let deepAnswers = PromptConfiguration(
      reparameterization: .none, deep: DeepPromptConfiguration(rows: 5))
    let plain = PromptConfiguration(reparameterization: .none)
    for (name, template, prompt) in [
      ("plain", "{text}", plain), ("soft", "find : {text} {soft:3}", plain),
      ("deep", "{soft:1} {text}", deep),
    ] {
      let some = name == "plain" ? Array(sentences.prefix(2)) : sentences
      try train(
        to: place.appendingPathComponent(name), .sentences(training: some, dev: []),
        TrainingConfiguration(
          template: Template(parsing: template, fields: ["text"]), prompt: prompt, epochs: 20,
          learningRate: 0.05, headLearningRate: 0.05,
          headLayers: name == "deep" ? .mix : .last))
    }
    for (name, prompt) in [("answers", plain), ("deepAnswers", deepAnswers)] {
      try train(
        to: place.appendingPathComponent(name), .questions(training: passages, dev: passages),
        TrainingConfiguration(
          for: CorpusSize(questions: 6, words: 60), template: .questionAnswering, prompt: prompt,
          epochs: 10, batchSize: .questions(2), learningRate: 0.02, headLearningRate: 0.02,
          answering: AnsweringConfiguration(windowRows: 64, stride: 16, maximumWords: 5)))
    }
    return place
  }

  package static let passages: [Passage] = ["Porto", "Faro", "Braga"].enumerated().map {
    number, town in
    let context = "Ana lives in \(town) . Rui does not ."
    return Passage(
      title: nil, number: number + 1, context: context,
      questions: [
        Question(
          id: "\(number)-a", question: "where is Ana",
          answers: [Answer(text: town, range: 13..<13 + town.unicodeScalars.count)]),
        Question(id: "\(number)-b", question: "when was it", answers: []),
      ])
  }

  private static func train(
    to output: URL, _ corpora: TrainingCorpora, _ configuration: TrainingConfiguration
  ) throws {
    var trainer = try Trainer(
      Trainer.Setup(
        configuration: configuration, encoder: FrozenEncoder(folder: Tiny.encoderFolder),
        tokenizer: WordpieceTokenizer(folder: Tiny.encoderFolder), encoderFolder: Tiny.folder(),
        encoderSHA256: EncoderFingerprint.compute(folder: Tiny.encoderFolder), output: output,
        threads: 1), corpora)
    _ = try trainer.run { _ in }
  }
}
