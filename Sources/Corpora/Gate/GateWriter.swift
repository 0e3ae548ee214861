/// Writes GATE XML: one GATE document for each document.
///
/// Sentences and words become annotations `Sentence` and `Token` of the default set; each other
/// annotation goes to the set named by its layer. What GATE has no place for stands in features
/// whose names begin with `enxerto.`, so that reading gives the same document. Columns of CoNLL
/// and comments are left out.
public struct GateWriter: DocumentFilesWriter {
  public init() {}

  public func files(of document: Document, stem: String) throws(CorpusError) -> [CorpusFile] {
    var file = GateFile(document: document, name: stem + ".xml")
    return [CorpusFile(name: stem + ".xml", bytes: try file.bytes())]
  }
}

private struct GateFile {
  /// An annotation as it will stand in the file.
  private struct Element {
    var id: Int
    var type: String
    var range: Range<Int>
    var features: [Attribute] = []
  }

  let document: Document
  private var xml: EscapedXML
  /// UTF-16 units before each scalar of the text, and of all of it.
  private var units: [Int] = [0]
  private let scalars: [Unicode.Scalar]
  private var next = 0

  init(document: Document, name: String) {
    self.document = document
    xml = EscapedXML(file: name)
    scalars = Array(document.text.unicodeScalars)
    units.reserveCapacity(scalars.count + 1)
    var sum = 0
    for scalar in scalars {
      sum += scalar.value > 0xFFFF ? 2 : 1
      units.append(sum)
    }
  }

  /// Greater ones are given anew, so that there is room after them.
  private static let greatestKept = 1_000_000_000

  /// The annotation's id, if it can stand as it is.
  private static func number(_ annotation: Annotation) -> Int? {
    guard let id = annotation.id, let number = Int(id), (0...greatestKept).contains(number),
      String(number).hasSameBytes(as: id)
    else { return nil }
    return number
  }

  mutating func bytes() throws(CorpusError) -> [UInt8] {
    let first = (document.annotations.compactMap(Self.number).max() ?? -1) + 1
    next = first
    let structure = structureElements()
    let sets = try entityElements()
    xml.markup("<?xml version='1.0' encoding='UTF-8'?>\n<GateDocument version=\"3\">\n")
    xml.markup("<!-- The document's features-->\n\n<GateDocumentFeatures>\n")
    try write(documentFeatures(firstAssigned: first, sets: sets.map(\.name)))
    xml.markup("</GateDocumentFeatures>\n")
    xml.markup("<!-- The document content area with serialized nodes -->\n\n<TextWithNodes>")
    try writeText(structure + sets.flatMap(\.elements))
    xml.markup("</TextWithNodes>\n<!-- The default annotation set -->\n\n<AnnotationSet>\n")
    for element in structure { try write(element) }
    for set in sets where set.name == nil {
      for element in set.elements { try write(element) }
    }
    xml.markup("</AnnotationSet>\n")
    for set in sets {
      guard let name = set.name else { continue }
      xml.markup("\n<!-- Named annotation set -->\n\n<AnnotationSet")
      try xml.attribute("Name", name)
      xml.markup(">\n")
      for element in set.elements { try write(element) }
      xml.markup("</AnnotationSet>\n")
    }
    xml.markup("\n</GateDocument>\n")
    return xml.bytes
  }

  // MARK: What there is to write

  private func documentFeatures(
    firstAssigned: Int, sets: [String?]
  ) throws(CorpusError) -> [Attribute] {
    var features = try checked(document.attributes)
    if let id = document.id { features.append(Attribute(GateMark.documentID, id)) }
    if next > firstAssigned {
      features.append(Attribute(GateMark.firstAssigned, String(firstAssigned)))
    }
    let isPlain =
      sets.count < 2
      && sets.allSatisfy { $0.map { !$0.hasSameBytes(as: GateMark.markupSet) } ?? true }
    if !isPlain { features.append(Attribute(GateMark.sets, "all")) }
    return features
  }

  private mutating func newID() -> Int {
    defer { next += 1 }
    return next
  }

