/// Writes JSON lines, as `JSONLine` describes them, keys always in this order: `id`, `text` or
/// `tokens`, `tags`, `sentences`, `sections`, `attributes`, `spans`, then what the line has besides.
///
/// What is written of a document reads as the same document, but for the columns and comments of
/// CoNLL.
public struct JSONLinesWriter: DocumentWriter {
  /// nil: the words are always written.
  private let finisher: DocumentFinisher?

  /// - Parameters:
  ///   - split: what readers will split the text with: words that it finds are not written; nil:
  ///     all are.
  ///   - nesting: how readers will choose the flat spans, at whose edges words are cut.
  public init(split: TextSplit?, nesting: Nesting = .outermost) {
    finisher = split.map { DocumentFinisher(options: CorpusOptions(nesting: nesting, split: $0)) }
  }

  /// For readers with options as they are unless said.
  public init() {
    finisher = DocumentFinisher(options: CorpusOptions())
  }

  /// The document as one line, its annotations by offsets into its text.
  ///
  /// - Throws: `CorpusError` for an annotation without a label.
  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    guard !document.annotations.contains(where: \.label.isEmpty) else {
      throw CorpusError(
        file: document.id ?? "document", expected: "annotations with a label", found: "none")
    }
    let scalars = Array(document.text.unicodeScalars)
    for annotation in document.annotations {
      guard
        annotation.fragments.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= scalars.count })
      else {
        throw CorpusError(
          file: document.id ?? "document", expected: "annotations inside the text",
          found: "one at \(annotation.range)")
      }
    }
    let givesWords = !isSplit(document, scalars)
    return Self.bytes(
      of: JSONLine(document, scalars: scalars, givesWords: givesWords), scalars: scalars)
  }

  /// Whether a reader finds the same words and flat spans by itself.
  ///
  /// - Parameter scalars: of the document's text.
  private func isSplit(_ document: Document, _ scalars: [Unicode.Scalar]) -> Bool {
    guard let finisher else { return false }
    var report = CorpusReport()
    let found = finisher.segments(of: document, scalars, nil, &report)
    return document.sentences.elementsEqual(found) { sentence, found in
      sentence.spans.elementsEqual(found.spans) { $0.words == $1.words }
        && sentence.words.elementsEqual(found.words) { word, range in
          word.range == range
            && word.spaceAfter == JSONObject.isSpaced(range.upperBound, scalars)
            && scalars[range].elementsEqual(word.text.unicodeScalars)
        }
    }
  }

  /// One line with its line feed. A blank line is written as an empty text.
  public static func bytes(of line: JSONLine) -> [UInt8] {
    guard case .text(let text) = line.content, line.sentences != nil else {
      return bytes(of: line, scalars: [])
    }
    return bytes(of: line, scalars: Array(text.unicodeScalars))
  }

  // MARK: Members

  /// - Parameter scalars: of the text, for the words.
  private static func bytes(of line: JSONLine, scalars: [Unicode.Scalar]) -> [UInt8] {
    var bytes: [UInt8] = Array("{".utf8)
    var others = line.others[...]
    if let first = others.first, first.key.hasSameBytes(as: "id") {
      append(first, to: &bytes)
      bytes += ",".utf8
      others.removeFirst()
    } else if let id = line.id {
      bytes += "\"id\":".utf8
      JSONText.append(id, to: &bytes)
      bytes += ",".utf8
    }
    switch line.content {
    case .blank: bytes += "\"text\":\"\"".utf8
    case .text(let text):
      bytes += "\"text\":".utf8
      JSONText.append(text, to: &bytes)
    case .tokens(let tokens):
      bytes += "\"tokens\":".utf8
      append(list: tokens, to: &bytes) { JSONText.append($0, to: &$1) }
    }
    if let tags = line.tags {
      bytes += ",\"tags\":".utf8
      append(list: tags, to: &bytes) { JSONText.append($0, to: &$1) }
    }
    if let sentences = line.sentences {
      bytes += ",\"sentences\":".utf8
      append(list: sentences, to: &bytes) { words, bytes in
        append(list: words, to: &bytes) { append($0, scalars, to: &$1) }
      }
    }
    if !line.sections.isEmpty {
      bytes += ",\"sections\":".utf8
      append(list: line.sections, to: &bytes) { section, bytes in
        append(start: section.range, to: &bytes)
        append(section.attributes, to: &bytes)
        bytes += "}".utf8
      }
    }
    append(line.attributes, to: &bytes)
    bytes += ",\"spans\":".utf8
    append(list: line.spans ?? [], to: &bytes) { append($0, to: &$1) }
    for other in others {
      bytes += ",".utf8
      append(other, to: &bytes)
    }
    bytes += "}\n".utf8
    return bytes
  }

  private static func append(_ span: JSONSpan, to bytes: inout [UInt8]) {
    append(start: span.range, to: &bytes)
    if let text = span.text {
      bytes += ",\"text\":".utf8
      JSONText.append(text, to: &bytes)
    }
    bytes += ",\"label\":".utf8
    JSONText.append(span.label, to: &bytes)
    if let confidence = span.confidence,
      !span.others.contains(where: { $0.key.hasSameBytes(as: "confidence") })
    {
      bytes += ",\"confidence\":".utf8
      JSONText.append(fraction: confidence, to: &bytes)
    }
    if !span.fragments.isEmpty {
      bytes += ",\"fragments\":".utf8
      append(list: span.fragments, to: &bytes) { append($0, to: &$1) }
    }
    if let layer = span.layer {
      bytes += ",\"layer\":".utf8
      JSONText.append(layer, to: &bytes)
    }
    if let id = span.id, !span.others.contains(where: { $0.key.hasSameBytes(as: "id") }) {
      bytes += ",\"id\":".utf8
      JSONText.append(id, to: &bytes)
    }
    append(span.attributes, to: &bytes)
    for other in span.others {
      bytes += ",".utf8
      append(other, to: &bytes)
    }
    bytes += "}".utf8
  }

  // MARK: Values

  private static func append<Element>(
    list: some Sequence<Element>, to bytes: inout [UInt8],
    _ body: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for element in list {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      body(element, &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// `[start,end` with what the text does not say of the word.
  private static func append(
    _ word: Word, _ scalars: [Unicode.Scalar], to bytes: inout [UInt8]
  ) {
    bytes.append(UInt8(ascii: "["))
    JSONText.append(word.range.lowerBound, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    JSONText.append(word.range.upperBound, to: &bytes)
    if !scalars[word.range].elementsEqual(word.text.unicodeScalars) {
      bytes.append(UInt8(ascii: ","))
      JSONText.append(word.text, to: &bytes)
    }
    if word.spaceAfter != JSONObject.isSpaced(word.range.upperBound, scalars) {
      bytes += word.spaceAfter ? ",true".utf8 : ",false".utf8
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private static func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    JSONText.append(range.lowerBound, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    JSONText.append(range.upperBound, to: &bytes)
    bytes.append(UInt8(ascii: "]"))
  }

  /// The beginning of an object that has a range.
  private static func append(start range: Range<Int>, to bytes: inout [UInt8]) {
    bytes += "{\"start\":".utf8
    JSONText.append(range.lowerBound, to: &bytes)
    bytes += ",\"end\":".utf8
    JSONText.append(range.upperBound, to: &bytes)
  }

  private static func append(_ member: JSONMember, to bytes: inout [UInt8]) {
    JSONText.append(member.key, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    bytes += member.json.utf8
  }

  private static func append(_ attributes: [Attribute], to bytes: inout [UInt8]) {
    guard !attributes.isEmpty else { return }
    bytes += ",\"attributes\":".utf8
    guard Set(attributes.map { Array($0.name.utf8) }).count == attributes.count else {
      append(list: attributes, to: &bytes) { attribute, bytes in
        append(list: [attribute.name, attribute.value], to: &bytes) { JSONText.append($0, to: &$1) }
      }
      return
    }
    bytes.append(UInt8(ascii: "{"))
    for (index, attribute) in attributes.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONText.append(attribute.name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      JSONText.append(attribute.value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }
}
