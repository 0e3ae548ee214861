/// Reads questions from JSON lines. Lines of one passage that follow each other become one
/// `Passage`; a question without an id is named by the number of its line.
struct QuestionLinesReader {
  private let file: String
  private var passage: Passage?
  /// Of the passage's questions.
  private var lines: [Int?] = []
  private var placement = AnswerPlacement("")
  private var count = 0

  private init(file: String) { self.file = file }

  /// - Parameter limit: the longest line, in bytes.
  /// - Throws: `CorpusError`.
  static func read(
    _ source: ByteSource, encoding: TextEncoding?, limit: Int = JSONLinesReader.lineLimit,
    into collector: inout QuestionCollector
  ) throws {
    var reader = QuestionLinesReader(file: source.name)
    try source.forEachLine(encoding: encoding, limit: limit) { line in
      guard let read = try QuestionLine(line, file: source.name) else { return }
      reader.take(read, number: line.number, into: &collector)
    }
    reader.finishPassage(into: &collector)
  }

  private mutating func take(
    _ line: QuestionLine, number: Int, into collector: inout QuestionCollector
  ) {
    if !isOfPassage(line) {
      finishPassage(into: &collector)
      count += 1
      placement = AnswerPlacement(line.context)
      passage = Passage(title: line.title, number: count, context: line.context, questions: [])
    }
    if line.hasOtherAnswer { collector.report.setAside("\"answer\" beside \"answers\"") }
    var question = Question(id: line.id ?? String(number), question: line.question, answers: [])
    question.answers = answers(line.answers ?? [], &collector.report)
    question.plausibleAnswers = answers(line.plausibleAnswers, &collector.report)
    question.isAnnotated = line.answers != nil || line.isImpossible == true
    question.isImpossible = line.isImpossible ?? (line.answers?.isEmpty == true ? true : nil)
    passage?.questions.append(question)
    lines.append(number)
  }

  private func isOfPassage(_ line: QuestionLine) -> Bool {
    guard let passage, passage.context.hasSameBytes(as: line.context) else { return false }
    switch (passage.title, line.title) {
    case (nil, nil): return true
    case (let one?, let other?): return one.hasSameBytes(as: other)
    default: return false
    }
  }

  private mutating func finishPassage(into collector: inout QuestionCollector) {
    guard let passage else { return }
    collector.append(passage, file: file, lines: lines)
    self.passage = nil
    lines = []
  }

  // MARK: Answers

  private func answers(
    _ answers: [QuestionLine.Answer], _ report: inout CorpusReport
  ) -> [Answer] {
    // What several annotators gave alike is looked for once, and counted for each.
    var found: [[UInt8]: (range: Range<Int>?, report: CorpusReport)] = [:]
    return answers.map { answer in
      guard !answer.text.isBlank else {
        report.setAside("answer without text")
        return Answer(text: answer.text, range: nil)
      }
      if let start = answer.start, start >= 0 {
        let range = placement.range(
          of: answer.text, start: start, end: answer.end, &report)
        return Answer(text: answer.text, range: range)
      }
      let key = Array(answer.text.utf8)
      if found[key] == nil, found.count < AnswerPlacement.searchLimit {
        var counted = CorpusReport()
        let range = placement.onlyRange(of: answer.text, &counted)
        found[key] = (range, counted)
      }
      guard let (range, counted) = found[key] else {
        report.setAside(
          "answer without a place, beyond the \(AnswerPlacement.searchLimit) of a question "
            + "that are looked for")
        return Answer(text: answer.text, range: nil)
      }
      report.add(counted)
      return Answer(text: answer.text, range: range)
    }
  }
}
