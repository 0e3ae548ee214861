/// One CAS as it is written.
struct XMIFile {
  let document: Document
  private(set) var types = XMITypeSystem()
  private let offsets: UTF16Offsets
  private var xml: EscapedXML
  private var members: [Int] = []
  private var next: Int
  private var sofa = 0
  /// The prefixes of the namespaces.
  private var prefixes: [(package: String, prefix: String)] = []
  private var names: [String: String] = [:]

  private var entities = NumberRuns()
  private var withoutID = NumberRuns()
  private var withoutLayer = NumberRuns()
  private var valueIsLabel = NumberRuns()
  private var layers: [(name: String, elements: NumberRuns)] = []
  private var layerPlaces: [[UInt8]: Int] = [:]

  /// Greater numbers are given anew, so that there is room after them.
  private static let greatestKept = 1_000_000_000

  /// How many attributes of the caller's a tag may have.
  static let mostAttributes = 200

  init(document: Document, name: String) {
    self.document = document
    offsets = UTF16Offsets(document.text)
    xml = EscapedXML(file: name)
    next = (document.annotations.compactMap(Self.number).max() ?? 0) + 1
  }

  /// The annotation's id, if it can stand as it is.
  static func number(_ annotation: Annotation) -> Int? {
    guard let id = annotation.id, let number = Int(id), (1...greatestKept).contains(number),
      String(number).hasSameBytes(as: id)
    else { return nil }
    return number
  }

  private mutating func newNumber() -> Int {
    defer { next += 1 }
    return next
  }

  mutating func bytes() throws(CorpusError) -> [UInt8] {
    sofa = newNumber()
    try writeMetadata()
    try writeSentences()
    try writeAnnotations()
    for section in document.sections {
      try open(XMIName.section, newNumber(), section.range)
      try close(XMIName.section, pairs: section.attributes)
    }
    try writeConventions()
    let body = xml
    xml = EscapedXML(file: body.file)
    xml.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI")
    xml.markup(" xmlns:xmi=\"\(XMIName.namespace)\" xmlns:cas=\"http:///uima/cas.ecore\"")
    for (package, prefix) in prefixes {
      let path = package.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 }
      xml.markup(" xmlns:\(prefix)=\"http:///\(String(decoding: path, as: UTF8.self)).ecore\"")
    }
    xml.markup(" xmi:version=\"2.0\">\n  <cas:NULL xmi:id=\"0\"/>\n")
    xml.append(body)
    xml.markup("  <cas:Sofa xmi:id=\"\(sofa)\" sofaNum=\"1\" sofaID=\"\(XMIName.initialView)\"")
    xml.markup(" mimeType=\"text\"")
    try xml.attribute("sofaString", document.text)
    xml.markup("/>\n  <cas:View sofa=\"\(sofa)\" members=\"")
    xml.markup(members.map(String.init).joined(separator: " "))
    xml.markup("\"/>\n</xmi:XMI>\n")
    return xml.bytes
  }

  // MARK: Elements

  private mutating func qualified(_ type: String) -> String {
    if let known = names[type] { return known }
    let name = prefixed(type)
    names[type] = name
    return name
  }

  private mutating func prefixed(_ type: String) -> String {
    let words = type.utf8.split(separator: UInt8(ascii: "."))
    let name = words.last.map { String(Substring($0)) } ?? type
    let package = words.dropLast().map { String(Substring($0)) }.joined(separator: ".")
    if let known = prefixes.first(where: { $0.package == package }) {
      return known.prefix + ":" + name
    }
    prefixes.append((package, "t\(prefixes.count + 1)"))
    return "t\(prefixes.count):" + name
  }

  /// The start of an element with its number; with a range, its place.
  private mutating func open(
    _ type: String, _ number: Int, _ range: Range<Int>?
  ) throws(CorpusError) {
    members.append(number)
    xml.markup("  <\(qualified(type)) xmi:id=\"\(number)\"")
    guard let range else { return }
    xml.markup(" sofa=\"\(sofa)\" begin=\"\(offsets.unit(atScalar: range.lowerBound))\"")
    xml.markup(" end=\"\(offsets.unit(atScalar: range.upperBound))\"")
  }

  private mutating func close(
    _ type: String, pairs: [Attribute] = [], lists: [(String, [String])] = []
  ) throws(CorpusError) {
    let lists =
      [("names", pairs.map(\.name)), ("values", pairs.map(\.value))] + lists
    guard lists.contains(where: { !$0.1.isEmpty }) else {
      xml.markup("/>\n")
      return
    }
    xml.markup(">\n")
    for (name, values) in lists {
      for value in values {
        xml.markup("    <\(name)>")
        try xml.text(value)
        xml.markup("</\(name)>\n")
      }
    }
    xml.markup("  </\(qualified(type))>\n")
  }

  private static let metadataFeatures: Set<String> = [
    "documentTitle", "documentUri", "documentBaseUri", "collectionId", "language",
  ]

  /// Whether the attributes of the document can all be features of its metadata.
  private var hasPlainAttributes: Bool {
    let names = document.attributes.map(\.name)
    return Set(names).count == names.count && names.allSatisfy(Self.metadataFeatures.contains)
      && !document.attributes.contains { XMIContent.isDefault($0) }
  }

  private mutating func writeMetadata() throws(CorpusError) {
    let number = newNumber()
    try open(XMIName.metadata, number, 0..<offsets.scalars)
    if let id = document.id { try xml.attribute("documentId", id) }
    var written: Set<String> = []
    for attribute in document.attributes
    where Self.metadataFeatures.contains(attribute.name) && written.insert(attribute.name).inserted
    {
      try xml.attribute(attribute.name, attribute.value)
    }
    if !written.contains("language") { try xml.attribute("language", "x-unspecified") }
    try close(XMIName.metadata)
  }

  private mutating func writeSentences() throws(CorpusError) {
    for sentence in document.sentences {
      guard let first = sentence.words.first, let last = sentence.words.last else { continue }
      let start = first.range.lowerBound
      try open(XMIName.sentence, newNumber(), start..<max(start, last.range.upperBound))
      try close(XMIName.sentence)
      for word in sentence.words {
        try open(XMIName.token, newNumber(), word.range)
        try close(XMIName.token)
      }
    }
  }

  // MARK: Annotations

  private mutating func writeAnnotations() throws(CorpusError) {
    var taken: Set<Int> = []
    for annotation in document.annotations {
      let kept = Self.number(annotation).flatMap { taken.insert($0).inserted ? $0 : nil }
      try write(annotation, kept)
    }
  }

  private mutating func write(_ annotation: Annotation, _ kept: Int?) throws(CorpusError) {
    var type = XMITypeSystem.type(of: annotation.layer)
    // Each namespace is an attribute of the root, of which readers take so many.
    if prefixes.count >= Self.mostAttributes, names[type] == nil { type = XMIName.namedEntity }
    let plan = XMIFeatures(of: annotation, type: type)
    types.declare(type, plan.features.map(\.name))
    let numbers = annotation.fragments.indices.map { $0 == 0 ? kept ?? newNumber() : newNumber() }
    for (number, range) in zip(numbers, annotation.fragments) {
      try open(type, number, range)
      for feature in plan.features { try xml.attribute(feature.name, feature.value) }
      try close(type)
      entities.insert(number)
    }
    guard let number = numbers.first else { return }
    if annotation.id == nil { withoutID.insert(number) }
    if plan.valueIsLabel { valueIsLabel.insert(number) }
    if let layer = annotation.layer {
      if !layer.hasSameBytes(as: type) { note(layer, number) }
    } else {
      withoutLayer.insert(number)
    }
    let externalID = kept == nil ? annotation.id : nil
    guard
      numbers.count > 1 || plan.needsAttributes || plan.needsLabel || externalID != nil
    else { return }
    try open(XMIName.details, newNumber(), nil)
    xml.markup(" target=\"\(number)\"")
    if numbers.count > 1 {
      let list = numbers.dropFirst().map(String.init).joined(separator: " ")
      try xml.attribute("fragments", list)
    }
    if plan.needsLabel { try xml.attribute("label", annotation.label) }
    if let externalID { try xml.attribute("externalId", externalID) }
    if plan.needsAttributes { try xml.attribute("hasAttributes", "true") }
    try close(XMIName.details, pairs: plan.needsAttributes ? annotation.attributes : [])
  }

  private mutating func note(_ layer: String, _ number: Int) {
    let key = Array(layer.utf8)
    let place = layerPlaces[key] ?? layers.count
    if place == layers.count {
      layers.append((layer, NumberRuns()))
      layerPlaces[key] = place
    }
    layers[place].elements.insert(number)
  }

  private mutating func writeConventions() throws(CorpusError) {
    let isPlain = hasPlainAttributes
    guard !document.annotations.isEmpty || !isPlain else { return }
    let number = newNumber()
    try open(XMIName.conventions, number, nil)
    xml.markup(" number=\"\(number)\"")
    let runs = [
      ("entities", entities), ("withoutId", withoutID), ("withoutLayer", withoutLayer),
      ("valueIsLabel", valueIsLabel),
    ]
    for (name, runs) in runs where !runs.isEmpty { try xml.attribute(name, runs.text) }
    if !isPlain { try xml.attribute("hasAttributes", "true") }
    try close(
      XMIName.conventions, pairs: isPlain ? [] : document.attributes,
      lists: [
        ("layerNames", layers.map(\.name)), ("layerElements", layers.map(\.elements.text)),
      ])
  }
}

