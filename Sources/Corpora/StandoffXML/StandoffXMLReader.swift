/// Reads sentences whose entities have offsets, as the DDI corpus has them:
/// `<sentence id="…" text="…"><entity id="…" charOffset="59-65;75-78" type="…" text="…"/>…`.
///
/// The document's text is its sentences joined by line feeds; each is a section with its
/// attributes. Ends are inclusive, unless more of a document's entities (then: of the file so far)
/// stand on their text with exclusive ones. Pairs are set aside.
struct StandoffXMLReader: DocumentReader {
  private struct Sentence {
    /// In the document's text.
    var start: Int
    var text: [Unicode.Scalar]
    var entities: [Entity] = []
  }

  private struct Entity {
    /// As written; nil for what is no range.
    var places: [(start: Int, last: Int)]?
    var mention: [Unicode.Scalar]
    var label: String?
    var id: String?
    var attributes: [Attribute]
  }

  private var document = Document(text: "", sentences: [])
  private var isInDocument = false
  private var isInSentence = false
  private var hasContent = false
  /// Depth of the element whose content is passed over.
  private var skipped: Int?
  private var sentences: [Sentence] = []
  private var length = 0
  /// Entities of the file so far that have their text with ends of either kind.
  private var votes = (inclusive: 0, exclusive: 0)

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        guard skipped == nil else { continue }
        let isEmpty = reader.isEmptyElement
        try start(reader, isEmpty: isEmpty, &sink)
        if isEmpty, skipped == nil { try end(reader.name, source.name, &sink) }
      case .elementEnd:
        if let depth = skipped {
          if reader.depth == depth { skipped = nil }
        } else {
          try end(reader.name, source.name, &sink)
        }
      case .text:
        guard skipped == nil else { continue }
        if reader.text.unicodeScalars.contains(where: { !MarkedText.isSpace($0) }) {
          sink.report.setAside("text outside of attributes")
        }
      case .other: break
      }
    }
    try finish(source.name, &sink)
  }

  private mutating func start(
    _ reader: XMLPullReader, isEmpty: Bool, _ sink: inout DocumentSink
  ) throws {
    switch reader.name {
    case "document":
      guard !isInDocument, !isInSentence else {
        throw reader.error(expected: "</document> first", found: "<document> inside another")
      }
      try finish(reader.file, &sink)
      isInDocument = true
      hasContent = true
      for attribute in reader.attributes {
        if attribute.name == "id" {
          document.id = attribute.value
        } else {
          document.attributes.append(Attribute(attribute.name, attribute.value))
        }
      }
    case "sentence":
      guard !isInSentence else {
        throw reader.error(expected: "</sentence> first", found: "<sentence> inside another")
      }
      try startSentence(reader)
    case "entity" where isInSentence: addEntity(reader)
    default:
      if isInSentence || reader.name == "pair" || reader.name == "entity" {
        sink.report.setAside(Self.reason(reader.name, isInSentence))
        skipped = isEmpty ? nil : reader.depth
      }
    }
  }

  private static func reason(_ name: String, _ isInSentence: Bool) -> String {
    switch name {
    case "pair", "interaction", "relation": "relations"
    case "entity": "entities outside of sentences"
    default: "elements of sentences that are no entities"
    }
  }

  private mutating func startSentence(_ reader: XMLPullReader) throws(CorpusError) {
    var text: String?
    var attributes: [Attribute] = []
    for attribute in reader.attributes {
      if attribute.name == "text" {
        text = attribute.value
      } else {
        attributes.append(Attribute(attribute.name, attribute.value))
      }
    }
    guard let text else {
      throw reader.error(expected: "<sentence> with its text=\"…\"", found: "one without")
    }
    if !sentences.isEmpty { length += 1 }
    let scalars = Array(text.unicodeScalars)
    document.sections.append(
      Section(range: length..<length + scalars.count, attributes: attributes))
    sentences.append(Sentence(start: length, text: scalars))
    length += scalars.count
    isInSentence = true
    hasContent = true
  }

  private mutating func addEntity(_ reader: XMLPullReader) {
    var entity = Entity(mention: [], attributes: [])
    for attribute in reader.attributes {
      switch attribute.name {
      case "charOffset": entity.places = Self.places(attribute.value)
      case "text": entity.mention = Array(attribute.value.unicodeScalars)
      case "type": entity.label = attribute.value
      case "id": entity.id = attribute.value
      default: entity.attributes.append(Attribute(attribute.name, attribute.value))
      }
    }
    sentences[sentences.count - 1].entities.append(entity)
  }

  /// `59-65;75-78`, or with a comma.
  private static func places(_ text: String) -> [(start: Int, last: Int)]? {
    var result: [(start: Int, last: Int)] = []
    let separators = [UInt8(ascii: ";"), UInt8(ascii: ",")]
    for part in text.utf8.split(whereSeparator: separators.contains) {
      let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard ends.count == 2, let start = OffsetNumber.value(of: ends[0]),
        let last = OffsetNumber.value(of: ends[1])
      else { return nil }
      result.append((start, last))
    }
    return result.isEmpty ? nil : result
  }

  private mutating func end(
    _ name: String, _ file: String, _ sink: inout DocumentSink
  ) throws {
    switch name {
    case "document":
      isInDocument = false
      try finish(file, &sink)
    case "sentence": isInSentence = false
    default: break
    }
  }

  private mutating func finish(_ file: String, _ sink: inout DocumentSink) throws {
    guard hasContent else { return }
    let isInclusive = vote()
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(length)
    for (index, sentence) in sentences.enumerated() {
      if index > 0 { scalars.append("\n") }
      scalars += sentence.text
      let wide = OffsetTable(sentence.text[...], .utf16)
      for entity in sentence.entities {
        guard
          let found = Self.fragments(
            of: entity, in: sentence.text, wide, isInclusive: isInclusive, &sink.report)
        else { continue }
        if entity.label?.isEmpty ?? true {
          sink.report.repair("annotation without a type, labelled \(BioCDocument.unknownLabel)")
        }
        let label = entity.label.flatMap { $0.isEmpty ? nil : $0 }
        document.annotations.append(
          Annotation(
            label: label ?? BioCDocument.unknownLabel,
            fragments: MentionText.ordered(found, &sink.report).map {
              $0.shifted(by: sentence.start)
            }, id: entity.id, attributes: entity.attributes))
      }
    }
    document.text = String(scalars: scalars)
    let read = ReadDocument(
      document: document,
      segmentation: .sentences(sentences.map { $0.start..<$0.start + $0.text.count }),
      isAnnotated: true, file: file)
    document = Document(text: "", sentences: [])
    sentences = []
    length = 0
    hasContent = false
    try sink.append(read)
  }

  // MARK: Offsets

  /// Whether the document's ends are inclusive.
  private mutating func vote() -> Bool {
    var here = (inclusive: 0, exclusive: 0)
    for sentence in sentences {
      let table = OffsetTable(sentence.text[...], .scalars)
      for entity in sentence.entities where !entity.mention.isEmpty {
        if Self.isOnText(entity, sentence.text, table, end: 1) { here.inclusive += 1 }
        if Self.isOnText(entity, sentence.text, table, end: 0) { here.exclusive += 1 }
      }
    }
    votes.inclusive += here.inclusive
    votes.exclusive += here.exclusive
    if here.inclusive != here.exclusive { return here.inclusive > here.exclusive }
    return votes.inclusive >= votes.exclusive
  }

  private static func ranges(
    of entity: Entity, _ table: OffsetTable, end: Int, shift: Int = 0
  ) -> [Range<Int>]? {
    guard let places = entity.places else { return nil }
    var result: [Range<Int>] = []
    result.reserveCapacity(places.count)
    for (start, last) in places {
      guard let start = table.scalar(at: start + shift),
        let end = table.scalar(at: last + end + shift), start <= end
      else { return nil }
      result.append(start..<end)
    }
    return result
  }

  private static func isOnText(
    _ entity: Entity, _ text: [Unicode.Scalar], _ table: OffsetTable, end: Int, shift: Int = 0
  ) -> Bool {
    guard let ranges = ranges(of: entity, table, end: end, shift: shift),
      MentionText.holds(ranges, of: text, entity.mention)
    else { return false }
    // A range that is too long by a space must not pass for the mention.
    if entity.mention.first?.isWhiteSpace ?? true { return true }
    if entity.mention.last?.isWhiteSpace ?? true { return true }
    return ranges.allSatisfy { range in
      !range.isEmpty && !text[range.lowerBound].isWhiteSpace
        && !text[range.upperBound - 1].isWhiteSpace
    }
  }

  private static func fragments(
    of entity: Entity, in text: [Unicode.Scalar], _ wide: OffsetTable, isInclusive: Bool,
    _ report: inout CorpusReport
  ) -> [Range<Int>]? {
    guard let places = entity.places else {
      report.setAside("entity without a charOffset that can be read")
      return nil
    }
    let plain = OffsetTable(text[...], .scalars)
    let (usual, other) = isInclusive ? (1, 0) : (0, 1)
    let nominal = ranges(of: entity, plain, end: usual)
    if entity.mention.isEmpty {
      if nominal != nil {
        report.repair("annotation without text taken by its offsets")
      } else {
        report.setAside("location that is not in the text")
      }
      return nominal
    }
    let otherReason =
      isInclusive ? "exclusive end among inclusive ones" : "inclusive end among exclusive ones"
    let attempts: [(reason: String?, table: OffsetTable, end: Int, shift: Int)] = [
      (nil, plain, usual, 0), (otherReason, plain, other, 0),
      (OffsetUnit.utf16.reason, wide, usual, 0), (OffsetUnit.utf16.reason, wide, other, 0),
      ("annotation moved by one", plain, usual, -1), ("annotation moved by one", plain, usual, 1),
      ("annotation moved by one", plain, other, -1), ("annotation moved by one", plain, other, 1),
    ]
    for attempt in attempts
    where isOnText(entity, text, attempt.table, end: attempt.end, shift: attempt.shift) {
      if let reason = attempt.reason { report.repair(reason) }
      return ranges(of: entity, attempt.table, end: attempt.end, shift: attempt.shift)
    }
    if let nominal {
      if MentionText.holds(nominal, of: text, entity.mention) { return nominal }
      if MentionText.holds(nominal, of: text, entity.mention, ignoringCase: true) {
        report.repair("annotation whose text differs in case")
        return nominal
      }
    }
    if places.count == 1, places[0].start <= text.count + MentionText.window,
      let found = MentionText.find(entity.mention, near: places[0].start, in: text)
    {
      report.repair("annotation moved to its text nearby")
      return [found]
    }
    report.setAside(
      nominal == nil
        ? "location that is not in the text" : "annotation whose text is not at its location")
    return nil
  }
}

extension StandoffXMLReader {
  /// Whether a file is of sentences that have their text, and entities their place, in attributes.
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    guard sample.rootElement != nil, sample.contains("<sentence ") else { return nil }
    let isStandoff =
      sample.contains(" charOffset=")
      || sample.contains("<sentence id=") && sample.contains(" text=\"")
    return isStandoff ? .standoffXML : nil
  }
}
