/// Adds an annotation set to a GATE document, and the nodes that it needs.
struct GATERewriting: MarkupRewriting {
  private let markup: XMLMarkup
  private let setName: String
  private let content: Int
  private let pieces: [XMLText.Piece]
  private let placement: InlinePlacement
  /// The nodes: how many scalars of the text are before each, in order, and their numbers.
  private var nodes: [(scalar: Int, number: Int)] = []
  private var numbers: Set<Int> = []
  private var nextAnnotation = 0
  private var added = ""

  init(_ markup: XMLMarkup, name: String, annotator: String) throws(CorpusError) {
    self.markup = markup
    placement = InlinePlacement(markup: markup)
    let tags = markup.tokens.indices.filter {
      markup.tokens[$0].kind == .startTag || markup.tokens[$0].kind == .emptyTag
    }
    guard let content = tags.first(where: { markup.localName($0) == "TextWithNodes" }) else {
      throw CorpusError(
        file: name, expected: "a GATE document, with <TextWithNodes>", found: "none")
    }
    self.content = content
    var sets: Set<[UInt8]> = []
    for index in tags {
      switch markup.localName(index) {
      case "AnnotationSet": sets.insert(Array((markup.value("Name", index) ?? "").utf8))
      case "Annotation":
        let id = markup.value("Id", index).flatMap { Int($0) } ?? 0
        if id < 1 << 40 { nextAnnotation = max(nextAnnotation, id + 1) }
      default: break
      }
    }
    var (setName, number) = (annotator, 1)
    while sets.contains(Array(setName.utf8)) {
      number += 1
      setName = "\(annotator)-\(number)"
    }
    self.setName = setName
    var pieces: [XMLText.Piece] = []
    var scalars = 0
    for index in content..<max(markup.tokens[content].partner, content) {
      if markup.tokens[index].isCharacterData {
        let piece = markup.piece(index)
        pieces.append(piece)
        scalars += XMLText([piece], of: markup).scalars.count
      } else if markup.tokens[index].kind != .endTag, index != content,
        markup.tokens[index].kind != .comment, markup.localName(index) == "Node",
        let number = markup.value("id", index).flatMap({ Int($0) }),
        (0...(1 << 40)).contains(number)
      {
        nodes.append((scalars, number))
        numbers.insert(number)
      }
    }
    self.pieces = pieces
  }

  var count: Int { pieces.isEmpty ? 0 : 1 }

  func text(_ index: Int) -> MarkupText {
    MarkupText(text: XMLText(pieces, of: markup), segmentation: .none)
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let text = XMLText(pieces, of: markup)
    let offsets = OffsetUnit.utf16.offsets(text.scalars)
    var places: [(start: Int, end: Int)?] = []
    var fresh: [Int: Int] = [:]
    for entity in entities {
      let edges = [entity.range.lowerBound, entity.range.upperBound].map { scalar -> Int? in
        if let known = node(at: scalar) ?? fresh[scalar] { return known }
        guard let number = freshNumber(at: scalar, offsets) else { return nil }
        fresh[scalar] = number
        numbers.insert(number)
        let isEnd = scalar == entity.range.upperBound
        let position =
          isEnd ? text.source(scalar - 1).upperBound : text.source(scalar).lowerBound
        insertNode(number, at: position, &edits)
        return number
      }
      if let start = edges[0], let end = edges[1] {
        places.append((start, end))
      } else {
        places.append(nil)
        edits.note("entity between nodes whose numbers leave no room left out")
      }
    }
    for (entity, place) in zip(entities, places) {
      if let place { annotate(entity, place) }
    }
  }

  private func node(at scalar: Int) -> Int? {
    let index = nodes.partitioningIndex { $0.scalar >= scalar }
    return index < nodes.count && nodes[index].scalar == scalar ? nodes[index].number : nil
  }

  /// Nodes are numbered by their offsets in UTF-16, counted here from the node before.
  private func freshNumber(at scalar: Int, _ offsets: [Int]) -> Int? {
    let index = nodes.partitioningIndex { $0.scalar > scalar } - 1
    let before = index >= 0 ? nodes[index] : (scalar: 0, number: 0)
    let number = before.number + offsets[scalar] - offsets[before.scalar]
    return numbers.contains(number) ? nil : number
  }

  private func insertNode(_ number: Int, at position: Int, _ edits: inout MarkupEdits) {
    placement.insert("<\(colon)Node id=\"\(number)\"/>", at: position, .opening, &edits)
  }

  private var colon: String {
    let prefix = markup.prefix(content)
    return prefix.isEmpty ? "" : prefix + ":"
  }

  private mutating func annotate(_ entity: PredictedEntity, _ place: (start: Int, end: Int)) {
    added += "<\(colon)Annotation Id=\"\(nextAnnotation)\" Type=\"\(entity.label.escapedForXML)\""
    added += " StartNode=\"\(place.start)\" EndNode=\"\(place.end)\">\n"
    nextAnnotation += 1
    if let confidence = entity.shownConfidence {
      added += "<\(colon)Feature>\n"
      added += "  <\(colon)Name className=\"java.lang.String\">confidence</\(colon)Name>\n"
      added += "  <\(colon)Value className=\"java.lang.Double\">\(confidence)</\(colon)Value>\n"
      added += "</\(colon)Feature>\n"
    }
    added += "</\(colon)Annotation>\n"
  }

  mutating func finish(_ edits: inout MarkupEdits) {
    guard !added.isEmpty else { return }
    let siblings = markup.tokens[content].parent.map { markup.elements(of: $0) } ?? []
    let last = siblings.last { markup.localName($0) == "AnnotationSet" } ?? content
    let position = markup.tokens[markup.tokens[last].partner].range.upperBound
    edits.insert(
      "\n\n<\(colon)AnnotationSet Name=\"\(setName.escapedForXML)\">\n\(added)"
        + "</\(colon)AnnotationSet>", at: position)
  }
}
