import ArgumentParser
import Corpora
import Inference
import Tasks

struct Answer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer questions about passages.",
    discussion: """
      Examples:
        echo '{"id": 1, "question": "Who moved?", "context": "Ada Lovelace moved to Turin."}' \\
          | enxerto answer --adapter adapters/answers
        enxerto answer --adapter adapters/answers --question 'Who moved?' --context notes.txt

      Reads JSON lines, {"id", "question", "context"}, and writes one for each question, in order as \
      they come: {"id", "answer", "start", "end", "confidence", "nbest"}. Offsets are half-open and count \
      Unicode scalars of the context from 0. answer is null where there is none; the confidences of \
      nbest, "no answer" among them, sum to one.

      With --question and --context one question is answered for a person, who sees the passage with \
      the answer marked; --json gives the same line as above.
      """)

  @Argument(
    help: ArgumentHelp("Questions; standard input unless said.", valueName: "file"))
  var files: [String] = []

  @OptionGroup var adapter: AdapterOptions

  @Option(help: "A question.")
  var question: String?

  @Option(
    help: ArgumentHelp(
      "The text that is to answer --question; - for standard input.", valueName: "file"))
  var context: String?

  @Option(help: ArgumentHelp("The most answers of a question that are told.", valueName: "n"))
  var nbest = 5

  @Option(help: "The encoding of the input: utf-8 or latin1.")
  var encoding: String?

  @OptionGroup var arithmetic: ArithmeticOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...SpanCandidates.limit).contains(nbest) else {
      throw ValidationError("--nbest: expected 1 to \(SpanCandidates.limit), found \(nbest)")
    }
    _ = try TextEncoding(option: encoding)
    switch (question, context) {
    case (nil, _?): throw ValidationError("--context: expected --question with it, found none")
    case (_?, nil):
      throw ValidationError("--question: expected --context with it, found none")
    case (_?, _?) where !files.isEmpty:
      throw ValidationError("--question: expected no files beside it, found \(files[0])")
    case (_?, _?), (nil, nil): break
    }
  }

  func run() throws {
    if let question, let context {
      return try answer(question, CorpusInput(argument: context))
    }
    let inputs = files.isEmpty ? [.standardInput] : files.map { CorpusInput(argument: $0) }
    for input in inputs { try input.checkReadable() }
    var answerer = try load()
    for input in inputs {
      let source = try ByteSource(input)
      var stream = AnswerStream(file: source.name, encoding: try TextEncoding(option: encoding))
      while true {
        // Whoever types into the pipe gets an answer before more is asked for.
        if !source.isReady {
          try stream.flush(answerer: &answerer, emit: StandardOutput.write)
        }
        guard let bytes = try source.next() else { break }
        try stream.feed(bytes, answerer: &answerer, emit: StandardOutput.write)
      }
      try stream.finish(answerer: &answerer, emit: StandardOutput.write)
    }
  }

  private func load() throws -> Answerer {
    let (adapter, loaded) = try adapter.load(arithmetic: arithmetic, common: common)
    return try Answerer(
      adapter: adapter, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      threads: common.threadCount, answers: nbest)
  }

  private func answer(_ question: String, _ input: CorpusInput) throws {
    let context = try input.text(encoding: try TextEncoding(option: encoding) ?? .utf8)
    var answerer = try load()
    let found = try answerer.answers(
      to: [PassageQuestion(question: question, context: context)])[0]
    let answers: PassageAnswers
    switch found {
    case .success(let found): answers = found
    case .failure(.noWords(field: QuestionLayouts.context)):
      throw CorpusError(.empty, file: input.name, expected: "a text with words", found: "none")
    case .failure(let error): throw ValidationError("--question: \(error)")
    }
    if common.json {
      return try StandardOutput.write(
        AnswerWriter.line(id: nil, answers: answers, context: context))
    }
    try StandardOutput.write(
      line: MarkedPassage(context, isTerminal: StandardOutput.isTerminal).text(answers))
  }
}
