import ArgumentParser
import Corpora
import Inference
import Tasks

#if Documents
  import Retrieval
#endif

struct Answer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer questions about passages, or from a folder of documents.",
    discussion: """
      Examples:
        echo '{"id": 1, "question": "Who moved?", "context": "Ada Lovelace moved to Turin."}' \\
          | enxerto answer --adapter adapters/answers
        enxerto answer --adapter adapters/answers --question 'Who moved?' --context notes.txt
        enxerto answer --adapter adapters/answers --question 'Who moved?' --documents notes/

      Reads JSON lines, {"id", "question", "context"}, and writes one for each question, in order as \
      they come: {"id", "answer", "start", "end", "confidence", "nbest"}. Offsets are half-open and count \
      Unicode scalars of the context from 0. answer is null where there is none; the confidences of \
      nbest, "no answer" among them, sum to one.

      With --question and --context one question is answered for a person, who sees the passage with \
      the answer marked; --json gives the same line as above.

      With --documents questions need no context: a full-text index finds the passages to read. It is \
      made at the first use and brought up to date at each; interrupted, it goes on the next time. \
      Answers then name the document, and offsets count in its text.
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

  @OptionGroup var collection: CollectionOptions

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
    if context != nil, question == nil {
      throw ValidationError("--context: expected --question with it, found none")
    }
    if context != nil, collection.documents != nil {
      throw ValidationError("--context: expected it or --documents, found both")
    }
    guard question != nil else { return }
    if context == nil, collection.documents == nil {
      throw ValidationError("--question: expected --context or --documents with it, found none")
    }
    if let file = files.first {
      throw ValidationError("--question: expected no files beside it, found \(file)")
    }
  }

  func run() throws {
    if let question, let context {
      return try answer(question, CorpusInput(argument: context))
    }
    let inputs = files.isEmpty ? [.standardInput] : files.map { CorpusInput(argument: $0) }
    for input in inputs { try input.checkReadable() }
    guard let documents = collection.documents else {
      return try stream(inputs, from: .contexts(load()))
    }
    #if Documents
      try answer(from: documents, inputs)
    #else
      throw ValidationError(
        "--documents: expected a program with the trait Documents, found one without")
    #endif
  }

  private func load() throws -> Answerer {
    let (adapter, loaded) = try adapter.load(arithmetic: arithmetic, common: common)
    return try Answerer(
      adapter: adapter, encoder: loaded.encoder, tokenizer: loaded.tokenizer,
      threads: common.threadCount, answers: nbest)
  }

  private func stream(_ inputs: [CorpusInput], from source: AnswerStream.Source) throws {
    var answers: AnswerStream.Source? = source
    for input in inputs {
      guard let current = answers.take() else { return }
      let source = try ByteSource(input)
      var stream = AnswerStream(
        current, file: source.name, encoding: try TextEncoding(option: encoding))
      while true {
        // Whoever types into the pipe gets an answer before more is asked for.
        if !source.isReady { try stream.flush(emit: StandardOutput.write) }
        guard let bytes = try source.next() else { break }
        try stream.feed(bytes, emit: StandardOutput.write)
      }
      try stream.finish(emit: StandardOutput.write)
      answers = stream.finished()
    }
  }

  // MARK: For a person

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
      return try StandardOutput.write(AnswerWriter(answers, context: context).line(id: nil))
    }
    try StandardOutput.write(line: shown(answers, in: context))
  }

  private func shown(_ answers: PassageAnswers, in context: String) -> String {
    let passage = MarkedText(context, isTerminal: StandardOutput.isTerminal)
    let list = AnswerList(
      answers.answers.map { (passage.line($0.range), $0.confidence) },
      nullConfidence: answers.nullConfidence)
    return "\(passage.text(marking: answers.best?.range))\n\n\(list.text)"
  }
}

#if Documents
  extension Answer {
    private func answer(from documents: String, _ inputs: [CorpusInput]) throws {
      // What is wrong with the adapter is said before anything is indexed.
      let reader = try load()
      let index = try collection.open(documents, common: common)
      var answerer = CollectionAnswerer(
        index: index, answerer: reader, passages: collection.passages,
        indexWeight: collection.indexWeight, answers: nbest)
      if let question {
        try answer(question, from: &answerer)
      } else {
        try stream(inputs, from: .collection(answerer))
      }
    }

    private func answer(_ question: String, from answerer: inout CollectionAnswerer) throws {
      let answers: CollectionAnswerer.Answers
      do {
        answers = try answerer.answers(to: question)
      } catch let error as QuestionError {
        throw ValidationError("--question: \(error)")
      }
      if common.json {
        return try StandardOutput.write(AnswerWriter(answers).line(id: nil))
      }
      var text = ""
      if let best = answers.best {
        let passage = MarkedText(best.passage.text, isTerminal: StandardOutput.isTerminal)
        text = "\(shown(best.document)), from \(best.range.lowerBound) on:\n"
        text += "\(passage.text(marking: best.rangeInPassage))\n\n"
      }
      let list = AnswerList(
        answers.answers.map { answer in
          let line = MarkedText(answer.text, isTerminal: false)
          return (
            "\(line.line(0..<answer.range.count))  (\(shown(answer.document)) \(answer.range.lowerBound))",
            answer.confidence
          )
        }, nullConfidence: answers.nullConfidence)
      try StandardOutput.write(line: text + list.text)
    }

    /// A document's name on one line.
    private func shown(_ document: String) -> String {
      let text = MarkedText(document, isTerminal: false)
      return text.line(0..<document.unicodeScalars.count)
    }
  }
#endif
