/// Reads documents in whose text entities are elements, as a profile and the options say.
///
/// Documents are handed on one by one; memory is bounded by the longest. White space: see
/// `MarkedText`.
struct MarkupReader: DocumentReader {
  private let profile: any MarkupProfile
  private var mapping = EntityMapping([])
  private var split: TextSplit = { _ in [] }
  private var frames: [MarkupFrame] = []
  private var document = MarkupDocument()
  private var tally = MarkupDocument.Tally()
  /// Whether the file's first text was in a sentence.
  private var beginsWithSentence: Bool?
  /// The number of open elements when an undecided one ended, until the next element.
  private var endedUndecidedAt: Int?
  /// The names of elements in running text whose meaning is not known: as many as are reported.
  private var unknown: Set<String> = []
  private static let namedUnknown = 30
  private var hasTentative = false
  private var hasAlternatives = false
  /// The text of an element that is an attribute's value or a document's name.
  private var collected = ""

  init(profile: any MarkupProfile) {
    self.profile = profile
  }

  mutating func read(_ source: ByteSource, into sink: inout DocumentSink) throws {
    mapping = EntityMapping(sink.options.entityElements)
    split = sink.options.split
    document = emptyDocument
    let reader = try XMLPullReader(source, encoding: sink.options.encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart:
        try start(reader, &sink)
        if reader.isEmptyElement { try end(reader, &sink) }
      case .elementEnd: try end(reader, &sink)
      case .text: try take(reader, &sink)
      case .other: break
      }
    }
    try finishDocument(reader, &sink)
    if tally.unconfirmed > 0 {
      sink.report.setAside(
        "elements in capitals that stand alone in their block", count: tally.unconfirmed)
    }
    if tally.entities == 0, profile.isStrict, beginsWithSentence == false,
      sink.options.requiresAnnotations
    {
      throw CorpusError(
        .option, file: reader.file,
        expected: "elements that mark entities (--entity-element says which they are: PER, "
          + "ENAMEX@TYPE, persName=PER)",
        found: mapping.isEmpty ? "none that is known to" : "none of those named")
    }
  }

  private var emptyDocument: MarkupDocument {
    var document = MarkupDocument()
    document.text.alwaysParts = profile.isStrict
    _ = document.addBlock("", [])
    return document
  }

  private mutating func finishDocument(
    _ reader: XMLPullReader, _ sink: inout DocumentSink
  ) throws {
    let finished = try document.finished(
      file: reader.file, line: reader.line, split: split, &tally, &sink.report)
    document = emptyDocument
    // What is open was counted in the document that is gone.
    for index in frames.indices { frames[index].leaveDocument() }
    if let finished { try sink.append(finished) }
  }

  // MARK: Elements

  private mutating func start(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    let element = MarkupElement(reader)
    let parent = frames.last
    endedUndecidedAt = nil
    var frame = MarkupFrame()
    frame.name = element.name
    if let parent {
      frame.isPreserving = parent.isPreserving
      frame.block = parent.block
      frame.owner = parent.owner
      frame.isInDocument = parent.isInDocument
      frame.sentence = parent.sentence
      frame.isUnannotated = parent.isUnannotated
      frame.skipping = parent.skipping
      if parent.alternatives == .done { frame.skipping = "another alternative" }
    }
    switch element["xml:space"] {
    case "preserve"?: frame.isPreserving = true
    case "default"?: frame.isPreserving = false
    default: break
    }
    let context = MarkupContext(
      parent: parent?.name, siblings: parent?.children ?? 0, isInDocument: frame.isInDocument,
      sentence: frame.sentence)
    var role = mapping.role(
      of: element, was: profile.role(of: element, in: context, &sink.report),
      isRoot: parent == nil, &sink.report)
    if element.isInclusion {
      sink.report.setAside("XInclude: what it names is not read")
      role = .skipped(isText: true)
    }
    if parent == nil { frame.isBlock = true }
    try begin(role, element, &frame, reader, &sink)
    if frame.skipping == nil, !frames.isEmpty { frames[frames.count - 1].children += 1 }
    frames.append(frame)
  }

  private mutating func begin(
    _ role: MarkupRole, _ element: MarkupElement, _ frame: inout MarkupFrame,
    _ reader: XMLPullReader, _ sink: inout DocumentSink
  ) throws {
    if let reason = frame.skipping {
      if case .entity(let entity) = role, !entity.isTentative {
        sink.report.setAside("annotation in \(reason), which is not read")
      }
      return
    }
    let isInSentence = frame.owner.sentence != nil
    switch role {
    case .document(let id, let attributes):
      guard !isInSentence || !profile.isStrict else {
        throw misplaced(element, reader)
      }
      guard !frame.isInDocument, !isInSentence else { return beginBlock(element, &frame) }
      try finishDocument(reader, &sink)
      document.id = id
      document.attributes = attributes
      document.isExplicit = true
      document.text.isExact = profile.isStrict && frame.isPreserving
      frame.isDocument = true
      frame.isInDocument = true
      frame.owner = MarkedText.Owner()
      openBlock(&frame)
    case .sentence:
      guard !isInSentence else {
        if profile.isStrict { throw misplaced(element, reader) }
        return
      }
      if beginsWithSentence == nil { beginsWithSentence = true }
      openBlock(&frame)
      frame.owner.sentence = document.beginSentence(line: reader.line)
      frame.isSentence = true
      frame.sentence = element.name
    case .block: beginBlock(element, &frame)
    case .section:
      beginBlock(element, &frame)
      frame.owner.section = frame.owner.block
    case .undecided:
      let hasText = frames.indices.contains(frame.block) && frames[frame.block].hasText
      if !isInSentence, !hasText, frames.indices.contains(frame.block) {
        beginBlock(element, &frame)
        frame.isUndecided = true
      } else if isInSentence || hasText {
        noteUnknown(element.name, &sink.report)
      }
    case .inline: break
    case .entity(let entity): begin(entity, element, &frame, &sink)
    case .token(let left, let right):
      guard !frames.contains(where: { $0.token != nil }) else { return }
      if left { document.text.part(.glue) }
      frame.token = document.beginToken()
      frame.isGluedRight = right
    case .space: document.text.part(.space)
    case .glue: document.text.part(.glue)
    case .identifier:
      frame.isIdentifier = true
      collected = ""
    case .skipped(let isText):
      frame.skipping = "<\(element.name)>"
      frame.isSkippedText = isText
    case .alternatives:
      frame.alternatives = .empty
      hasAlternatives = true
    case .unannotated: frame.isUnannotated = true
    case .setAside(let reason): sink.report.setAside(reason)
    case .own(let own): try begin(own, &frame, reader)
    }
  }

  /// That an element in running text is nothing that is known to be an entity.
  private mutating func noteUnknown(_ name: String, _ report: inout CorpusReport) {
    guard mapping.isEmpty else { return }
    if !unknown.contains(name) {
      guard unknown.count < Self.namedUnknown else {
        report.setAside("further elements in running text, taken for no entity")
        return
      }
      unknown.insert(name)
    }
    report.setAside("<\(name)> in running text, taken for no entity")
  }

  private func misplaced(_ element: MarkupElement, _ reader: XMLPullReader) -> CorpusError {
    reader.error(
      expected: "</\(frames.last?.sentence ?? "s")> first",
      found: "<\(element.name)> inside a sentence")
  }

  private mutating func beginBlock(_ element: MarkupElement, _ frame: inout MarkupFrame) {
    frame.owner.block = document.addBlock(element.name, element.attributes(without: ""))
    openBlock(&frame)
  }

  private mutating func openBlock(_ frame: inout MarkupFrame) {
    document.text.part(.line)
    frame.isBlock = true
    frame.block = frames.count
  }

  private mutating func begin(
    _ entity: MarkupEntity, _ element: MarkupElement, _ frame: inout MarkupFrame,
    _ sink: inout DocumentSink
  ) {
    if frame.isUnannotated {
      sink.report.setAside("annotation in an element that is not to be annotated")
      return
    }
    if entity.isTentative {
      frame.isTentative = true
      hasTentative = true
      let isInText = !frames.indices.contains(frame.block) || frames[frame.block].hasText
      let block = frame.block
      if !isInText, frame.owner.sentence == nil {
        beginBlock(element, &frame)
        frame.isUndecided = true
      }
      let index = document.begin(entity)
      frame.entity = index
      if frames.indices.contains(block) { frames[block].tentative.append(index) }
    } else {
      frame.entity = document.begin(entity)
    }
  }

  private mutating func begin(
    _ own: OwnMarkup, _ frame: inout MarkupFrame, _ reader: XMLPullReader
  ) throws {
    switch own {
    case .span(let entity): frame.entity = document.begin(entity)
    case .standoff(let entity, let fragments):
      frame.entity = document.add(entity, at: fragments)
    case .section(let range): frame.section = document.addSection(range)
    case .attribute(let name):
      frame.attribute = name
      collected = ""
    case .words(let words):
      guard let sentence = frame.owner.sentence else {
        throw reader.error(expected: "words in a sentence", found: "<words> outside")
      }
      document.addWords(words, to: sentence)
    case .invalid(let expected):
      throw reader.error(expected: expected, found: "<\(frame.name)>")
    }
  }

  // MARK: Ends

  private mutating func end(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    guard let frame = frames.popLast() else { return }
    if let entity = frame.entity { document.end(entity: entity) }
    if let token = frame.token {
      document.endToken(token)
      if frame.isGluedRight { document.text.part(.glue) }
    }
    if frame.isSentence, let sentence = frame.owner.sentence { document.endSentence(sentence) }
    if frame.isBlock {
      if frame.hasOwnText { frame.tentative.forEach { document.confirm($0) } }
      document.text.part(frame.isUndecided ? .softLine : .line)
      // That a block in it has text says nothing of the block around.
      endedUndecidedAt = frame.isUndecided ? frames.count : nil
    }
    if frame.isSkippedText, frame.hasSkippedText {
      sink.report.setAside("text in <\(frame.name)>")
    }
    if frame.isIdentifier { name(by: frame) }
    if let name = frame.attribute { addAttribute(Attribute(name, collected)) }
    if frame.isDocument { try finishDocument(reader, &sink) }
  }

  private mutating func name(by frame: MarkupFrame) {
    let name = String(scalars: SpanAlignment.trimmed(Array(collected.unicodeScalars)))
    guard !name.isEmpty else { return }
    if document.id == nil {
      document.id = name
    } else {
      document.attributes.append(Attribute(frame.name, name))
    }
  }

  private mutating func addAttribute(_ attribute: Attribute) {
    if let entity = frames.last?.entity {
      document.addAttribute(attribute, toEntity: entity)
    } else if let section = frames.last?.section {
      document.addAttribute(attribute, toSection: section)
    } else {
      document.attributes.append(attribute)
    }
  }

  // MARK: Text

  private mutating func take(_ reader: XMLPullReader, _ sink: inout DocumentSink) throws {
    guard let top = frames.indices.last else { return }
    let value = reader.text
    let frame = frames[top]
    let isBlank = MarkedText.isBlank(value)
    if frame.skipping != nil {
      if !isBlank {
        for index in frames.indices where frames[index].isSkippedText {
          frames[index].hasSkippedText = true
        }
      }
      return
    }
    if frame.isIdentifier || frame.attribute != nil {
      collected += value
      return
    }
    switch frame.alternatives {
    case .done?: return
    case .empty?, .reading?: takeAlternative(value, frame.alternatives == .reading)
    case nil:
      if !isBlank { try checkPlace(of: value, frame, reader) }
      takeText(value, isBlank: isBlank)
    }
  }

  private mutating func takeText(_ value: String, isBlank: Bool) {
    guard let frame = frames.last else { return }
    if !isBlank {
      if endedUndecidedAt == frames.count { document.text.goOn(as: frame.owner) }
      endedUndecidedAt = nil
      if frames.indices.contains(frame.block) {
        frames[frame.block].hasText = true
        if !hasTentative || !frames[(frame.block + 1)...].contains(where: \.isTentative) {
          frames[frame.block].hasOwnText = true
        }
      }
      if hasAlternatives {
        for index in frames.indices where frames[index].alternatives == .empty {
          frames[index].alternatives = .reading
        }
      }
    }
    document.text.append(value, preserving: frame.isPreserving, in: frame.owner)
  }

  /// Text directly in an element of alternatives, which `|` parts.
  private mutating func takeAlternative(_ value: String, _ hasText: Bool) {
    let parts = value.unicodeScalars.split(separator: "|", omittingEmptySubsequences: false)
    var hasText = hasText
    for (index, part) in parts.enumerated() {
      if index > 0, hasText {
        frames[frames.count - 1].alternatives = .done
        return
      }
      let text = String(Substring.UnicodeScalarView(part))
      let isBlank = MarkedText.isBlank(text)
      if !isBlank { hasText = true }
      takeText(text, isBlank: isBlank)
    }
  }

  private mutating func checkPlace(
    of value: String, _ frame: MarkupFrame, _ reader: XMLPullReader
  ) throws(CorpusError) {
    guard frame.owner.sentence == nil, !document.text.isExact else { return }
    if beginsWithSentence == nil { beginsWithSentence = false }
    guard profile.isStrict, beginsWithSentence == true,
      let stray = value.unicodeScalars.first(where: { !MarkedText.isSpace($0) })
    else { return }
    throw reader.error(
      expected: "text inside <s> only",
      found: "text outside, with \(String(stray).quoted)")
  }
}
