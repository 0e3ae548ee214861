public import ArgumentParser
import Corpora
import PTuning
public import Tasks
import Training

struct TrainNER: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ner",
    abstract: "Train a tagger of named entities.",
    discussion: """
      Example:
        enxerto train ner --corpus corpora/train.xml --dev corpora/dev.xml \\
          --output adapters/mine

      The best epoch on the dev corpus is kept. An interrupted run is continued by the same \
      command with --resume, in place of --overwrite if that was given.
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Annotated sentences.", valueName: "file"))
  var corpus: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Annotated sentences that select the best epoch; a seeded tenth of the corpus unless said.",
      valueName: "file"))
  var dev: [String] = []

  @Option(help: "Where soft rows, plain words and {text} stand in the encoder's input.")
  var template = Template.namedEntities.description

  @Option(help: "Sentences of one step. (default: 4 to 16, by the number of sentences)")
  var batchSentences: Int?

  @Option(help: "What the head reads of a word: first, its first wordpiece, or mean, of all.")
  var pooling = HeadPooling.first

  @Option(
    help: """
      How tags are chosen: viterbi (legal sequences alone), crf (the same with learned \
      transitions) or argmax.
      """)
  var decoding: DecodingMethod = .viterbi

  @OptionGroup var training: TrainingRun
  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions

  private var common: CommonOptions { training.common }

  func run() throws {
    let task = TrainingRun.Task(
      template: try Template(parsing: template, fields: AdapterConfiguration.Task.ner.fields),
      batchSize: try training.training.batchSize(batchSentences, "--batch-sentences") {
        .sentences($0)
      },
      pooling: pooling, decoding: decoding, middling: .middling)
    try training.run(task) {
      let corpora = try readCorpora()
      return (
        .sentences(training: corpora.training, dev: corpora.dev), CorpusSize(corpora.training)
      )
    }
  }

  private func readCorpora() throws -> (training: [Sentence], dev: [Sentence]) {
    let corpus = try reading.read(corpus, requiresAnnotations: true, common: common).sentences
    guard dev.isEmpty else {
      let dev = try reading.read(dev, requiresAnnotations: true, common: common)
      let known = TagSet(labels: corpus.flatMap { $0.spans.map(\.label) })
      for (label, count) in dev.flatLabelCounts where known.index(ofLabel: label) == nil {
        common.warn(
          "--dev: the training corpus does not have the label \(label): its \(count) spans count "
            + "as missed")
      }
      return (corpus, dev.sentences)
    }
    let split = HeldOut(corpus, seed: training.training.seed)
    training.sayHeldOut("sentences", held: split.dev.count, of: corpus.count)
    return (split.training, split.dev)
  }
}

extension HeadPooling: ExpressibleByArgument {}
extension DecodingMethod: ExpressibleByArgument {}
