/// Gathers the passages of all inputs.
struct QuestionCollector {
  private(set) var passages: [Passage] = []
  /// Where each question stands, passage by passage.
  private(set) var places: [[QuestionPlace]] = []
  var report = CorpusReport()
  private var ids: Set<[UInt8]> = []

  /// - Parameter lines: of the questions, one for each.
  mutating func append(_ passage: Passage, file: String, lines: [Int?]) {
    for question in passage.questions where !ids.insert(Array(question.id.utf8)).inserted {
      report.repair("question id that came before")
    }
    passages.append(passage)
    places.append(lines.map { QuestionPlace(file: file, line: $0) })
  }
}

/// Where a question stands in its file.
struct QuestionPlace: Hashable, Sendable {
  var file: String
  /// nil where the reader does not tell it.
  var line: Int?
}