  private mutating func structureElements() -> [Element] {
    var result: [Element] = []
    for sentence in document.sentences {
      guard let first = sentence.words.first, let last = sentence.words.last else { continue }
      let start = first.range.lowerBound
      result.append(
        Element(
          id: newID(), type: GateMark.sentence,
          range: start..<max(start, last.range.upperBound)))
      for word in sentence.words {
        result.append(Element(id: newID(), type: GateMark.token, range: word.range))
      }
    }
    for section in document.sections {
      result.append(
        Element(
          id: newID(), type: GateMark.section, range: section.range,
          features: section.attributes))
    }
    return result
  }

  /// By sets, the default one first.
  private mutating func entityElements() throws(CorpusError) -> [(
    name: String?, elements: [Element]
  )] {
    var sets: [(name: String?, elements: [Element])] = []
    var places: [[UInt8]: Int] = [:]
    var setOf: [Int] = []
    let named = document.annotations.map { $0.layer.flatMap { $0.isEmpty ? nil : $0 } }
    if named.contains(where: { $0 == nil }) {
      sets.append((nil, []))
      places[[]] = 0
    }
    for name in named {
      let key = Array((name ?? "").utf8)
      let place = places[key] ?? sets.count
      if place == sets.count {
        sets.append((name, []))
        places[key] = place
      }
      setOf.append(place)
    }
    let isOrdered = zip(setOf, setOf.dropFirst()).allSatisfy { $0 <= $1 }
    var taken: Set<Int> = []
    for (index, annotation) in document.annotations.enumerated() {
      guard !annotation.label.hasSameBytes(as: GateMark.section) else {
        throw CorpusError(
          file: xml.file, expected: "another label than the writer's own",
          found: annotation.label.quoted)
      }
      var features = try checked(annotation.attributes)
      let kept = Self.number(annotation).flatMap { taken.insert($0).inserted ? $0 : nil }
      if kept == nil, let id = annotation.id { features.append(Attribute(GateMark.id, id)) }
      if GateMark.structure.contains(annotation.label) {
        features.append(Attribute(GateMark.entity, "true"))
      }
      if !isOrdered { features.append(Attribute(GateMark.order, String(index))) }
      let id = kept ?? newID()
      let others = annotation.fragments.dropFirst().map { range in
        Element(
          id: newID(), type: annotation.label, range: range,
          features: features.filter { !$0.name.hasSameBytes(as: GateMark.id) }
            + [Attribute(GateMark.fragmentOf, String(id))])
      }
      if !others.isEmpty {
        let ids = others.map { String($0.id) }.joined(separator: " ")
        features.append(Attribute(GateMark.fragments, ids))
      }
      let first = annotation.fragments.first ?? 0..<0
      sets[setOf[index]].elements.append(
        Element(id: id, type: annotation.label, range: first, features: features))
      sets[setOf[index]].elements += others
    }
    return sets
  }

  private func checked(_ attributes: [Attribute]) throws(CorpusError) -> [Attribute] {
    if let reserved = attributes.first(where: { GateMark.isMark($0) }) {
      throw CorpusError(
        file: xml.file, expected: "attributes whose names do not begin with enxerto.",
        found: reserved.name.quoted)
    }
    return attributes
  }

  // MARK: Writing

  private mutating func writeText(_ elements: [Element]) throws(CorpusError) {
    var edges: Set<Int> = []
    for element in elements {
      edges.insert(element.range.lowerBound)
      edges.insert(element.range.upperBound)
    }
    var start = 0
    for edge in edges.sorted() {
      try xml.text(scalars[start..<edge])
      xml.markup("<Node id=\"\(units[edge])\"/>")
      start = edge
    }
    try xml.text(scalars[start...])
  }

  private mutating func write(_ element: Element) throws(CorpusError) {
    xml.markup("<Annotation Id=\"\(element.id)\"")
    try xml.attribute("Type", element.type)
    xml.markup(
      " StartNode=\"\(units[element.range.lowerBound])\""
        + " EndNode=\"\(units[element.range.upperBound])\">\n")
    try write(element.features)
    xml.markup("</Annotation>\n")
  }

  private mutating func write(_ features: [Attribute]) throws(CorpusError) {
    for feature in features {
      xml.markup("<Feature>\n  <Name className=\"java.lang.String\">")
      try xml.text(feature.name)
      xml.markup("</Name>\n  <Value className=\"java.lang.String\">")
      try xml.text(feature.value)
      xml.markup("</Value>\n</Feature>\n")
    }
  }
}
