/// Where tags around a stretch of text can stand, so that elements stay one in another.
struct InlinePlacement {
  let markup: XMLMarkup

  /// Places for a start tag and an end tag around the text.
  struct Element: Hashable {
    var start: Int
    var end: Int
  }

  /// - Parameters:
  ///   - range: scalars of the text.
  ///   - keepsLineEnds: whether a line end after a part belongs to it.
  /// - Returns: one element where one can be; else one for each part that can have one.
  func elements(
    around range: Range<Int>, of text: XMLText, keepsLineEnds: Bool = false
  ) -> [Element] {
    let sources = sources(range, text)
    guard let first = sources.first, let last = sources.last else { return [] }
    let whole = first.lowerBound..<last.upperBound
    if let element = element(around: whole) { return [element] }
    return parts(of: sources, in: whole, keepsLineEnds).compactMap { element(around: $0) }
  }

  private func sources(_ range: Range<Int>, _ text: XMLText) -> [Range<Int>] {
    range.compactMap { index in
      let source = text.source(index)
      return source.isEmpty ? nil : source
    }
  }

  /// The edges may move outward, over tags and white space that have no other text between.
  private func element(around range: Range<Int>) -> Element? {
    for passesSpace in [false, true] {
      let starts = starts(before: range.lowerBound, passesSpace)
      let ends = ends(after: range.upperBound, passesSpace)
      for start in starts {
        if let end = ends.first(where: { $0.parent == start.parent }) {
          return Element(start: start.position, end: end.position)
        }
      }
    }
    return nil
  }

  /// Byte ranges of the text between the tags that have no partner in it.
  private func parts(
    of sources: [Range<Int>], in range: Range<Int>, _ keepsLineEnds: Bool
  ) -> [Range<Int>] {
    let (first, last) = (
      markup.token(of: range.lowerBound), markup.token(of: range.upperBound - 1)
    )
    let cuts = (first...last).compactMap { index -> Int? in
      let token = markup.tokens[index]
      guard token.kind == .startTag || token.kind == .endTag else { return nil }
      return (first...last).contains(token.partner) ? nil : token.range.lowerBound
    }
    var result: [Range<Int>] = []
    var current: Range<Int>?
    var isInLine = false
    var next = 0
    for source in sources {
      if next < cuts.count, source.lowerBound >= cuts[next] {
        if let current { result.append(current) }
        current = nil
        while next < cuts.count, source.lowerBound >= cuts[next] { next += 1 }
      }
      // White space may be inside, not at the edges.
      if markup.bytes[source].allSatisfy(XMLMarkup.isSpace) {
        guard keepsLineEnds, isInLine, let part = current else { continue }
        current = part.lowerBound..<source.upperBound
        isInLine = !markup.bytes[source].contains { $0 == 0x0A || $0 == 0x0D }
        continue
      }
      isInLine = true
      current = (current?.lowerBound ?? source.lowerBound)..<source.upperBound
    }
    if let current { result.append(current) }
    return result
  }

  // MARK: Edges

  private struct Edge {
    var position: Int
    /// The start tag of the element around it.
    var parent: Int?
  }

  private func starts(before position: Int, _ passesSpace: Bool) -> [Edge] {
    var index = markup.token(of: position)
    let token = markup.tokens[index]
    let content = markup.piece(index).range
    var result = [Edge(position: position, parent: token.parent)]
    if position == content.lowerBound { result[0].position = token.range.lowerBound }
    let before = markup.bytes[content.lowerBound..<max(position, content.lowerBound)]
    guard passes(before, passesSpace) else { return result }
    var depth = 0
    while index > 0 {
      index -= 1
      let token = markup.tokens[index]
      switch token.kind {
      case .comment, .instruction, .emptyTag: continue
      case .endTag: depth += 1
      case .startTag where depth > 0: depth -= 1
      case .startTag:
        guard token.parent != nil else { return result }
        result.append(Edge(position: token.range.lowerBound, parent: token.parent))
      case .text, .cdata:
        guard passes(markup.bytes[markup.piece(index).range], passesSpace) else { return result }
      case .reference, .documentType: return result
      }
    }
    return result
  }

  private func ends(after position: Int, _ passesSpace: Bool) -> [Edge] {
    var index = markup.token(of: position - 1)
    let token = markup.tokens[index]
    let content = markup.piece(index).range
    var result = [Edge(position: position, parent: token.parent)]
    if position == content.upperBound { result[0].position = token.range.upperBound }
    let after = markup.bytes[min(position, content.upperBound)..<content.upperBound]
    guard passes(after, passesSpace) else { return result }
    var depth = 0
    while index + 1 < markup.tokens.count {
      index += 1
      let token = markup.tokens[index]
      switch token.kind {
      case .comment, .instruction, .emptyTag: continue
      case .startTag: depth += 1
      case .endTag where depth > 0: depth -= 1
      case .endTag:
        guard token.parent != nil else { return result }
        result.append(Edge(position: token.range.upperBound, parent: token.parent))
      case .text, .cdata:
        guard passes(markup.bytes[markup.piece(index).range], passesSpace) else { return result }
      case .reference, .documentType: return result
      }
    }
    return result
  }

  private func passes(_ bytes: ArraySlice<UInt8>, _ passesSpace: Bool) -> Bool {
    bytes.isEmpty || (passesSpace && bytes.allSatisfy(XMLMarkup.isSpace))
  }

  // MARK: Insertions

  /// Puts tags around; a CDATA section that they fall into is closed and opened again.
  func insert(
    _ element: Element, open: String, close: String, _ edits: inout MarkupEdits
  ) {
    insert(open, at: element.start, .opening, &edits)
    insert(close, at: element.end, .closing, &edits)
  }

  func insert(
    _ text: String, at position: Int, _ side: MarkupEdits.Side, _ edits: inout MarkupEdits
  ) {
    let index = position < markup.bytes.count ? markup.token(of: position) : -1
    if index >= 0, markup.tokens[index].kind == .cdata,
      position > markup.tokens[index].range.lowerBound
    {
      edits.insert("]]>" + text + "<![CDATA[", at: position, side)
    } else {
      edits.insert(text, at: position, side)
    }
  }
}
