import ArgumentParser
import Corpora
import PTuning
import Tasks
import Training

struct TrainQA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qa",
    abstract: "Train an answerer of questions about passages.",
    discussion: """
      Example:
        enxerto train qa --corpus corpora/questions-train.xml --dev corpora/questions-dev.xml \\
          --output adapters/answers

      Reads SQuAD (1.1 and 2.0), JSON lines and XML (docs/formats.md). Where some questions have no \
      answer, the adapter learns to say so, and a threshold for it is fitted on the dev corpus. The \
      best epoch on the dev corpus is kept. An interrupted run is continued by the same command with \
      --resume, in place of --overwrite if that was given.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Questions with passages and answers.", valueName: "file"))
  var corpus: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Questions that select the best epoch; those of a seeded tenth of the passages unless said.",
      valueName: "file"))
  var dev: [String] = []

  @Option(
    help: "Where soft rows, plain words, {question} and {context} stand in the encoder's input.")
  var template = Template.questionAnswering.description

  @Option(
    help: """
      Questions of one step; windows, of passages that need several. (default: 8 or 16, by the \
      number of questions)
      """)
  var batchQuestions: Int?

  @Option(
    help: """
      The most rows of a window: longer passages are read in several. (default: 320, or as many as \
      the encoder has positions)
      """)
  var window: Int?

  @Option(
    help: """
      Wordpieces of the passage that neighbouring windows share at the least. (default: 96, or a \
      quarter of a smaller window)
      """)
  var stride: Int?

  @Option(help: "The most words of an answer, punctuation counted.")
  var answerWords = AnsweringConfiguration().maximumWords

  @OptionGroup var training: TrainingRun
  @OptionGroup(title: "Reading") var reading: QuestionReadingOptions

  private var common: CommonOptions { training.common }

  func run() throws {
    let task = TrainingRun.Task(
      template: try Template(parsing: template, fields: AdapterConfiguration.Task.qa.fields),
      batchSize: try training.training.batchSize(batchQuestions, "--batch-questions") {
        .questions($0)
      },
      answering: { rows in
        let window = window ?? min(AnsweringConfiguration.usualRows, rows)
        return AnsweringConfiguration(
          windowRows: window, stride: stride ?? min(AnsweringConfiguration.usualStride, window / 4),
          maximumWords: answerWords)
      },
      middling: CorpusSize(questions: 1000, words: 150_000))
    try training.run(task) {
      let corpora = try readCorpora()
      return (
        .questions(training: corpora.training, dev: corpora.dev), CorpusSize(corpora.training)
      )
    }
  }

  private func readCorpora() throws -> (training: [Passage], dev: [Passage]) {
    let corpus = try reading.readTrainable(corpus, option: "--corpus", common: common)
    guard dev.isEmpty else {
      return (corpus, try reading.readTrainable(dev, option: "--dev", common: common))
    }
    let split = HeldOut(corpus, seed: training.training.seed)
    training.sayHeldOut("passages", held: split.dev.count, of: corpus.count)
    return (split.training, split.dev)
  }
}