/// Which features an annotation's element has, and what they leave to be said elsewhere.
struct XMIFeatures {
  private(set) var features: [Attribute] = []
  /// Whether the feature `value` is the label, and no attribute.
  private(set) var valueIsLabel = false
  private(set) var needsLabel = false
  private(set) var needsAttributes = false

  init(of annotation: Annotation, type: String) {
    let isNamedEntity = type == XMIName.namedEntity
    var names: Set<String> = []
    for attribute in annotation.attributes {
      let isKnown =
        isNamedEntity
        ? attribute.name == "value" || attribute.name == "identifier"
        : XMIName.isFeature(attribute.name)
      if isKnown, features.count < XMIFile.mostAttributes,
        names.insert(attribute.name).inserted
      {
        features.append(attribute)
      }
    }
    needsAttributes = features.count != annotation.attributes.count
    let label = annotation.label
    if Self.plainLabel(of: features, type)?.hasSameBytes(as: label) ?? false { return }
    if names.contains("value") || label.isEmpty {
      needsLabel = true
    } else {
      features.insert(Attribute("value", label), at: 0)
      valueIsLabel = true
    }
  }

  /// The label that every reader takes; nil where it depends on what the reader makes of the
  /// features.
  private static func plainLabel(of features: [Attribute], _ type: String) -> String? {
    if let value = features.value(of: "value"), !value.isEmpty { return value }
    guard features.allSatisfy(\.value.isEmpty) else { return nil }
    let last = type.utf8.split(separator: UInt8(ascii: ".")).last
    return last.map { String(Substring($0)) } ?? type
  }
}
