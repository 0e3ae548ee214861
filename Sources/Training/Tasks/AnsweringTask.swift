import Corpora
import Encoders
import Foundation
import Kernels
import PTuning
import Tasks

/// Extractive question answering by span extraction.
struct AnsweringTask: TrainingTask {
  let adapter: AdapterConfiguration
  let chanceLoss: Double
  let exampleWords: [Int]
  private let data: AnsweringData
  private var step: GradientStep<SpanExample>
  private var extractor: SpanExtractor
  /// Fitted in the last evaluation; nil where an answer is always given.
  private var nullThreshold: Double?

  init(_ setup: Trainer.Setup, training: [Passage], dev: [Passage]) throws {
    let configuration = setup.configuration
    let template = try setup.template(fields: AdapterConfiguration.Task.qa.fields)
    var answering = configuration.answering ?? AnsweringConfiguration()
    guard answering.windowRows <= setup.maximumRows else {
      throw TrainingError.outOfRange(
        option: "--window", expected: "at most \(setup.maximumRows) rows, which the encoder has",
        found: "\(answering.windowRows)")
    }
    let layouts = QuestionLayouts(
      tokenizer: setup.tokenizer, template: template, answering: answering,
      prompt: configuration.prompt)
    data = try AnsweringData(training: training, dev: dev, layouts: layouts)
    // A model that reads nothing chooses among the places of a window.
    chanceLoss =
      data.windows.reduce(0) { $0 + log(Double($1.candidateCount)) }
      / Double(max(1, data.windows.count))
    exampleWords = data.windows.map(\.wordCount)
    answering.nullThreshold = data.allowsNoAnswer ? 0 : nil
    nullThreshold = answering.nullThreshold
    adapter = AdapterConfiguration(
      answering: answering, template: template.template.description,
      prompt: configuration.prompt, softRowCount: template.softRowCount,
      headLayers: configuration.headLayers, maximumRows: setup.maximumRows,
      precision: setup.encoder.arithmetic.precision, encoder: setup.encoderReference)
    step = setup.step(of: SpanExample.self)
    let model = try AdapterModel(setup, adapter: adapter, template: template)
    extractor = SpanExtractor(
      layouts: layouts, decoder: AnswerDecoder(nullThreshold: answering.nullThreshold),
      encoder: setup.encoder, model: model.folded(), threads: setup.threads)
  }

  var fingerprint: String { data.fingerprint }
  var collapse: String { "it answers no question" }

  var counts: TaskCounts {
    TaskCounts(
      unit: "questions", training: data.trainingQuestions,
      trainingWords: exampleWords.reduce(0, +), dev: data.dev?.items.count ?? 0,
      devWords: data.dev?.words ?? 0,
      detail: "\(data.windows.count) windows"
        + (data.allowsNoAnswer ? ", some questions without an answer" : ""))
  }

  func lossCount(of example: Int) -> Int { 1 }

  mutating func gradients(
    of model: inout AdapterModel, batch: [Int],
    random: (_ purpose: String, _ shard: Int) -> RandomStream
  ) -> Double {
    step.gradients(of: &model, batch: batch.map { data.windows[$0].example }, random: random)
  }

  mutating func evaluate(_ model: FoldedModel) -> DevScores {
    let dev = data.dev ?? data.sample
    extractor.replaceWeights(model)
    let decoder = AnswerDecoder(nullThreshold: nil)
    let all = extractor.candidates(of: dev.items.map(\.windows))
    var outcomes: [NullThreshold.Outcome] = []
    for (item, candidates) in zip(dev.items, all) {
      let prediction = decoder.prediction(candidates)
      let text = prediction.answers.first.map {
        dev.contexts[item.passage].text(of: $0.words, in: dev.texts[item.passage])
      }
      outcomes.append(
        NullThreshold.Outcome(
          answer: text ?? "", gold: item.gold, margin: prediction.nullMargin))
    }
    if data.allowsNoAnswer { nullThreshold = NullThreshold.fit(outcomes) }
    let scores = NullThreshold.scores(outcomes, threshold: nullThreshold)
    return DevScores(
      exact: scores.exact, f1: scores.f1, predicted: scores.answered,
      gold: dev.items.count { !$0.gold.isEmpty }, isFinite: all.allSatisfy(\.isFinite))
  }

  func settle(_ configuration: inout AdapterConfiguration) {
    guard data.dev != nil else { return }
    configuration.answering?.nullThreshold = nullThreshold
  }
}
