/// Writes BioC XML, offsets in code points.
///
/// Sections become passages, attributes infons, a layer the infon `layer`; a document without
/// sections is one passage, text between sections (other than line feeds) a passage with the infon
/// `section` = `no`. Sentences are written as such where splitting the text would not find them.
/// Annotations stand in the passage in which they begin; from the first that would come out of
/// order, at the end of the document. Annotations without an id are given one, and an infon of the
/// document says which. Characters that XML cannot hold are errors.
public struct BioCWriter: DocumentWriter {
  private let source: String
  private let date: String
  private let key: String

  /// - Parameters: what the collection says of itself.
  public init(source: String = "", date: String = "", key: String = "") {
    self.source = source
    self.date = date
    self.key = key
  }

  public var prologue: [UInt8] {
    var output = BioCOutput(name: "BioC")
    output.raw(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE collection SYSTEM \"BioC.dtd\">\n")
    output.raw("<collection>\n")
    for (name, value) in [("source", source), ("date", date), ("key", key)] {
      output.raw("<\(name)>")
      output.raw(String(scalars: value.unicodeScalars.filter(BioCOutput.isAllowed)), escaped: true)
      output.raw("</\(name)>\n")
    }
    return output.bytes
  }

  public var epilogue: [UInt8] { Array("</collection>\n".utf8) }

  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    let layout = try BioCLayout(document)
    var output = BioCOutput(name: document.id ?? "document")
    output.idPrefix = Self.idPrefix(for: document)
    output.raw("<document>\n")
    try output.leaf("id", document.id ?? "")
    try output.infons(document.attributes)
    if let prefix = output.idPrefix {
      try output.infons([Attribute(BioCDocument.idPrefix, prefix)])
    }
    for passage in layout.passages {
      output.raw("<passage>\n")
      try output.infons(passage.attributes)
      output.raw("<offset>\(passage.range.lowerBound)</offset>\n")
      if !passage.isDivided {
        try output.leaf("text", String(scalars: layout.text[passage.range]))
      }
      for part in passage.parts {
        if passage.isDivided {
          output.raw("<sentence>\n<offset>\(part.range.lowerBound)</offset>\n")
          try output.leaf("text", String(scalars: layout.text[part.range]))
        }
        for index in part.annotations {
          try output.annotation(document.annotations[index], layout.text)
        }
        if passage.isDivided { output.raw("</sentence>\n") }
      }
      output.raw("</passage>\n")
    }
    for annotation in document.annotations[layout.firstOfDocument...] {
      try output.annotation(annotation, layout.text)
    }
    output.raw("</document>\n")
    return output.bytes
  }

  /// What no id of the document begins with; nil if none is to be given.
  private static func idPrefix(for document: Document) -> String? {
    let isAmbiguous =
      document.attributes.last?.name.hasSameBytes(as: BioCDocument.idPrefix) ?? false
    guard isAmbiguous || document.annotations.contains(where: { $0.id == nil }) else { return nil }
    let letter = UInt8(ascii: "e")
    let longest = document.annotations.reduce(0) { longest, annotation in
      max(longest, annotation.id?.utf8.prefix { $0 == letter }.count ?? 0)
    }
    return String(repeating: "e", count: longest + 1)
  }
}

/// What stands in which passage.
private struct BioCLayout {
  struct Part {
    var range: Range<Int>
    var annotations: Range<Int> = 0..<0
  }

  struct Passage {
    var range: Range<Int>
    var attributes: [Attribute]
    /// One, or the sentences.
    var parts: [Part]
    var isDivided = false
  }

  let text: [Unicode.Scalar]
  private(set) var passages: [Passage] = []
  /// The first annotation that stands after the passages.
  private(set) var firstOfDocument = 0
  /// Line feeds that are left to the reader to put in.
  private var fill = 0

