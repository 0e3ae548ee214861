/// Reads words one a line, with their columns by tabs, inside elements: as TreeTagger reads and
/// writes, and GUM has it.
///
/// `s` is a sentence; where there is none, a sentence ends with each block. The words of a `w` have
/// no space between them, nor has a word after `<g/>`. Elements that the options name, or that are
/// known to mark entities, are annotations; others are structure. `text`, `doc` or `document` is a
/// document.
struct VerticalXMLReader: DocumentReader {
  private struct Element {
    var name: String
    var annotation: Int?
    var isDocument = false
    var isBlock = false
    var isJoined = false
  }

  private var mapping = EntityMapping([])
  private var open: [Element] = []
  /// The line that is not at its end yet.
  private var line = ""
  private var document = Document(text: "", sentences: [])
  private var scalars: [Unicode.Scalar] = []
  private var words: [Word] = []
  private var rows: [[String]] = []
  private var isGlued = false
  private var isInDocument = false
  /// Annotations that have no word yet.
  private var waiting: [Int] = []

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    mapping = EntityMapping(sink.options.entityElements)
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        endLine()
        try start(reader, &sink)
        if reader.isEmptyElement { try end(reader, &sink) }
      case .elementEnd:
        endLine()
        try end(reader, &sink)
      case .text: take(reader.text)
      case .other: break
      }
    }
    try finishDocument(reader, &sink)
  }

  private mutating func start(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    let element = MarkupElement(reader)
    var new = Element(name: element.name)
    let context = MarkupContext(parent: open.last?.name, isInDocument: isInDocument)
    let known = KnownElements.role(of: element, in: context)
    let role = mapping.role(
      of: element,
      was: KnownElements.entity(of: element).map(MarkupRole.entity)
        ?? (element.name == "text" ? .block : known), isRoot: open.isEmpty, &sink.report)
    switch role {
    case .entity(let entity):
      new.annotation = document.annotations.count
      waiting.append(document.annotations.count)
      document.annotations.append(
        Annotation(
          label: entity.label, range: scalars.count..<scalars.count, id: entity.id,
          attributes: entity.attributes))
    default:
      let isNamed = ["text", "doc", "document"].contains(element.name.lowercased())
      if isNamed, !isInDocument {
        try finishDocument(reader, &sink)
        document.id = element.id
        document.attributes = element.attributes(without: "")
        isInDocument = true
        new.isDocument = true
      }
      new.isJoined = element.name == "w" || open.last?.isJoined == true
      switch known {
      case .block, .sentence, .document: new.isBlock = true
      default: break
      }
    }
    if element.name == "g" { isGlued = true }
    if new.isBlock { endSentence() }
    if element.name == "w" { isGlued = false }
    open.append(new)
  }

  private mutating func end(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    guard let element = open.popLast() else { return }
    if let index = element.annotation {
      waiting.removeAll { $0 == index }
      let start = document.annotations[index].range.lowerBound
      document.annotations[index].fragments = [start..<max(start, scalars.count)]
    }
    if element.name == "w" { isGlued = false }
    if element.isBlock { endSentence() }
    if element.isDocument {
      try finishDocument(reader, &sink)
      isInDocument = false
    }
  }

  private mutating func take(_ text: String) {
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        endLine()
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }

  private mutating func endLine() {
    defer { line = "" }
    guard !MarkedText.isBlank(line) else { return }
    let columns = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let word = columns[0]
    if words.isEmpty {
      if !document.sentences.isEmpty { scalars.append("\n") }
    } else if !isGlued {
      scalars.append(" ")
    } else {
      words[words.count - 1].spaceAfter = false
    }
    isGlued = open.last?.isJoined ?? false
    for index in waiting {
      document.annotations[index].fragments = [scalars.count..<scalars.count]
    }
    waiting.removeAll()
    let start = scalars.count
    scalars += word.unicodeScalars
    words.append(Word(text: word, range: start..<scalars.count, spaceAfter: true))
    rows.append(columns)
  }

  private mutating func endSentence() {
    isGlued = false
    guard !words.isEmpty else { return }
    document.sentences.append(Sentence(words: words, rows: rows))
    words = []
    rows = []
  }

  private mutating func finishDocument(
    _ reader: XMLPullReader, _ sink: inout DocumentSink
  ) throws {
    endSentence()
    document.text = String(scalars: scalars)
    let isThere = !document.sentences.isEmpty || isInDocument
    let isAnnotated = !document.annotations.isEmpty || !mapping.isEmpty
    let finished = document
    document = Document(text: "", sentences: [])
    scalars = []
    waiting = []
    for index in open.indices { open[index].annotation = nil }
    guard isThere else { return }
    try sink.append(
      ReadDocument(
        document: finished, segmentation: .words, isAnnotated: isAnnotated, file: reader.file))
  }
}
