import Corpora
import Encoders
import Kernels
import PTuning
import Tasks

/// Named-entity recognition by token classification.
struct TaggingTask: TrainingTask {
  let adapter: AdapterConfiguration
  let chanceLoss: Double
  let exampleWords: [Int]
  private let data: TaggingData
  private var step: GradientStep<TokenExample>
  private var classifier: TokenClassifier
  /// Of the dev corpus, from the last evaluation.
  private var logits: [[Float]] = []

  init(_ setup: Trainer.Setup, training: [Sentence], dev: [Sentence]) throws {
    let configuration = setup.configuration
    let template = try setup.template(fields: AdapterConfiguration.Task.ner.fields)
    let layouts = SentenceLayouts(
      tokenizer: setup.tokenizer, template: template, maximumRows: setup.maximumRows,
      prompt: configuration.prompt)
    data = try TaggingData(training: training, dev: dev, layouts: layouts)
    chanceLoss = data.tagEntropy
    exampleWords = data.examples.map(\.targets.count)
    adapter = AdapterConfiguration(
      labels: data.tagSet.labels, template: template.template.description,
      prompt: configuration.prompt, softRowCount: template.softRowCount,
      headLayers: configuration.headLayers, headPooling: configuration.headPooling,
      decoding: configuration.decoding, maximumRows: layouts.maximumRows,
      precision: setup.encoder.arithmetic.precision, encoder: setup.encoderReference)
    step = setup.step(of: TokenExample.self)
    let model = try AdapterModel(setup, adapter: adapter, template: template)
    classifier = TokenClassifier(
      layouts: layouts, decoder: TagDecoder(tagSet: data.tagSet, method: configuration.decoding),
      encoder: setup.encoder, model: model.folded(), threads: setup.threads)
  }

  var fingerprint: String { data.fingerprint }
  var collapse: String { "it tags every word O" }

  var counts: TaskCounts {
    TaskCounts(
      unit: "sentences", training: data.trainingSentences, trainingWords: data.trainingWords,
      dev: data.dev?.gold.count ?? 0, devWords: data.dev?.words ?? 0,
      detail: "labels \(data.tagSet.labels.joined(separator: ", "))")
  }

  func lossCount(of example: Int) -> Int { data.examples[example].lossCount }

  mutating func gradients(
    of model: inout AdapterModel, batch: [Int],
    random: (_ purpose: String, _ shard: Int) -> RandomStream
  ) -> Double {
    step.gradients(of: &model, batch: batch.map { data.examples[$0] }, random: random)
  }

  mutating func evaluate(_ model: FoldedModel) -> DevScores {
    let dev = data.dev ?? data.sample
    classifier.replaceWeights(model)
    var scores = NERScores()
    logits = classifier.logits(of: dev.windows)
    for (logits, gold) in zip(logits, dev.gold) {
      let tags = classifier.decoder.tags(logits: logits)
      scores.add(gold: gold, predicted: data.tagSet.spans(of: tags))
    }
    let micro = scores.micro
    return DevScores(
      precision: micro.precision, recall: micro.recall, f1: micro.f1,
      predicted: micro.predicted, gold: micro.gold,
      isFinite: logits.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  func settle(_ configuration: inout AdapterConfiguration) {
    guard let dev = data.dev else { return }
    configuration.temperature = TemperatureScaling.fit(
      decoder: classifier.decoder, logits: logits, gold: dev.gold)
  }
}
