/// The bytes of one document in inline XML.
struct InlineXMLOutput {
  private let document: Document
  private let plan: InlineXMLPlan
  private let scalars: [Unicode.Scalar]
  private let name: String
  private var bytes: [UInt8] = []
  private var usesOwn = false

  init(document: Document, plan: InlineXMLPlan) {
    self.document = document
    self.plan = plan
    scalars = Array(document.text.unicodeScalars)
    name = document.id ?? "document"
  }

  /// - Throws: `CorpusError` for a character that XML cannot hold.
  mutating func written() throws(CorpusError) -> [UInt8] {
    let between = plan.isExact ? "" : "\n"
    let (plain, others) = Self.divided(document.attributes)
    for attribute in others { try append(attribute, between) }
    var place = 0
    for sentence in plan.sentences {
      if plan.isExact { try append(text: place..<sentence.range.lowerBound) }
      try append(sentence)
      bytes += between.utf8
      place = sentence.range.upperBound
    }
    if plan.isExact { try append(text: place..<scalars.count) }
    for section in document.sections {
      open("section", [Attribute("at", OffsetList.text([section.range]))])
      try close("section", section.attributes, between)
    }
    for index in plan.standoff {
      let annotation = document.annotations[index]
      try openOwn(
        annotation, index, [Attribute("at", OffsetList.text(annotation.fragments))])
      try close("span", annotation.attributes, between)
    }
    let content = bytes
    bytes = Array("<document".utf8)
    if usesOwn { bytes += " xmlns:x=\"\(MarkupElement.ownNamespace)\"".utf8 }
    if let id = document.id { try append(attribute: "id", id) }
    for attribute in plain { try append(attribute: attribute.name, attribute.value) }
    if plan.isExact { bytes += " xml:space=\"preserve\"".utf8 }
    bytes += ">\(between)".utf8
    bytes += content
    bytes += "</document>\n".utf8
    return bytes
  }

  // MARK: Sentences

  private mutating func append(
    _ sentence: InlineXMLPlan.WrittenSentence
  ) throws(CorpusError) {
    bytes += sentence.isPreserving ? "<s xml:space=\"preserve\">".utf8 : "<s>".utf8
    if let words = sentence.words {
      // In several elements, because a tag has a limit.
      for start in stride(from: 0, to: words.count, by: 1000) {
        open("words", [])
        let part = words[start..<min(start + 1000, words.count)]
        bytes += " at=\"\(OffsetList.text(part))\"/>".utf8
      }
    }
    var place = sentence.range.lowerBound
    var open: [Int] = []
    func end(_ index: Int) -> Int { document.annotations[index].range.upperBound }
    for index in sentence.elements {
      let start = document.annotations[index].range.lowerBound
      while let last = open.last, end(last) <= start {
        try append(text: place..<end(last))
        place = end(last)
        closeElement(last)
        open.removeLast()
      }
      try append(text: place..<start)
      place = start
      try openElement(index)
      open.append(index)
    }
    while let last = open.popLast() {
      try append(text: place..<end(last))
      place = end(last)
      closeElement(last)
    }
    try append(text: place..<sentence.range.upperBound)
    bytes += "</s>".utf8
  }

  private func isElement(_ label: String) -> Bool {
    XMLName.isName(label) && !Self.reserved.contains { $0.utf8.elementsEqual(label.utf8) }
  }

  /// Structure, and elements by which other formats are known.
  private static let reserved = [
    "s", "document", "ENAMEX", "NUMEX", "TIMEX", "EM", "cons",
  ]

  private mutating func openElement(_ index: Int) throws(CorpusError) {
    let annotation = document.annotations[index]
    guard isElement(annotation.label) else {
      try openOwn(annotation, index, [])
      bytes += ">".utf8
      for attribute in annotation.attributes { try append(attribute, "") }
      return
    }
    let (plain, others) = Self.divided(annotation.attributes)
    bytes += "<\(annotation.label)".utf8
    if let id = annotation.id { try append(attribute: "id", id) }
    if let layer = annotation.layer {
      usesOwn = true
      try append(attribute: "x:layer", layer)
    }
    if plan.isNumbered {
      usesOwn = true
      bytes += " x:n=\"\(index)\"".utf8
    }
    for attribute in plain { try append(attribute: attribute.name, attribute.value) }
    bytes += ">".utf8
    for attribute in others { try append(attribute, "") }
  }