  init(_ document: Document) throws(CorpusError) {
    text = Array(document.text.unicodeScalars)
    for annotation in document.annotations
    where annotation.range.lowerBound < 0
      || annotation.fragments.contains(where: { $0.upperBound > text.count })
    {
      throw CorpusError(
        file: document.id ?? "document", expected: "annotations inside the text",
        found: "one at \(annotation.range)")
    }
    try divide(document)
    addSentences(of: document)
    place(document.annotations)
  }

  private mutating func divide(_ document: Document) throws(CorpusError) {
    guard !document.sections.isEmpty else {
      add(0..<text.count, [])
      return
    }
    var end = 0
    for section in document.sections {
      guard section.range.lowerBound >= end, section.range.upperBound <= text.count else {
        throw CorpusError(
          file: document.id ?? "document",
          expected: "sections in order, inside the text and without overlap",
          found: "one at \(section.range)")
      }
      if !isFilled(end..<section.range.lowerBound) {
        add(end..<section.range.lowerBound, [BioCDocument.noSection])
      }
      add(section.range, section.attributes)
      end = section.range.upperBound
    }
    if end < text.count { add(end..<text.count, [BioCDocument.noSection]) }
  }

  private mutating func add(_ range: Range<Int>, _ attributes: [Attribute]) {
    passages.append(
      Passage(range: range, attributes: attributes, parts: [Part(range: range)]))
  }

  /// Whether a reader will put in what stands in a gap.
  private mutating func isFilled(_ gap: Range<Int>) -> Bool {
    guard gap.count <= BioCAssembly.gapAllowed(after: gap.lowerBound, fill: fill),
      text[gap].allSatisfy({ $0 == "\n" })
    else { return false }
    fill += gap.count
    return true
  }

  private mutating func addSentences(of document: Document) {
    let sentences = Self.ranges(of: document)
    guard !sentences.isEmpty, sentences != Self.foundRanges(of: document) else { return }
    var divided = passages
    var next = 0
    for index in divided.indices {
      let passage = divided[index].range
      let first = next
      while next < sentences.count, sentences[next].upperBound <= passage.upperBound { next += 1 }
      let own = sentences[first..<next]
      guard own.first?.lowerBound ?? passage.lowerBound >= passage.lowerBound else { return }
      guard !own.isEmpty else { continue }
      var parts: [Part] = []
      var start = passage.lowerBound
      for place in own.indices {
        guard place + 1 < own.endIndex else {
          parts.append(Part(range: start..<passage.upperBound))
          break
        }
        let gap = own[place].upperBound..<own[place + 1].lowerBound
        parts.append(Part(range: start..<(isFilled(gap) ? gap.lowerBound : gap.upperBound)))
        start = gap.upperBound
      }
      divided[index].parts = parts
      divided[index].isDivided = true
    }
    // A sentence that goes across passages: none can be given.
    if next == sentences.count { passages = divided }
  }

  /// From each sentence's first word to its last one.
  private static func ranges(of document: Document) -> [Range<Int>] {
    document.sentences.compactMap { sentence in
      guard let first = sentence.words.first, let last = sentence.words.last else { return nil }
      let start = first.range.lowerBound
      return start..<max(start, last.range.upperBound)
    }
  }

  /// The sentences that a reader will find by itself.
  private static func foundRanges(of document: Document) -> [Range<Int>]? {
    var bare = document
    bare.sentences = []
    let finisher = DocumentFinisher(options: CorpusOptions())
    var report = CorpusReport()
    let read = ReadDocument(
      document: bare, segmentation: .text, isAnnotated: true, file: "")
    return (try? finisher.finish(read, scheme: nil, report: &report)).map(ranges)
  }

