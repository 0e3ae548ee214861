/// Reads questions from the project's own XML, and takes nothing that its schema does not have.
///
///     <questions version="1" language="en">
///       <passage id="p1" title="The Mill" domain="history">
///         <text>The mill at Orrest burnt down in 1874.</text>
///         <question id="p1-1">
///           <ask>When did the mill burn down?</ask>
///           <answer start="33" end="37">1874</answer>
///         </question>
///         <question id="p1-2" answerable="no">
///           <ask>Who built the mill?</ask>
///           <plausible start="0">The mill</plausible>
///         </question>
///       </passage>
///     </questions>
///
/// Offsets count Unicode scalars of the text as XML has it: line ends are line feeds, references are
/// what they stand for.
struct QuestionXMLReader {
  static let version = "1"

  /// The element around a node.
  private enum Level {
    case document
    case questions
    case passage
    case question
    /// An element that has text alone.
    case text
  }

  /// The element whose text is gathered.
  private struct Content {
    var name: String
    var start: Int?
    var end: Int?
    var text = ""
  }

  private let reader: XMLPullReader
  private var level = Level.document
  private var content = Content(name: "")
  private var passage = Passage(title: nil, number: 0, context: "", questions: [])
  private var placement: AnswerPlacement?
  private var question = Question(id: "", question: "", answers: [])
  private var isAsked = false
  /// Of the passage's questions.
  private var lines: [Int?] = []
  private var passageIDs: Set<[UInt8]> = []
  private var questionIDs: Set<[UInt8]> = []

  private init(_ source: ByteSource, encoding: TextEncoding?) throws(CorpusError) {
    reader = try XMLPullReader(source, encoding: encoding, keepsPlaces: true)
  }

  /// - Throws: `CorpusError`.
  static func read(
    _ source: ByteSource, encoding: TextEncoding?, into collector: inout QuestionCollector
  ) throws(CorpusError) {
    var this = try QuestionXMLReader(source, encoding: encoding)
    while try this.reader.advance() {
      switch this.reader.node {
      case .elementStart:
        let isEmpty = this.reader.isEmptyElement
        try this.start()
        if isEmpty { try this.end(into: &collector) }
      case .elementEnd: try this.end(into: &collector)
      case .text: try this.take()
      case .other: break
      }
    }
  }

  // MARK: Nodes

  private mutating func start() throws(CorpusError) {
    guard reader.namespace == nil else {
      throw reader.error(
        expected: "elements without a namespace",
        found: "<\(reader.name)> of \((reader.namespace ?? "").quoted)")
    }
    switch level {
    case .document:
      try reader.expect("questions", "<questions version=\"\(Self.version)\">")
      try startQuestions()
    case .questions:
      try reader.expect("passage", "<passage> in <questions>")
      try startPassage()
    case .passage:
      if placement == nil {
        try reader.expect("text", "<text> first in a <passage>")
        try startText(isPlaced: false)
      } else {
        try reader.expect("question", "<question> behind the one <text> of a <passage>")
        try startQuestion()
      }
    case .question:
      if !isAsked {
        try reader.expect("ask", "<ask> first in a <question>")
        try startText(isPlaced: false)
      } else if question.isImpossible == true {
        try reader.expect(
          "plausible", "<plausible> behind the one <ask> of a question without an answer")
        try startText(isPlaced: true)
      } else {
        try reader.expect("answer", "<answer> behind the one <ask> of a question")
        try startText(isPlaced: true)
      }
    case .text:
      throw reader.error(
        expected: "text alone in <\(content.name)>", found: "<\(reader.name)>")
    }
  }

  private mutating func end(into collector: inout QuestionCollector) throws(CorpusError) {
    switch level {
    case .document: break
    case .questions: level = .document
    case .passage:
      guard placement != nil else {
        throw reader.error(expected: "<text> in a <passage>", found: "the passage's end")
      }
      collector.append(passage, file: reader.file, lines: lines)
      level = .questions
    case .question:
      guard isAsked else {
        throw reader.error(expected: "<ask> in a <question>", found: "the question's end")
      }
      guard question.isImpossible == true || !question.answers.isEmpty else {
        throw reader.error(
          expected: "<answer> (or answerable=\"no\" in <question>)", found: "the question's end")
      }
      passage.questions.append(question)
      level = .passage
    case .text: try endText(&collector.report)
    }
  }

  private mutating func take() throws(CorpusError) {
    let text = reader.text
    guard level != .text else {
      content.text += text
      return
    }
    guard !MarkedText.isBlank(text) else { return }
    var place = reader.place
    for scalar in text.unicodeScalars.prefix(while: MarkedText.isSpace) {
      place =
        scalar == "\n"
        ? XMLPlace(line: place.line + 1, column: 1)
        : XMLPlace(line: place.line, column: place.column + 1)
    }
    let shown = text.unicodeScalars.drop(while: MarkedText.isSpace)
    throw reader.error(
      expected: "text in <text>, <ask>, <answer> and <plausible> alone",
      found: String(Substring(shown)).quoted, at: place)
  }

