import ArgumentParser
import Corpora
import Encoders
import Foundation
import Inference
import Kernels
import Tasks

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score an adapter on a corpus, or predictions in a file.",
    discussion: """
      Examples:
        enxerto evaluate --adapter adapters/mine --corpus corpora/test.xml
        enxerto evaluate --gold corpora/test.conll --predicted tagged.conll
        enxerto evaluate --gold both.conll --predicted both.conll \\
          --tag-column -2 --predicted-tag-column -1
        enxerto evaluate --adapter adapters/mine --corpus corpora/test.xml --plots
        enxerto evaluate --adapter adapters/answers --corpus corpora/questions-test.xml
        enxerto evaluate --gold dev-v2.0.json --predicted answers.json

      A span is right where label and words are those of a gold span. Figures are in percent; \
      with --json they are fractions. The last two lines of the table are those that conlleval \
      prints. Both files must hold the same words, unless --ignore-words is given.

      --scheme says what tags mean as spans. conll counts as the script conlleval, whatever the \
      tags; seqeval as the library of that name in its default mode, which knows S- and ends a \
      span at E-; strict-iob2 and its like as seqeval in strict mode, where only spans written \
      as the scheme asks count and other tags are errors; repairing as corpora are read for \
      training. Formats without tags have the spans that they hold.

      --errors counts wrong labels, wrong boundaries, both, missed and spurious spans, shows the \
      commonest with examples, and which label was taken for which. --bootstrap adds 95 % \
      intervals by the percentile bootstrap over sentences (Efron and Tibshirani 1993).

      Answers to questions are scored as the official evaluations of SQuAD 1.1 and 2.0 score them: \
      exact match and F1 in percent, for questions with and without an answer as well where there \
      are both, and what the best threshold for "no answer" would give.

      An adapter says how sure it is of each span. The expected calibration error is how far that \
      is from how often such spans are right: the mean over ten bins of equal width (Guo et al. \
      2017). --plots draws it, and how training went, into the adapter's folder: \
      reliability.svg and learning-curves.svg, which any browser shows.
      """)

  @Option(help: ArgumentHelp("The folder of the adapter to score.", valueName: "folder"))
  var adapter: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Annotated sentences, or questions with answers, to score the adapter on.",
      valueName: "file"))
  var corpus: [String] = []

  @Option(help: "The encoder: a folder, or a name under models/; the adapter remembers it.")
  var encoder: String?

  @Option(
    help:
      "How tags are chosen: viterbi (legal sequences alone), crf or argmax; as trained unless said."
  )
  var decoding: DecodingMethod?

  @Option(help: ArgumentHelp("The right spans.", valueName: "file"))
  var gold: String?

  @Option(help: ArgumentHelp("The spans to score.", valueName: "file"))
  var predicted: String?

  @Option(
    help: ArgumentHelp(
      "How tags become spans: \(ScoringRules.names). (default: conll; with --adapter repairing)",
      valueName: "rules"))
  var scheme: String?

  @Option(
    parsing: .unconditional,
    help: "The column of the predicted tags, where it is not that of the gold tags.")
  var predictedTagColumn: Int?

  @Flag(help: "Compare files whose words are spelt differently; sentences must be as long.")
  var ignoreWords = false

  @Flag(help: "List the errors: kinds, the commonest with examples, labels taken for others.")
  var errors = false

  @Option(help: ArgumentHelp("Examples of each error, 3 unless said.", valueName: "n"))
  var examples: Int?

  @Option(
    help: ArgumentHelp("95 % intervals from so many resamples, say 1000.", valueName: "n"))
  var bootstrap: Int?

  @Option(help: "The same seed draws the same resamples; 1 unless said.")
  var seed: UInt64?

  @Flag(help: "Draw reliability.svg and learning-curves.svg in the adapter's folder.")
  var plots = false

  @Option(
    help: ArgumentHelp(
      "For SQuAD 2.0: the probability that a question has no answer, by its name.",
      valueName: "file"))
  var naProb: String?

  @Option(
    help: ArgumentHelp(
      "Write the answers to questions as SQuAD's evaluations read them.", valueName: "file"))
  var predictions: String?

  @OptionGroup(title: "Reading") var reading: CorpusReadingOptions
  @OptionGroup var arithmetic: ArithmeticOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let bootstrap, bootstrap < 1 {
      throw ValidationError("--bootstrap: expected 1 or more, found \(bootstrap)")
    }
    if let examples, !(0...1000).contains(examples) {
      throw ValidationError("--examples: expected 0 to 1000, found \(examples)")
    }
    if examples != nil, !errors {
      throw ValidationError("--examples: expected --errors with it, found none")
    }
    if seed != nil, bootstrap == nil {
      throw ValidationError("--seed: expected --bootstrap with it, found none")
    }
  }

  private var detail: EvaluationDetail {
    EvaluationDetail(
      bootstrap: bootstrap, seed: seed ?? 1, examples: errors ? examples ?? 3 : nil)
  }

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
        ("--predicted-tag-column", predictedTagColumn),
        ("--ignore-words", ignoreWords ? true : nil), ("--na-prob", naProb),
      ], "--adapter")
    if try AdapterConfiguration(folder: URL(fileURLWithPath: folder)).task == .qa {
      return try scoreAnswers(folder)
    }
    try refuse([("--predictions", predictions)], "an adapter for ner")
    let gold = try goldSentences()
    let (adapter, encoder) = try AdapterOptions.load(
      adapter: folder, encoder: encoder, arithmetic: arithmetic, common: common)
    let drawings = plots ? try AdapterPlots(folder: folder) : nil
    let evaluation = try AdapterEvaluation(
      gold, adapter: adapter, encoder: encoder, threads: common.threadCount, decoding: decoding,
      detail: detail)
    for (label, count) in evaluation.unknownLabels {
      common.warn(
        "the adapter does not know the label \(label): its \(count) gold spans count as missed")
    }
    let rate = Int(Double(evaluation.words) / max(evaluation.seconds, 1e-9))
    common.say(
      "\(gold.count) sentences, \(evaluation.words) words, \(rate) words/s, "
        + encoder.encoder.arithmetic.text)
    try print(try evaluation.report())
    // The figures are out, whatever becomes of the drawings.
    try drawings?.draw(
      evaluation.calibration, keptEpoch: adapter.configuration.outcome?.epoch, common: common)
  }

  private func scoreAnswers(_ folder: String) throws {
    try refuse([("--decoding", decoding?.rawValue)] + ofSpansAlone, "an adapter for qa")
    if let predictions { try checkPlace(predictions) }
    let gold = try QuestionReadingOptions(
      corpusFormat: reading.corpusFormat, encoding: reading.encoding
    ).read(corpus, common: common)
    let (adapter, encoder) = try AdapterOptions.load(
      adapter: folder, encoder: encoder, arithmetic: arithmetic, common: common)
    let drawings = plots ? try AdapterPlots(folder: folder) : nil
    var answerer = try Answerer(
      adapter: adapter, encoder: encoder.encoder, tokenizer: encoder.tokenizer,
      threads: common.threadCount)
    let saysNone = adapter.configuration.answering?.nullThreshold != nil
    let evaluation = try AnswerEvaluation(gold, answerer: &answerer, saysNone: saysNone)
    guard evaluation.questions > 0 else {
      throw CorpusError(
        .empty, file: corpus.joined(separator: ", "), expected: "questions with answers",
        found: "\(gold.questionCount) without")
    }
    if evaluation.questions < gold.questionCount {
      common.warn(
        "\(gold.questionCount - evaluation.questions) questions without an answer to compare with "
          + "are left out")
    }
    if evaluation.unasked > 0 {
      common.warn(
        "\(evaluation.unasked) questions leave no room for their passages, or have no words, and get no answer"
      )
    }
    let rate = Double(evaluation.questions) / max(evaluation.seconds, 1e-9)
    common.say(
      "\(evaluation.questions) questions, \(String(format: "%.1f", rate)) questions/s, "
        + encoder.encoder.arithmetic.text)
    if let predictions {
      let target = try FileTarget(URL(fileURLWithPath: predictions))
      try target.write(evaluation.predictionFile)
      try target.finish()
    }
    try StandardOutput.write(
      line: common.json ? evaluation.scores.json : evaluation.scores.table)
    try drawings?.draw(
      evaluation.calibration, keptEpoch: adapter.configuration.outcome?.epoch, common: common)
  }

  private func goldSentences() throws -> [AdapterEvaluation.Gold] {
    guard let scheme else {
      let read = try reading.read(corpus, requiresAnnotations: true, common: common)
      return read.sentences.map {
        AdapterEvaluation.Gold(words: $0.words.map(\.text), spans: $0.spans)
      }
    }
    let rules = try ScoringRules(option: "--scheme", scheme)
    let options = try reading.options(requiresAnnotations: true)
    return try corpus.flatMap { file in
      let side = try TaggedCorpus(CorpusInput(argument: file), options: options, rules: rules)
      warn(of: side, rules: rules)
      return side.sentences.map {
        AdapterEvaluation.Gold(
          words: $0.words, spans: $0.spans, file: side.name, lines: $0.lines)
      }
    }
  }

  private func compare(gold: String, predicted: String) throws {
    try refuse(
      [
        ("--corpus", corpus.first), ("--encoder", encoder), ("--decoding", decoding?.rawValue),
        ("--plots", plots ? true : nil), ("--predictions", predictions),
      ], "--gold")
    let rules = try ScoringRules(option: "--scheme", scheme ?? "conll")
    var options = try reading.options(requiresAnnotations: true)
    if try SQuADComparison.isMeant(gold: gold, options: options) {
      return try compareAnswers(gold: gold, predicted: predicted, options: options)
    }
    try refuse([("--na-prob", naProb)], "a gold file that is not SQuAD")
    var inputs = [gold, predicted].map { CorpusInput(argument: $0) }
    if gold == "-", predicted == "-" {
      guard predictedTagColumn != nil else {
        throw ValidationError(
          "--predicted: expected another input than --gold, or --predicted-tag-column, "
            + "found - for both")
      }
      // What both sides read is there only once.
      let bytes = try TaggedCorpus.bytes(of: inputs[0])
      inputs = inputs.map { CorpusInput.bytes(bytes, name: $0.name) }
    }
    let right = try TaggedCorpus(inputs[0], options: options, rules: rules)
    options.tagColumn = predictedTagColumn ?? options.tagColumn
    // Nothing found is a prediction, too.
    options.requiresAnnotations = false
    let found = try TaggedCorpus(inputs[1], options: options, rules: rules)
    for side in [right, found] { warn(of: side, rules: rules) }
    let report = try FileComparison(
      gold: right, predicted: found, rules: rules, ignoresWords: ignoreWords, detail: detail
    ).report
    if let accuracy = report.accuracy {
      common.say(
        "\(right.sentences.count) sentences, \(accuracy.total) words, "
          + String(format: "%.2f %% of the tags right", accuracy.percentage))
    }
    try print(report)
  }

  private func compareAnswers(gold: String, predicted: String, options: CorpusOptions) throws {
    try refuse(
      [
        ("--predicted-tag-column", predictedTagColumn),
        ("--ignore-words", ignoreWords ? true : nil),
      ] + ofSpansAlone, "a gold file of questions")
    let comparison = try SQuADComparison(
      gold: gold, predicted: predicted, probabilities: naProb, options: options, common: common)
    try StandardOutput.write(
      line: common.json ? comparison.scores.json : comparison.scores.table)
  }

  /// Rules that do not fit the tags give figures, but not those that people expect.
  private func warn(of side: TaggedCorpus, rules: ScoringRules) {
    for note in side.notes { common.warn("\(side.name): \(note)") }
    guard let scheme = side.scheme, scheme == .iobes || scheme == .bilou || scheme == .bmewo
    else { return }
    switch rules {
    case .seqeval where scheme == .iobes: break
    case .conlleval, .seqeval:
      common.warn(
        "\(side.name): \(rules.name) has no rules for all tags of \(scheme.displayName); "
          + "--scheme strict-\(scheme.rawValue) has")
    case .repairing, .strict: break
    }
  }

  /// Options that mean nothing where answers are scored.
  private var ofSpansAlone: [(name: String, value: Any?)] {
    [
      ("--scheme", scheme), ("--errors", errors ? true : nil), ("--bootstrap", bootstrap),
      ("--word-column", reading.wordColumn), ("--tag-column", reading.tagColumn),
      ("--tag-scheme", reading.tagScheme), ("--annotation-set", reading.annotationSet),
      ("--entity-element", reading.entityElement.first), ("--map-label", reading.mapLabel.first),
    ]
  }

  /// Makes sure that there is a folder for a file, before anything takes time.
  private func checkPlace(_ path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    let written = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard
      !corpus.contains(where: { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path == written }
      )
    else {
      throw Failure(
        .usage, "\(path): expected a file of its own (--predictions), found one of --corpus")
    }
    guard isThere, isFolder.boolValue, FileManager.default.isWritableFile(atPath: folder) else {
      throw Failure(
        .inputOutput,
        "\(path): expected a folder that can be written, found \(folder), which cannot")
    }
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Failure(.inputOutput, "\(path): expected a file, found a folder")
    }
  }

  private func refuse(_ options: [(name: String, value: Any?)], _ mode: String) throws {
    for option in options where option.value != nil {
      throw ValidationError("\(option.name): expected no such option with \(mode), found it")
    }
  }

  private func print(_ report: EvaluationReport) throws {
    try StandardOutput.write(line: common.json ? report.json : report.table)
  }
}