  private mutating func place(_ annotations: [Annotation]) {
    let places = passages.indices.flatMap { passage in
      passages[passage].parts.indices.map { (passage, $0) }
    }
    let starts = places.map { passages[$0].parts[$1].range.lowerBound }
    var current = 0
    var first = 0
    func close(_ end: Int, _ passages: inout [Passage]) {
      guard current < places.count else { return }
      let (passage, part) = places[current]
      passages[passage].parts[part].annotations = first..<end
      first = end
    }
    for (index, annotation) in annotations.enumerated() {
      let start = annotation.range.lowerBound
      var place = max(starts.partitioningIndex { $0 > start } - 1, 0)
      // Between two of them either will do.
      while place > current, annotation.range.isEmpty, starts[place] == start,
        passages[places[place - 1].0].parts[places[place - 1].1].range.upperBound == start
      {
        place -= 1
      }
      guard place >= current else { break }
      if place > current {
        close(index, &passages)
        current = place
      }
      firstOfDocument = index + 1
    }
    close(firstOfDocument, &passages)
  }
}

/// BioC as bytes.
private struct BioCOutput {
  /// libxml2 reads no text beyond 10 million bytes.
  private static let textLimit = 9_999_000
  private static let attributeLimit = 1 << 17

  /// For messages.
  let name: String
  /// How the ids begin that are given to annotations without one.
  var idPrefix: String?
  private var given = 0
  private(set) var bytes: [UInt8] = []

  init(name: String) {
    self.name = name
  }

  mutating func raw(_ text: String, escaped: Bool = false) {
    if escaped { escape(text, isAttribute: false) } else { bytes += text.utf8 }
  }

  mutating func leaf(_ element: String, _ text: String) throws(CorpusError) {
    bytes += "<\(element)>".utf8
    try add(text, limit: Self.textLimit, isAttribute: false)
    bytes += "</\(element)>\n".utf8
  }

  mutating func infons(_ attributes: [Attribute]) throws(CorpusError) {
    for attribute in attributes {
      bytes += "<infon key=\"".utf8
      try add(attribute.name, limit: Self.attributeLimit, isAttribute: true)
      bytes += "\">".utf8
      try add(attribute.value, limit: Self.textLimit, isAttribute: false)
      bytes += "</infon>\n".utf8
    }
  }

  mutating func annotation(
    _ annotation: Annotation, _ text: [Unicode.Scalar]
  ) throws(CorpusError) {
    guard !annotation.label.isEmpty else {
      throw CorpusError(file: name, expected: "annotations with a label", found: "none")
    }
    bytes += "<annotation".utf8
    if annotation.id == nil { given += 1 }
    if let id = annotation.id ?? idPrefix.map({ "\($0)\(given)" }) {
      bytes += " id=\"".utf8
      try add(id, limit: Self.attributeLimit, isAttribute: true)
      bytes += "\"".utf8
    }
    bytes += ">\n".utf8
    try infons([Attribute("type", annotation.label)] + LayerAttribute.attributes(of: annotation))
    for fragment in annotation.fragments {
      let place = "offset=\"\(fragment.lowerBound)\" length=\"\(fragment.count)\""
      bytes += "<location \(place)/>\n".utf8
    }
    let pieces = annotation.fragments.map { text[$0] }
    try leaf("text", String(scalars: pieces.joined(separator: [" "])))
    bytes += "</annotation>\n".utf8
  }

  private mutating func add(
    _ text: String, limit: Int, isAttribute: Bool
  ) throws(CorpusError) {
    guard text.utf8.count <= limit else {
      throw CorpusError(
        file: name, expected: "texts of at most \(limit) bytes (XML readers take no longer ones)",
        found: "one of \(text.utf8.count)")
    }
    if let scalar = text.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
      throw CorpusError(
        file: name, expected: "characters that XML can hold",
        found: "U+" + String(scalar.value, radix: 16, uppercase: true))
    }
    escape(text, isAttribute: isAttribute)
  }

  private mutating func escape(_ text: String, isAttribute: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\r"): bytes += "&#13;".utf8
      case UInt8(ascii: "\"") where isAttribute: bytes += "&quot;".utf8
      case UInt8(ascii: "\n") where isAttribute: bytes += "&#10;".utf8
      case UInt8(ascii: "\t") where isAttribute: bytes += "&#9;".utf8
      default: bytes.append(byte)
      }
    }
  }

  /// Whether XML 1.0 has the character.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0xFFFD, 0x10000...: true
    default: false
    }
  }
}
