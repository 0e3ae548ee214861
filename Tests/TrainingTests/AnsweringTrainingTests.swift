import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks
import Testing
import Tokenization

@testable import Training

/// Passages of letters; the answer to "x?" is the word that begins with x, and there may be none.
private func learnablePassages(_ count: Int, seed: UInt64) -> [Passage] {
  var random = RandomStream(seed: seed, purpose: "learnable passages")
  let letters = Array("bcdfgh")
  return (0..<count).map { number in
    var words: [String] = []
    for _ in 0..<6 {
      let letter = letters[Int(random.next() % 6)]
      words.append("\(letter)\(letter)")
    }
    let context = words.joined(separator: " ")
    let questions = letters.prefix(3).map { letter -> Question in
      let answer = "\(letter)\(letter)"
      var answers: [Answer] = []
      if let place = words.firstIndex(of: answer) {
        let start = words[..<place].reduce(0) { $0 + $1.utf8.count + 1 }
        answers = [Answer(text: answer, range: start..<start + 2)]
      }
      return Question(id: "\(number)-\(letter)", question: "\(letter)\(letter)", answers: answers)
    }
    return Passage(title: nil, number: number + 1, context: context, questions: questions)
  }
}

@Suite struct AnsweringTrainingTests {
  private func configuration(epochs: Int = 3) -> TrainingConfiguration {
    TrainingConfiguration(
      for: CorpusSize(questions: 60, words: 360), template: .questionAnswering,
      prompt: PromptConfiguration(
        reparameterization: .none, deep: DeepPromptConfiguration(rows: 4), usesBiases: true),
      epochs: epochs, batchSize: .questions(8), learningRate: 0.02, headLearningRate: 0.02,
      dropout: 0, headLayers: .mix,
      answering: AnsweringConfiguration(windowRows: 64, stride: 8, maximumWords: 5))
  }

  private func trainer(
    _ output: URL, _ configuration: TrainingConfiguration, resumes: Bool = false,
    dev: [Passage] = learnablePassages(10, seed: 2)
  ) throws -> Trainer {
    let tiny = try TinyEncoder()
    var setup = Trainer.Setup(
      configuration: configuration, encoder: tiny.encoder, tokenizer: tiny.tokenizer,
      encoderFolder: tiny.folder, encoderSHA256: "tiny", output: output, threads: 2,
      resumes: resumes)
    setup.secondsBetweenSaves = 300
    return try Trainer(setup, .questions(training: learnablePassages(20, seed: 1), dev: dev))
  }

  @Test func answersAreLearned() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var trainer = try trainer(output, configuration(epochs: 30))
    var epochs: [EpochSummary] = []
    var plan: TrainingPlan?
    let outcome = try trainer.run { event in
      if case .epoch(let summary) = event { epochs.append(summary) }
      if case .began(let began) = event { plan = began }
    }
    let counts = try #require(plan?.counts)
    #expect(counts.unit == "questions" && counts.training == 60 && counts.dev == 30)
    let first = try #require(epochs.first)
    let last = try #require(epochs.last)
    #expect(last.loss < first.loss / 3)
    let f1 = try #require(outcome.bestF1)
    #expect(f1 > 0.7, "\(f1)")
    #expect(outcome.bestExact ?? 0 > 0.7)
    let adapter = try Adapter(folder: output)
    #expect(adapter.configuration.task == .qa && adapter.configuration.labels.isEmpty)
    #expect(adapter.configuration.answering?.nullThreshold != nil)
    #expect(adapter.configuration.outcome?.devExact == outcome.bestExact)

