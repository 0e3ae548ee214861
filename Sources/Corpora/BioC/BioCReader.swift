/// Reads BioC XML: a document is handed on as soon as it ends.
///
/// Annotations are those of passages, sentences and documents, composite mentions and their parts
/// (`IndividualMention`) alike; relations are set aside. What a collection says of itself
/// (`source`, `date`, `key`, infons) becomes attributes of each document (`collection.source`, …).
struct BioCReader: DocumentReader {
  private enum Element {
    case collection
    case document
    case passage
    case sentence
    case annotation
    case location
    /// One that has nothing but text.
    case leaf(String)

    var name: String {
      switch self {
      case .collection: "collection"
      case .document: "document"
      case .passage: "passage"
      case .sentence: "sentence"
      case .annotation: "annotation"
      case .location: "location"
      case .leaf(let name): name
      }
    }
  }

  private static let names: Set<String> = [
    "collection", "source", "date", "key", "infon", "document", "id", "passage", "offset", "text",
    "sentence", "annotation", "location", "relation", "node",
  ]

  private var open: [Element] = []
  /// Depth of the element whose content is passed over.
  private var skipped: Int?
  private var value = ""
  private var key = ""
  private var collection: [Attribute] = []
  private var document = BioCDocument()
  private var passage = BioCDocument.Part()
  private var sentence = BioCDocument.Part()
  private var annotation = BioCDocument.Annotation()

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        if skipped != nil { continue }
        let isEmpty = reader.isEmptyElement
        try start(reader, isEmpty: isEmpty, &sink)
        if isEmpty, skipped == nil { try end(reader, &sink) }
        if isEmpty { skipped = nil }
      case .elementEnd:
        if let depth = skipped {
          if reader.depth == depth { skipped = nil }
        } else {
          try end(reader, &sink)
        }
      case .text:
        if skipped == nil { try take(reader) }
      case .other: break
      }
    }
  }

  private mutating func start(
    _ reader: XMLPullReader, isEmpty: Bool, _ sink: inout DocumentSink
  ) throws(CorpusError) {
    let name = reader.name
    let element: Element?
    switch (open.last, name) {
    case (nil, "collection"): element = .collection
    case (.collection, "document"):
      document = BioCDocument()
      element = .document
    case (.document, "passage"):
      passage = BioCDocument.Part()
      element = .passage
    case (.passage, "sentence"):
      sentence = BioCDocument.Part()
      element = .sentence
    case (.document, "annotation"), (.passage, "annotation"), (.sentence, "annotation"):
      annotation = BioCDocument.Annotation(id: reader.attribute("id"))
      element = .annotation
    case (.annotation, "location"):
      annotation.locations.append(Self.location(reader))
      element = .location
    case (.collection, "source"), (.collection, "date"), (.collection, "key"), (.document, "id"),
      (.passage, "offset"), (.sentence, "offset"), (.passage, "text"), (.sentence, "text"),
      (.annotation, "text"):
      element = .leaf(name)
    case (.collection, "infon"), (.document, "infon"), (.passage, "infon"), (.sentence, "infon"),
      (.annotation, "infon"):
      key = reader.attribute("key") ?? ""
      element = .leaf(name)
    case (.document, "relation"), (.passage, "relation"), (.sentence, "relation"):
      sink.report.setAside("relations")
      element = nil
    case (.leaf(let parent), _):
      throw reader.error(expected: "text alone in <\(parent)>", found: "<\(name)>")
    default:
      guard let parent = open.last else {
        throw reader.error(expected: "<collection>", found: "<\(name)>")
      }
      guard !Self.names.contains(name) else {
        throw reader.error(
          expected: "what BioC has inside <\(parent.name)>", found: "<\(name)>")
      }
      sink.report.setAside("elements that BioC does not have")
      element = nil
    }
    guard let element else {
      skipped = reader.depth
      return
    }
    value = ""
    open.append(element)
  }

  private static func location(_ reader: XMLPullReader) -> BioCDocument.Location? {
    guard let offset = reader.attribute("offset").flatMap({ OffsetNumber.value(of: $0.utf8) }),
      let length = reader.attribute("length").flatMap({ OffsetNumber.value(of: $0.utf8) })
    else { return nil }
    return BioCDocument.Location(offset: offset, length: length)
  }

  private mutating func take(_ reader: XMLPullReader) throws(CorpusError) {
    let text = reader.text
    if case .leaf = open.last {
      if value.isEmpty { value = text } else { value += text }
    } else if let stray = text.unicodeScalars.first(where: { !MarkedText.isSpace($0) }) {
      throw reader.error(
        expected: "text inside <text>, <infon> and the like only",
        found: "text in <\(open.last?.name ?? "")>, with \(String(stray).quoted)")
    }
  }

  private mutating func end(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    guard let element = open.popLast() else { return }
    switch element {
    case .collection, .location: break
    case .document: try finish(reader.file, &sink)
    case .passage: document.passages.append(passage)
    case .sentence:
      if !sentence.infons.isEmpty {
        sink.report.setAside("infons of sentences", count: sentence.infons.count)
      }
      passage.sentences.append(sentence)
    case .annotation:
      switch open.last {
      case .sentence: sentence.annotations.append(annotation)
      case .passage: passage.annotations.append(annotation)
      default: document.annotations.append(annotation)
      }
    case .leaf(let name): try endLeaf(name, reader, &sink)
    }
  }

  private mutating func endLeaf(
    _ name: String, _ reader: XMLPullReader, _ sink: inout DocumentSink
  ) throws(CorpusError) {
    let parent = open.last
    switch (parent, name) {
    case (.collection, "infon"):
      collection.append(Attribute("collection." + key, value))
    case (.collection, _):
      if !value.isEmpty { collection.append(Attribute("collection." + name, value)) }
    case (.document, "id"): document.id = value.isEmpty ? nil : value
    case (.document, _): document.infons.append(Attribute(key, value))
    case (.annotation, "text"): try set(&annotation.text, reader)
    case (.annotation, _): annotation.infons.append(Attribute(key, value))
    case (.passage, "text"): try set(&passage.text, reader)
    case (.passage, "infon"): passage.infons.append(Attribute(key, value))
    case (.passage, _): setOffset(&passage.offset, "passage", &sink)
    case (.sentence, "text"): try set(&sentence.text, reader)
    case (.sentence, "infon"): sentence.infons.append(Attribute(key, value))
    case (.sentence, _): setOffset(&sentence.offset, "sentence", &sink)
    default: break
    }
  }

  private func set(_ text: inout String?, _ reader: XMLPullReader) throws(CorpusError) {
    guard text == nil else {
      throw reader.error(
        expected: "one <text> in <\(open.last?.name ?? "")>", found: "another one")
    }
    text = value
  }

  private func setOffset(_ offset: inout Int?, _ part: String, _ sink: inout DocumentSink) {
    offset = OffsetNumber.value(of: value.utf8)
    if offset == nil { sink.report.repair("\(part) whose offset is no number") }
  }

  private mutating func finish(_ file: String, _ sink: inout DocumentSink) throws {
    let own = Set(document.infons.map { Array($0.name.utf8) })
    document.infons =
      collection.filter { !own.contains(Array($0.name.utf8)) } + document.infons
    let read = BioCAssembly.read(document, file: file, &sink)
    document = BioCDocument()
    passage = BioCDocument.Part()
    try sink.append(read)
  }
}

extension BioCReader {
  /// Whether a file is BioC.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    guard sample.rootElement == "collection" else { return nil }
    return sample.contains("<document>") || sample.contains("<passage>")
      || sample.contains("<document ") || sample.contains("BioC") ? .bioc : nil
  }
}
