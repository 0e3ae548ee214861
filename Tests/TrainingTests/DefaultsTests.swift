import Corpora
import PTuning
import Testing

@testable import Training

@Suite struct DefaultsTests {
  private func defaults(
    _ sentences: Int, batchSize: TrainingConfiguration.BatchSize? = nil,
    _ kind: Reparameterization = .none, template: String = "{soft:2} {text}"
  ) throws -> TrainingDefaults {
    TrainingDefaults(
      corpus: CorpusSize(sentences: sentences, words: 20 * sentences),
      template: try Template(parsing: template, fields: ["text"]),
      prompt: PromptConfiguration(reparameterization: kind), batchSize: batchSize)
  }

  @Test func sizesFollowTheCorpus() throws {
    for sentences in [
      1, 3, 10, 50, 99, 100, 101, 200, 499, 500, 999, 2999, 3000, 15_000, 1_000_000,
    ] {
      let defaults = try defaults(sentences)
      guard case .sentences(let batch) = defaults.batchSize else {
        Issue.record("\(defaults.batchSize)")
        continue
      }
      #expect(batch == (sentences >= 500 ? 16 : sentences >= 100 ? 8 : 4))
      #expect((8...60).contains(defaults.epochs))
      if sentences >= 3000 { #expect(defaults.epochs == 8) }
      let steps = defaults.epochs * ((sentences + batch - 1) / batch)
      if sentences >= 50 { #expect(steps >= 600, "\(sentences): \(steps)") }
    }
    #expect(try defaults(3).epochs == 60)
  }

  @Test func epochsFollowTheBatchThatIsGiven() throws {
    let sentences = try defaults(1000, batchSize: .sentences(50))
    #expect(sentences.batchSize == .sentences(50) && sentences.epochs == 40)
    // 20,000 words in steps of 400.
    #expect(try defaults(1000, batchSize: .words(400)).epochs == 20)
    for size in [TrainingConfiguration.BatchSize.words(0), .sentences(-5), .words(.max)] {
      #expect((8...60).contains(try defaults(0, batchSize: size).epochs))
    }
  }

  @Test func whatIsGivenWins() throws {
    let size = CorpusSize(sentences: 50, words: 900)
    let chosen = TrainingConfiguration(for: size)
    #expect(chosen.batchSize == .sentences(4) && chosen.epochs == 60)
    let given = TrainingConfiguration(
      for: size, epochs: 3, batchSize: .words(7), learningRate: 0.5, headLearningRate: 0.25,
      warmup: 0.1)
    #expect(given.epochs == 3 && given.batchSize == .words(7) && given.warmup == 0.1)
    #expect(given.rates == LearningRates(prompt: 0.5, head: 0.25))
  }

  @Test func ratesFollowWhatIsTrained() throws {
    #expect(try defaults(1, template: "{text}").rates == LearningRates(prompt: 0, head: 5e-3))
    let none = try defaults(1).rates
    let lstm = try defaults(1, .lstm).rates
    #expect(none.prompt > lstm.prompt)
    let biased = TrainingDefaults.rates(
      template: try Template(parsing: "{soft:2} {text}", fields: ["text"]),
      prompt: PromptConfiguration(reparameterization: .none, usesBiases: true))
    #expect(biased == LearningRates(prompt: 2e-3, head: 2e-3) && none.prompt == 1e-2)
    // Deep prompts: by themselves, by an MLP, and by an MLP beside soft rows by an LSTM.
    func deep(
      _ kind: DeepPromptConfiguration.Reparameterization, template: String = "{text}"
    ) throws -> Float {
      TrainingDefaults.rates(
        template: try Template(parsing: template, fields: ["text"]),
        prompt: PromptConfiguration(
          reparameterization: .lstm,
          deep: DeepPromptConfiguration(rows: 2, reparameterization: kind))
      ).prompt
    }
    #expect(try deep(.none) == 1e-2 && deep(.mlp) == 3e-3)
    #expect(try deep(.mlp, template: "{soft:2} {text}") == 1e-3)
  }

  @Test func choicesAreSaidWithTheirReason() throws {
    let few = try defaults(50)
    let text = try #require(few.text([.epochs, .batchSize]))
    #expect(text.contains("50 sentences") && text.contains("batches of 4 sentences"))
    #expect(text.contains("60 epochs (the most"))
    #expect(
      try defaults(1000).text(.epochs)
        == "chosen for 1000 sentences: 16 epochs (for about 1000 steps)")
    #expect(try defaults(5000).text(.epochs) == "chosen for 5000 sentences: 8 epochs")
    #expect(few.text([]) == nil)
  }

  @Test func sizesOfACorpus() {
    let corpus = [sentence(["a", "b"]), sentence([]), sentence(["c"])]
    #expect(CorpusSize(corpus) == CorpusSize(sentences: 2, words: 3))
  }
}
