/// Questions about passages, with their answers, from one or several inputs.
public struct QuestionCorpus: Sendable {
  public let passages: [Passage]
  /// How many answers were repaired or have no place, by reason, and what else was irregular.
  public let report: CorpusReport
  /// The format of each input, folders opened.
  public let formats: [QuestionFormat]
  /// Where each question stands, passage by passage.
  let places: [[QuestionPlace]]

  /// Reads the inputs, in order; a folder stands for its files.
  ///
  /// - Parameters:
  ///   - format: of all inputs; nil where each one's beginning is to tell it.
  ///   - encoding: nil for UTF-8, or for what an XML document says of itself.
  /// - Throws: `CorpusError` for what cannot be read, and where there is no question at all.
  public static func read(
    _ inputs: [CorpusInput], format: QuestionFormat? = nil, encoding: TextEncoding? = nil
  ) throws -> QuestionCorpus {
    var collector = QuestionCollector()
    var formats: [QuestionFormat] = []
    for input in try CorpusInput.expanded(inputs) {
      let source = try ByteSource(input)
      let found = try format ?? QuestionFormat.detect(source)
      formats.append(found)
      switch found {
      case .squad:
        let file = try SQuADFile.read(source, encoding: encoding)
        collector.report.add(file.report)
        for passage in file.paragraphs {
          collector.append(
            passage, file: source.name, lines: passage.questions.map { _ in nil })
        }
      case .jsonl:
        try QuestionLinesReader.read(source, encoding: encoding, into: &collector)
      case .xml: try QuestionXMLReader.read(source, encoding: encoding, into: &collector)
      }
    }
    guard collector.passages.contains(where: { !$0.questions.isEmpty }) else {
      throw CorpusError(
        .empty, file: inputs.map(\.name).joined(separator: ", "),
        expected: "at least one question", found: "none")
    }
    return QuestionCorpus(
      passages: collector.passages, report: collector.report, formats: formats,
      places: collector.places)
  }

  public var questionCount: Int { passages.reduce(0) { $0 + $1.questions.count } }
}
