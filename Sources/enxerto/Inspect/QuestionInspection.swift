import Corpora

struct QuestionInspection: Inspection {
  private let corpus: QuestionCorpus
  private let trainable: TrainableQuestions
  private let notes: [String]

  init(_ corpus: QuestionCorpus) {
    self.corpus = corpus
    trainable = corpus.trainable()
    notes =
      corpus.report.notes + trainable.report.notes + trainable.examples.map { "refused: \($0)" }
  }

  private var questions: [Question] { corpus.passages.flatMap(\.questions) }
  private var formats: String {
    corpus.formats.map(\.rawValue).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }.joined(separator: ", ")
  }

  var table: Table {
    var table = Table()
    table.add("format", formats + ", questions")
    table.add("passages", corpus.passages.count)
    table.add("questions", corpus.questionCount)
    table.add("  without an answer", questions.count(where: \.isUnanswerable))
    table.add("  with several answers", questions.count { Set($0.answers).count > 1 })
    table.add("  only asked", questions.count { !$0.isAnnotated })
    table.add("questions to train on", trainable.questionCount)
    for note in notes { table.add("note", note) }
    return table
  }

  var json: JSONOutput {
    .object([
      ("format", .string(formats)),
      ("passages", .integer(corpus.passages.count)),
      ("questions", .integer(corpus.questionCount)),
      ("unanswerable", .integer(questions.count(where: \.isUnanswerable))),
      ("severalAnswers", .integer(questions.count { Set($0.answers).count > 1 })),
      ("onlyAsked", .integer(questions.count { !$0.isAnnotated })),
      ("trainable", .integer(trainable.questionCount)),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }
}