    // What inference says is what training measured.
    let tiny = try TinyEncoder()
    var extractor = try SpanExtractor(
      adapter: adapter, encoder: tiny.encoder, tokenizer: tiny.tokenizer, threads: 1)
    let dev = learnablePassages(10, seed: 2)
    var right = 0
    for passage in dev {
      for question in passage.questions {
        let found = try extractor.answers(
          to: [PassageQuestion(question: question.question, context: passage.context)])[0].get()
        let text = found.best?.text(in: passage.context) ?? ""
        if SQuADScores.isExact(text, of: question.answers.map(\.text)) { right += 1 }
      }
    }
    #expect(abs(Double(right) / 30 - (outcome.bestExact ?? 0)) < 0.01)
  }

  @Test func anInterruptedRunEndsAsOneThatWasNot() throws {
    let place = try Workplace()
    let (whole, cut) = (
      place.url.appendingPathComponent("whole"), place.url.appendingPathComponent("cut")
    )
    var trainer = try trainer(whole, configuration())
    #expect(try trainer.run { _ in }.isFinished)
    for steps in [3, 9, 1, 100] {
      let resumes = FileManager.default.fileExists(atPath: cut.path)
      trainer = try self.trainer(cut, configuration(), resumes: resumes)
      var done = 0
      _ = try trainer.run(shouldStop: { done >= steps }) { event in
        if case .step = event { done += 1 }
      }
    }
    for name in [Adapter.configurationFile, Adapter.weightsFile] {
      #expect(
        try Data(contentsOf: whole.appendingPathComponent(name))
          == Data(contentsOf: cut.appendingPathComponent(name)), "\(name)")
    }
    // Other questions, other windows: refused.
    #expect(throws: TrainingError.self) {
      _ = try self.trainer(
        cut, configuration(), resumes: true, dev: learnablePassages(10, seed: 3))
    }
    var other = configuration()
    other.answering?.stride = 9
    #expect(throws: TrainingError.self) { _ = try self.trainer(cut, other, resumes: true) }
  }

  @Test func withoutDevTheLastEpochIsKept() throws {
    let place = try Workplace()
    let output = place.url.appendingPathComponent("a")
    var trainer = try trainer(output, configuration(), dev: [])
    let outcome = try trainer.run { _ in }
    #expect(outcome.bestEpoch == 3 && outcome.bestF1 == nil)
    // Some questions have no answer, so none may be said, at the threshold of no preference.
    #expect(try Adapter(folder: output).configuration.answering?.nullThreshold == 0)
  }

  @Test func withoutUnanswerableQuestionsAnAnswerIsAlwaysGiven() throws {
    let place = try Workplace()
    let tiny = try TinyEncoder()
    let passages = learnablePassages(10, seed: 4).map { passage in
      var passage = passage
      passage.questions.removeAll(where: \.answers.isEmpty)
      return passage
    }
    let output = place.url.appendingPathComponent("a")
    var trainer = try Trainer(
      Trainer.Setup(
        configuration: configuration(epochs: 1), encoder: tiny.encoder, tokenizer: tiny.tokenizer,
        encoderFolder: tiny.folder, encoderSHA256: "tiny", output: output, threads: 1),
      .questions(training: passages, dev: passages))
    _ = try trainer.run { _ in }
    #expect(try Adapter(folder: output).configuration.answering?.nullThreshold == nil)
  }

  @Test func nothingToTrainOnIsSaid() throws {
    let place = try Workplace()
    let tiny = try TinyEncoder()
    func error(_ passages: [Passage]) -> TrainingError? {
      do {
        _ = try Trainer(
          Trainer.Setup(
            configuration: configuration(), encoder: tiny.encoder, tokenizer: tiny.tokenizer,
            encoderFolder: tiny.folder, encoderSHA256: "tiny",
            output: place.url.appendingPathComponent("a"), threads: 1),
          .questions(training: passages, dev: []))
        return nil
      } catch {
        return error as? TrainingError
      }
    }
    #expect(error([]) == .noQuestions(corpus: "--corpus"))
    let long = Array(repeating: "a", count: 80).joined(separator: " ")
    let question = Question(id: "long", question: long, answers: [])
    let passage = Passage(title: nil, number: 1, context: long, questions: [question])
    #expect(
      error([passage])
        == .question(
          corpus: "--corpus", id: "long", text: passage.questions[0].question,
          .tooLong(wordpieces: 80, limit: 29)))
  }
}
