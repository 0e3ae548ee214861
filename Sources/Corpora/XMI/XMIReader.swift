/// Reads UIMA's CAS XMI: one CAS, its text in a `cas:Sofa`, its annotations elements whose type
/// is their name in its namespace.
struct XMIReader: DocumentReader {
  private var content = XMIContent()
  /// Of the root element: the one that `id` is in.
  private var namespace = XMIName.namespace
  /// Types by the namespace and name of their elements.
  private var types: [[UInt8]: Int] = [:]
  /// Of child elements: the feature that they are.
  private var feature: (name: String, value: String)?

  /// The text may be 10 MB in one attribute; libxml2 sets that bound.
  private static let limits = XMLPullReader.Limits(
    tags: XMLGuard.Limits(attributes: 1000, tagBytes: 10_100_000))

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let reader = try XMLPullReader(
      source, encoding: sink.options.encoding, limits: Self.limits)
    content.wanted = sink.options.annotationSet
    content.elements = sink.options.entityElements
    while try Self.advance(reader) {
      switch reader.node {
      case .elementStart: try start(reader, &sink.report)
      case .elementEnd:
        if reader.depth == 2 { endFeature() }
      case .text: try take(reader)
      case .other: break
      }
    }
    try sink.append(content.document(file: source.name, sink.options, &sink.report))
  }

  /// - Throws: what the reader throws; for a text that is too long, a message that says so.
  private static func advance(_ reader: XMLPullReader) throws(CorpusError) -> Bool {
    do {
      return try reader.advance()
    } catch {
      let signs = ["AttValue length too long", "Huge input lookup", "AttValue: "]
      let isLong =
        error.expected.hasPrefix("tags of at most \(limits.tags.tagBytes)")
        || signs.contains { error.found.contains($0) && !error.found.contains("expected") }
      guard isLong else { throw error }
      throw CorpusError(
        file: error.file, line: error.line, column: error.column,
        expected: "a text of at most 10 MB as it is written (a CAS holds its text in one "
          + "attribute, which the XML parser caps at 10 MB: split the document)",
        found: "a longer attribute")
    }
  }

  private mutating func start(_ reader: XMLPullReader, _ report: inout CorpusReport) throws {
    switch reader.depth {
    case 0: try root(reader)
    case 1: try element(reader, &report)
    case 2:
      feature = (reader.name, "")
      if reader.isEmptyElement {
        // A reference to another element, or an empty text.
        feature?.value = reader.attribute("href") ?? ""
        endFeature()
      }
    default: report.repair("element inside of a feature passed over")
    }
  }

  private mutating func root(_ reader: XMLPullReader) throws(CorpusError) {
    let earlier = "http://schema.omg.org/spec/XMI"
    guard reader.name == "XMI", let space = reader.namespace,
      space == XMIName.namespace || space.utf8.starts(with: earlier.utf8)
    else {
      throw reader.error(
        expected: "<XMI> of the namespace \(XMIName.namespace)", found: "<\(reader.name)>")
    }
    namespace = space
  }

  private mutating func endFeature() {
    if let feature { content.addToLast(Attribute(feature.name, feature.value)) }
    feature = nil
  }

  private mutating func take(_ reader: XMLPullReader) throws(CorpusError) {
    let value = reader.text
    if feature != nil {
      feature?.value += value
    } else if let stray = value.unicodeScalars.first(where: { !MarkedText.isSpace($0) }) {
      throw reader.error(
        expected: "text in features only", found: "text outside, with \(String(stray).quoted)")
    }
  }

  private mutating func element(
    _ reader: XMLPullReader, _ report: inout CorpusReport
  ) throws(CorpusError) {
    let name = reader.name
    let namespace = reader.namespace
    let key = Array((namespace ?? "").utf8) + [0] + Array(name.utf8)
    let type: Int
    if let known = types[key] {
      type = known
    } else {
      type = content.addType(XMIName.type(namespace: namespace, name: name))
      types[key] = type
    }
    if content.isCompact(type) {
      content.append(
        compact: type, id: reader.attribute("id", namespace: self.namespace),
        sofa: reader.attribute("sofa"), begin: reader.attribute("begin"),
        end: reader.attribute("end"), &report)
      return
    }
    var element = XMIElement(type: type)
    for attribute in reader.attributes {
      switch (attribute.name, attribute.namespace) {
      case (let name, let space?):
        if name == "id", space.hasSameBytes(as: self.namespace) { element.id = attribute.value }
      case ("sofa", nil): element.sofa = attribute.value
      case ("begin", nil): element.begin = attribute.value
      case ("end", nil): element.end = attribute.value
      default: element.features.append(Attribute(attribute.name, attribute.value))
      }
    }
    try content.append(element, reader)
  }
}

/// A feature structure as the file has it.
struct XMIElement {
  var type: Int
  var id: String?
  var sofa: String?
  var begin: String?
  var end: String?
  var features: [Attribute] = []

  var number: Int? { id.flatMap { Int($0) } }
}
