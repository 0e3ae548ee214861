/// Reads GATE's XML: `GateDocument` with its features, `TextWithNodes` and `AnnotationSet`s.
///
/// Where a node stands in the text is what counts; its number (UTF-16 units for GATE) is only its
/// name, and is checked.
struct GateReader: DocumentReader {
  /// What the text of an element is gathered for.
  private enum Gathering {
    case name
    case value
  }

  private var content = GateContent()
  private var isInText = false
  private var hasText = false
  private var isInSet = false
  private var isInAnnotation = false
  private var isInRelations = false
  private var feature = Attribute("", "")
  private var gathering: Gathering?
  private var scalars = 0
  private var units = 0

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    var hasRoot = false
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        if !hasRoot, reader.name != "GateDocument" {
          throw reader.error(expected: "<GateDocument>", found: "<\(reader.name)>")
        }
        if hasRoot { try start(reader, &sink.report) }
        hasRoot = true
        if reader.isEmptyElement { end(reader.name) }
      case .elementEnd: end(reader.name)
      case .text: try take(reader)
      case .other: break
      }
    }
    guard hasText else {
      throw CorpusError(
        file: source.name, expected: "<TextWithNodes> in <GateDocument>", found: "none")
    }
    try sink.append(content.document(file: source.name, sink.options, &sink.report))
  }

  private mutating func start(_ reader: XMLPullReader, _ report: inout CorpusReport) throws {
    switch reader.name {
    case "GateDocumentFeatures", "RelationSet": isInRelations = reader.name == "RelationSet"
    case "Feature": feature = Attribute("", "")
    case "Name": gathering = .name
    case "Value": gathering = .value
    case "TextWithNodes":
      guard !hasText else {
        throw reader.error(expected: "one <TextWithNodes>", found: "a second")
      }
      isInText = true
      hasText = true
    case "Node" where isInText: node(reader, &report)
    case "AnnotationSet":
      isInSet = true
      content.open(set: reader.attribute("Name").flatMap { $0.isEmpty ? nil : $0 })
    case "Annotation" where isInSet:
      isInAnnotation = true
      content.append(
        GateAnnotation(
          id: reader.attribute("Id"), type: reader.attribute("Type"),
          start: reader.attribute("StartNode").flatMap { Int($0) },
          end: reader.attribute("EndNode").flatMap { Int($0) }))
    default:
      if isInRelations {
        if reader.name == "Relation" { report.setAside("relation") }
      } else {
        report.repair("unknown element passed over")
      }
    }
  }

  private mutating func node(_ reader: XMLPullReader, _ report: inout CorpusReport) {
    guard let id = reader.attribute("id").flatMap({ Int($0) }) else {
      report.repair("node without a number passed over")
      return
    }
    guard content.nodes[id] == nil else {
      if content.nodes[id] != scalars {
        report.repair("second node of one number passed over")
      }
      return
    }
    if id != units { report.repair("node whose number is not its place: the place counts") }
    content.nodes[id] = scalars
  }

  private mutating func end(_ name: String) {
    switch name {
    case "Name", "Value": gathering = nil
    case "Feature" where !isInRelations:
      if isInAnnotation {
        content.addToLast(feature)
      } else if !isInSet {
        content.features.append(feature)
      }
    case "TextWithNodes": isInText = false
    case "AnnotationSet": isInSet = false
    case "Annotation": isInAnnotation = false
    case "RelationSet": isInRelations = false
    default: break
    }
  }

  private mutating func take(_ reader: XMLPullReader) throws(CorpusError) {
    let value = reader.text
    switch gathering {
    case .name: feature.name += value
    case .value: feature.value += value
    case nil:
      if isInText {
        for scalar in value.unicodeScalars {
          scalars += 1
          units += scalar.value > 0xFFFF ? 2 : 1
        }
        content.text += value
      } else if let stray = value.unicodeScalars.first(where: { !MarkedText.isSpace($0) }) {
        throw reader.error(
          expected: "text in <TextWithNodes>, <Name> and <Value> only",
          found: "text outside, with \(String(stray).quoted)")
      }
    }
  }
}

/// An annotation as the file has it.
struct GateAnnotation {
  var id: String?
  var type: String?
  var start: Int?
  var end: Int?
  var features: [Attribute] = []
}

/// What is in a GATE document, before an annotation set is chosen.
struct GateContent {
  struct AnnotationSet {
    /// nil for the default one.
    var name: String?
    var annotations: [GateAnnotation] = []

    /// For messages.
    var title: String { name.map { "the annotation set \($0.quoted)" } ?? "the default set" }

    func isNamed(_ other: String) -> Bool { name?.hasSameBytes(as: other) ?? false }
  }

  var text = ""
  /// Where each node stands: Unicode scalars.
  var nodes: [Int: Int] = [:]
  var features: [Attribute] = []
  private(set) var sets: [AnnotationSet] = []
  /// By name.
  private var places: [[UInt8]?: Int] = [:]
  private var current = 0

  mutating func open(set name: String?) {
    let key = name.map { Array($0.utf8) }
    current = places[key] ?? sets.count
    if current == sets.count {
      places[key] = current
      sets.append(AnnotationSet(name: name))
    }
  }

  mutating func append(_ annotation: GateAnnotation) {
    sets[current].annotations.append(annotation)
  }

  mutating func addToLast(_ feature: Attribute) {
    let last = sets[current].annotations.count - 1
    guard last >= 0 else { return }
    sets[current].annotations[last].features.append(feature)
  }
}