  private mutating func closeElement(_ index: Int) {
    let label = document.annotations[index].label
    bytes += "</\(isElement(label) ? label : "x:span")>".utf8
  }

  // MARK: Our own elements

  /// The start of a tag, without its end.
  private mutating func open(_ name: String, _ attributes: [Attribute]) {
    usesOwn = true
    bytes += "<x:\(name)".utf8
    for attribute in attributes { bytes += " \(attribute.name)=\"\(attribute.value)\"".utf8 }
  }

  private mutating func openOwn(
    _ annotation: Annotation, _ index: Int, _ attributes: [Attribute]
  ) throws(CorpusError) {
    open("span", [])
    try append(attribute: "label", annotation.label)
    for attribute in attributes { try append(attribute: attribute.name, attribute.value) }
    if let id = annotation.id { try append(attribute: "id", id) }
    if let layer = annotation.layer { try append(attribute: "layer", layer) }
    if plan.isNumbered { bytes += " n=\"\(index)\"".utf8 }
  }

  /// The rest of an element that has attributes in it and no text.
  private mutating func close(
    _ name: String, _ attributes: [Attribute], _ after: String
  ) throws(CorpusError) {
    if attributes.isEmpty {
      bytes += "/>\(after)".utf8
      return
    }
    bytes += ">".utf8
    for attribute in attributes { try append(attribute, "") }
    bytes += "</x:\(name)>\(after)".utf8
  }

  private mutating func append(
    _ attribute: Attribute, _ after: String
  ) throws(CorpusError) {
    open("attribute", [])
    try append(attribute: "name", attribute.name)
    bytes += ">".utf8
    try append(attribute.value.unicodeScalars, inAttribute: false) { place in
      "character \(place) of an attribute's value"
    }
    bytes += "</x:attribute>\(after)".utf8
  }

  /// All attributes as XML has them, or all as elements.
  private static func divided(
    _ attributes: [Attribute]
  ) -> (plain: [Attribute], others: [Attribute]) {
    var names: Set<[UInt8]> = [Array("id".utf8)]
    let isPlain =
      attributes.count <= 100
      && attributes.allSatisfy { attribute in
        XMLName.isName(attribute.name) && names.insert(Array(attribute.name.utf8)).inserted
          && attribute.value.utf8.count <= 4096
      }
    return isPlain ? (attributes, []) : ([], attributes)
  }

  // MARK: Text

  private mutating func append(text range: Range<Int>) throws(CorpusError) {
    guard !range.isEmpty else { return }
    try append(scalars[range], inAttribute: false) { place in
      "character \(range.lowerBound + place) of the text"
    }
  }

  private mutating func append(attribute name: String, _ value: String) throws(CorpusError) {
    bytes += " \(name)=\"".utf8
    try append(value.unicodeScalars, inAttribute: true) { place in
      "character \(place) of the attribute \(name)"
    }
    bytes += "\"".utf8
  }

  private mutating func append(
    _ scalars: some Sequence<Unicode.Scalar>, inAttribute: Bool, place: (Int) -> String
  ) throws(CorpusError) {
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"" where inAttribute: bytes += "&quot;".utf8
      case "\r": bytes += "&#13;".utf8
      case "\t" where inAttribute: bytes += "&#9;".utf8
      case "\n" where inAttribute: bytes += "&#10;".utf8
      default:
        guard XMLName.isCharacter(scalar) else {
          let code = String(scalar.value, radix: 16, uppercase: true)
          let padding = String(repeating: "0", count: max(0, 4 - code.count))
          throw CorpusError(
            file: name, expected: "characters that XML can hold",
            found: "U+\(padding)\(code) at \(place(index))")
        }
        bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
  }
}
