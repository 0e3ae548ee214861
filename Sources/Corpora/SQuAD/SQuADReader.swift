/// Reads SQuAD files as a corpus: each paragraph a document, named by its article's title and its
/// number, each answer a span.
///
/// An answer's attributes are `question-id`, `question` and, where several annotators gave the
/// same, `count`. Answers are labelled `ANSWER`; the set `plausible_answers`, read only if asked for,
/// has what might be taken for the answer of a question without one, labelled `PLAUSIBLE`.
struct SQuADReader: DocumentReader {
  static let answers = "answers"
  static let plausibleAnswers = "plausible_answers"

  func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let set = sink.options.annotationSet ?? Self.answers
    let sets = set.hasSameBytes(as: "all") ? [Self.answers, Self.plausibleAnswers] : [set]
    for set in sets where set != Self.answers && set != Self.plausibleAnswers {
      throw CorpusError(
        .option, file: source.name, expected: "the set answers, plausible_answers or all",
        found: set.quoted)
    }
    let bytes = try SQuADFile.bytes(of: source, encoding: sink.options.encoding ?? .utf8)
    var parser = SQuADParser(file: source.name, bytes: bytes)
    try parser.forEachParagraph { paragraph in
      try sink.append(
        ReadDocument(
          document: Self.document(of: paragraph, sets: sets, &sink.report), segmentation: .text,
          isAnnotated: true, file: source.name))
    }
    sink.report.add(parser.report)
  }

  private static func document(
    of paragraph: Passage, sets: [String], _ report: inout CorpusReport
  ) -> Document {
    var document = Document(
      id: (paragraph.title.map { $0 + "-" } ?? "") + String(paragraph.number),
      text: paragraph.context, sentences: [])
    if let title = paragraph.title { document.attributes.append(Attribute("title", title)) }
    for question in paragraph.questions {
      if question.answers.isEmpty { report.setAside("question without an answer") }
      if sets.contains(answers) {
        document.annotations += annotations(question.answers, of: question, label: "ANSWER")
      } else if !question.answers.isEmpty {
        report.setAside("answer (another set)", count: question.answers.count)
      }
      if sets.contains(plausibleAnswers) {
        document.annotations += annotations(
          question.plausibleAnswers, of: question, label: "PLAUSIBLE", layer: plausibleAnswers)
      } else if !question.plausibleAnswers.isEmpty {
        report.setAside(
          "plausible answer (another set)", count: question.plausibleAnswers.count)
      }
    }
    return document
  }

  /// Each answer once, in the order of the file.
  private static func annotations(
    _ answers: [Answer], of question: Question, label: String, layer: String? = nil
  ) -> [Annotation] {
    var counts: [Range<Int>: Int] = [:]
    var ranges: [Range<Int>] = []
    for range in answers.compactMap(\.range) {
      if counts[range] == nil { ranges.append(range) }
      counts[range, default: 0] += 1
    }
    return ranges.map { range in
      var attributes = [
        Attribute("question-id", question.id), Attribute("question", question.question),
      ]
      if let count = counts[range], count > 1 {
        attributes.append(Attribute("count", String(count)))
      }
      return Annotation(label: label, range: range, layer: layer, attributes: attributes)
    }
  }
}

extension SQuADReader {
  /// Whether a file begins as SQuAD does: an object whose `data` is an array of objects, with
  /// `paragraphs`.
  static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    let text =
      sample.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? sample.bytes.dropFirst(3) : sample.bytes[...]
    var parser = JSONParser(text)
    parser.skipSpace()
    guard parser.take("{") else { return nil }
    repeat {
      guard let key = try? parser.key() else { return nil }
      guard key == "data" else {
        guard (try? parser.skip()) != nil else { return nil }
        parser.skipSpace()
        continue
      }
      guard parser.take("[") else { return nil }
      parser.skipSpace()
      let isObject = parser.next == UInt8(ascii: "{")
      return isObject && sample.contains("\"paragraphs\"") ? .squad : nil
    } while parser.take(",")
    return nil
  }
}
