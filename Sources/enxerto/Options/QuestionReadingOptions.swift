import ArgumentParser
import Corpora

/// Options of every command that reads a corpus of questions.
struct QuestionReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The corpus's format; detected unless said: \(QuestionFormat.names).", valueName: "format"))
  var corpusFormat: String?

  @Option(help: "The encoding: utf-8 or latin1.")
  var encoding: String?

  init() {}

  /// As another command's options say.
  init(corpusFormat: String?, encoding: String?) {
    self.corpusFormat = corpusFormat
    self.encoding = encoding
  }

  /// Reads files, `-` standing for standard input, and says what was repaired.
  func read(_ files: [String], common: CommonOptions) throws -> QuestionCorpus {
    let corpus = try QuestionCorpus.read(
      files.map { CorpusInput(argument: $0) },
      format: try corpusFormat.map { try QuestionFormat(option: "--corpus-format", $0) },
      encoding: try TextEncoding(option: encoding))
    for note in corpus.report.notes { common.warn(note) }
    return corpus
  }

  /// The questions that can be trained on or selected by; the others are told, and never taken for ones without an
  /// answer.
  func readTrainable(
    _ files: [String], option: String, common: CommonOptions
  ) throws -> [Passage] {
    let questions = try read(files, common: common).trainable()
    for note in questions.report.notes { common.warn(note) }
    for refused in questions.examples { common.warn("refused: \(refused)") }
    let others = questions.refusedCount - questions.examples.count
    if others > 0 { common.warn("refused: \(others) more questions") }
    guard questions.questionCount > 0 else {
      throw CorpusError(
        .empty, file: files.joined(separator: ", "),
        expected: "a question with an answer in its passage, or without one (\(option))",
        found: "none")
    }
    return questions.passages
  }
}

extension QuestionFormat: NamedChoice {}
