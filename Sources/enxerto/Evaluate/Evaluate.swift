import ArgumentParser
import Corpora
import Foundation
import Tasks

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score an adapter on a corpus, or predictions in a file.",
    discussion: """
      Examples:
        enxerto evaluate --adapter adapters/mine --corpus corpora/test.xml
        enxerto evaluate --gold corpora/test.conll --predicted tagged.conll

      A span is right where label and words are those of a gold span. Figures are in percent; \
      with --json they are fractions. Both files must hold the same words, unless \
      --ignore-words is given.

      --scheme says what the tags of two files mean as spans: conlleval counts as the script of \
      that name, strict-iob2 and its like as seqeval in strict mode, repairing as corpora are \
      read for training.
      """)

  @Option(help: ArgumentHelp("The folder of the adapter to score.", valueName: "folder"))
  var adapter: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Annotated sentences to score the adapter on.", valueName: "file"))
  var corpus: [String] = []

  @Option(help: "The encoder: a folder, or a name under models/; the adapter remembers it.")
  var encoder: String?

  @Option(
    help: "How tags are chosen: viterbi (legal sequences alone) or argmax; as trained unless said.")
  var decoding: DecodingMethod?

  @Option(help: ArgumentHelp("The right spans.", valueName: "file"))
  var gold: String?

  @Option(help: ArgumentHelp("The spans to score.", valueName: "file"))
  var predicted: String?

  @Option(
    help: ArgumentHelp(
      "How tags become spans: \(ScoringRules.names). (default: conlleval)", valueName: "rules"))
  var scheme: String?

  @Option(help: "The column of the predicted tags, where it is not that of the gold tags.")
  var predictedTagColumn: Int?

  @Flag(help: "Compare files whose words are spelt differently; sentences must be as long.")
  var ignoreWords = false

  @Option(
    help: ArgumentHelp(
      "For SQuAD 2.0: the probability that a question has no answer, by its name.",
      valueName: "file"))
  var naProb: String?

  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    switch (adapter, gold, predicted) {
    case (let adapter?, nil, nil): try scoreAdapter(adapter)
    case (nil, let gold?, let predicted?): try compare(gold: gold, predicted: predicted)
    case (nil, _?, nil): throw ValidationError("--gold: expected --predicted with it, found none")
    case (nil, nil, _?): throw ValidationError("--predicted: expected --gold with it, found none")
    case (_?, _, _):
      throw ValidationError(
        "--adapter: expected --corpus with it, found --gold or --predicted")
    case (nil, nil, nil):
      throw ValidationError(
        "expected --adapter and --corpus, or --gold and --predicted, found none of them")
    }
  }

  private func scoreAdapter(_ folder: String) throws {
    guard !corpus.isEmpty else {
      throw ValidationError("--adapter: expected --corpus with it, found none")
    }
    try refuse(
      [
        ("--scheme", scheme), ("--predicted-tag-column", predictedTagColumn),
        ("--ignore-words", ignoreWords ? true : nil), ("--na-prob", naProb),
      ], "--adapter")
    let corpus = try reading.read(corpus, requiresAnnotations: true, common: common)
    let (adapter, encoder) = try AdapterOptions.load(adapter: folder, encoder: encoder)
    let evaluation = try AdapterEvaluation(
      corpus, adapter: adapter, encoder: encoder, threads: common.threadCount, decoding: decoding)
    for (label, count) in evaluation.unknownLabels {
      common.warn(
        "the adapter does not know the label \(label): its \(count) gold spans count as missed")
    }
    let rate = Int(Double(evaluation.words) / max(evaluation.seconds, 1e-9))
    common.say(
      "\(corpus.report.sentences) sentences, \(evaluation.words) words, \(rate) words/s")
    try print(evaluation.scores)
  }

  private func compare(gold: String, predicted: String) throws {
    try refuse(
      [
        ("--corpus", corpus.first), ("--encoder", encoder), ("--decoding", decoding?.rawValue),
      ], "--gold")
    guard gold != "-" || predicted != "-" else {
      throw ValidationError("--predicted: expected another input than --gold, found - for both")
    }
    let rules = try ScoringRules(option: "--scheme", scheme ?? "conlleval")
    var options = try reading.options(requiresAnnotations: true)
    if SQuADComparison.isMeant(gold: gold, options: options) {
      return try compareAnswers(gold: gold, predicted: predicted, options: options)
    }
    try refuse([("--na-prob", naProb)], "a gold file that is not SQuAD")
    let right = try TaggedCorpus(CorpusInput(argument: gold), options: options, rules: rules)
    options.tagColumn = predictedTagColumn ?? options.tagColumn
    let found = try TaggedCorpus(CorpusInput(argument: predicted), options: options, rules: rules)
    for side in [right, found] { warn(of: side, rules: rules) }
    let comparison = try FileComparison(
      gold: right, predicted: found, ignoresWords: ignoreWords)
    if let accuracy = comparison.accuracy {
      common.say(
        "\(right.sentences.count) sentences, \(accuracy.total) words, "
          + String(format: "%.2f %% of the tags right", 100 * accuracy.fraction))
    }
    try print(comparison.scores)
  }

  private func compareAnswers(gold: String, predicted: String, options: CorpusOptions) throws {
    try refuse(
      [
        ("--scheme", scheme), ("--predicted-tag-column", predictedTagColumn),
        ("--ignore-words", ignoreWords ? true : nil),
      ], "a gold file of SQuAD")
    let comparison = try SQuADComparison(
      gold: gold, predicted: predicted, probabilities: naProb, options: options, common: common)
    try StandardOutput.write(
      line: common.json ? comparison.scores.json : comparison.scores.table)
  }

  /// Rules that do not fit the tags give figures, but not those that people expect.
  private func warn(of side: TaggedCorpus, rules: ScoringRules) {
    guard let scheme = side.scheme else { return }
    switch rules {
    case .conlleval where scheme == .iobes || scheme == .bilou || scheme == .bmewo:
      common.warn(
        "\(side.name): conlleval has no rules for all tags of \(scheme.displayName); "
          + "--scheme strict-\(scheme.rawValue) has")
    case .repairing:
      for note in side.notes { common.warn("\(side.name): \(note)") }
    case .conlleval, .strict: break
    }
  }

  private func refuse(_ options: [(name: String, value: Any?)], _ mode: String) throws {
    for option in options where option.value != nil {
      throw ValidationError("\(option.name): expected no such option with \(mode), found it")
    }
  }

  private func print(_ scores: NERScores) throws {
    try StandardOutput.write(line: common.json ? scores.json : scores.table)
  }
}