  // MARK: Elements

  private mutating func startQuestions() throws(CorpusError) {
    let attributes = try reader.onlyAttributes(["version", "language"])
    guard let version = attributes["version"] else {
      throw reader.error(
        expected: "<questions version=\"\(Self.version)\">", found: "<questions> without a version")
    }
    guard version.hasSameBytes(as: Self.version) else {
      throw reader.error(
        expected: "<questions version=\"\(Self.version)\">", found: "version \(version.quoted)")
    }
    level = .questions
  }

  private mutating func startPassage() throws(CorpusError) {
    let attributes = try reader.onlyAttributes(["id", "title", "domain"])
    let id = try reader.id(of: attributes)
    try reader.check(id, isNew: passageIDs.insert(Array(id.utf8)).inserted)
    passage = Passage(
      id: id, title: attributes["title"], domain: attributes["domain"], number: passageIDs.count,
      context: "", questions: [])
    placement = nil
    lines = []
    level = .passage
  }

  private mutating func startQuestion() throws(CorpusError) {
    let attributes = try reader.onlyAttributes(["id", "answerable"])
    let id = try reader.id(of: attributes)
    try reader.check(id, isNew: questionIDs.insert(Array(id.utf8)).inserted)
    question = Question(id: id, question: "", answers: [])
    switch attributes["answerable"] {
    case nil: break
    case "yes": question.isImpossible = false
    case "no": question.isImpossible = true
    case let other?:
      throw reader.error(
        expected: "answerable=\"yes\" or \"no\" in <question>", found: other.quoted)
    }
    isAsked = false
    lines.append(reader.place.line)
    level = .question
  }

  /// - Parameter isPlaced: whether the element says where its text stands in the passage.
  private mutating func startText(isPlaced: Bool) throws(CorpusError) {
    let attributes = try reader.onlyAttributes(isPlaced ? ["start", "end"] : [])
    content = Content(name: reader.name)
    content.start = try reader.offset("start", of: attributes)
    content.end = try reader.offset("end", of: attributes)
    guard !isPlaced || content.start != nil else {
      throw reader.error(
        expected: "start=\"…\" in <\(reader.name)>", found: "<\(reader.name)> without it")
    }
    level = .text
  }

  private mutating func endText(_ report: inout CorpusReport) throws(CorpusError) {
    guard !content.text.isBlank else {
      throw reader.error(
        expected: "a text in <\(content.name)>",
        found: content.text.isEmpty ? "none" : "white space alone")
    }
    switch content.name {
    case "text":
      passage.context = content.text
      placement = AnswerPlacement(content.text)
      level = .passage
      return
    case "ask":
      question.question = content.text
      isAsked = true
    default:
      let range = placement?.range(
        of: content.text, start: content.start, end: content.end, &report)
      let answer = Answer(text: content.text, range: range)
      if question.isImpossible == true {
        question.plausibleAnswers.append(answer)
      } else {
        question.answers.append(answer)
      }
    }
    level = .question
  }
}

/// What the elements of the schema are held against. Not methods of the struct above: the compiler
/// copies it to call them, and with it the sets of ids.
extension XMLPullReader {
  fileprivate func expect(_ name: String, _ expected: String) throws(CorpusError) {
    guard self.name.hasSameBytes(as: name) else {
      throw error(expected: expected, found: "<\(self.name)>")
    }
  }

  /// The attributes of the element, which has no others than these; those by which it names its
  /// schema are passed over.
  fileprivate func onlyAttributes(_ allowed: [String]) throws(CorpusError) -> [String: String] {
    var result: [String: String] = [:]
    for attribute in attributes {
      if attribute.namespace == "http://www.w3.org/2001/XMLSchema-instance" { continue }
      guard attribute.namespace == nil, allowed.contains(where: attribute.name.hasSameBytes) else {
        throw error(
          expected: allowed.isEmpty
            ? "no attributes in <\(name)>"
            : "no attributes but \(allowed.joined(separator: ", ")) in <\(name)>",
          found: attribute.name.quoted)
      }
      result[attribute.name] = attribute.value
    }
    return result
  }

  fileprivate func id(of attributes: [String: String]) throws(CorpusError) -> String {
    guard let id = attributes["id"], !id.isBlank else {
      throw error(
        expected: "an id in <\(name)>",
        found: attributes["id"] == nil ? "none" : "an empty one")
    }
    return id
  }

  fileprivate func check(_ id: String, isNew: Bool) throws(CorpusError) {
    guard !isNew else { return }
    throw error(
      expected: "an id that no other <\(name)> has", found: "\(id.quoted) a second time")
  }

  fileprivate func offset(
    _ name: String, of attributes: [String: String]
  ) throws(CorpusError) -> Int? {
    guard let text = attributes[name] else { return nil }
    guard let offset = OffsetNumber.value(of: text.utf8), offset >= 0 else {
      throw error(
        expected: "a number from 0 for \(name) in <\(self.name)>", found: text.quoted)
    }
    return offset
  }
}
