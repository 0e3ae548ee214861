/// Finds the texts of a document whose entities are elements: stretches of character data that no
/// structure divides.
struct InlineBlocks {
  struct Block: Sendable {
    var pieces: [XMLText.Piece]
    var isSentence: Bool
  }

  private enum Role {
    /// Ends the text before it.
    case structure
    case sentence
    /// Stands inside a text.
    case inline
    /// Holds no text of the document.
    case aside
    /// As `inline`, and words end there.
    case space
    /// Texts of which one is to be read: HAREM's ALT.
    case alternatives
  }

  private let markup: XMLMarkup
  private let format: CorpusFormat
  private var roles: [[UInt8]: Role] = [:]
  private(set) var blocks: [Block] = []
  private var pieces: [XMLText.Piece] = []

  init(_ markup: XMLMarkup, format: CorpusFormat) {
    self.markup = markup
    self.format = format
    findRoles()
    findBlocks()
  }

  // MARK: What elements are for

  private static let sentences: Set<String> = ["s", "sentence", "sent"]
  private static let structures: Set<String> = [
    "p", "para", "paragraph", "head", "headline", "hl", "title", "titlepart", "l", "lg", "div",
    "item", "list", "cell", "row", "table", "ab", "text", "body", "front", "back", "doc",
    "document", "corpus", "byline", "salute", "signed", "opener", "closer", "dateline", "note",
    "caption", "stage", "speaker", "sp", "li", "ul", "ol", "tr", "td", "th", "article",
    "abstract", "section", "preamble", "trailer", "trailerinfo", "quote", "tei", "timeml",
  ]
  private static let inlines: Set<String> = [
    "enamex", "timex", "numex", "timex2", "timex3", "event", "signal", "em", "cons", "rs",
    "persname", "placename", "orgname", "geogname", "name", "w", "pc", "hi", "emph", "foreign",
    "date", "time", "num", "measure", "omitido", "b", "i", "entity", "choice", "sic", "corr",
    "orig",
    "reg", "abbr", "expan",
  ]
  private static let asides: Set<String> = [
    "teiheader", "standoff", "facsimile", "sourcedoc", "fw", "script", "style", "articleinfo",
    "docid", "docno", "doctype", "storyid", "slug", "nwords", "datesupplier", "makeinstance",
  ]

  private mutating func findRoles() {
    var isMixed = [Bool](repeating: false, count: markup.tokens.count)
    for (index, token) in markup.tokens.enumerated()
    where token.isCharacterData && !markup.isBlank(index) {
      if let parent = token.parent { isMixed[parent] = true }
    }
    var stays: Set<[UInt8]> = []
    for (index, token) in markup.tokens.enumerated()
    where token.kind == .startTag || token.kind == .emptyTag {
      let name = Array(markup.name(index))
      let isInline = token.parent.map { isMixed[$0] } ?? false
      if isInline, stays.insert(name).inserted { roles[name] = nil }
      if roles[name] == nil {
        roles[name] = role(markup.localName(index).lowercased(), isInline: isInline)
      }
    }
  }

  /// Whether elements of that name, in lower case, are never entities.
  static func isStructure(_ name: String) -> Bool {
    sentences.contains(name) || structures.contains(name) || asides.contains(name)
      || ["lb", "br", "alt"].contains(name)
  }

  /// - Parameter isInline: whether it stands beside text somewhere in the document.
  private func role(_ name: String, isInline: Bool) -> Role {
    if Self.sentences.contains(name) { return .sentence }
    if Self.asides.contains(name) { return .aside }
    if name == "lb" || name == "br" { return .space }
    if name == "alt", format == .harem { return .alternatives }
    if Self.structures.contains(name) { return .structure }
    if Self.inlines.contains(name) || isInline { return .inline }
    return .structure
  }

  // MARK: Texts

  private mutating func findBlocks() {
    var sentenceDepth = 0
    var index = 0
    while index < markup.tokens.count {
      let token = markup.tokens[index]
      switch token.kind {
      case .startTag:
        switch role(of: index) {
        case .structure: endBlock(isSentence: sentenceDepth > 0)
        case .sentence:
          endBlock(isSentence: sentenceDepth > 0)
          sentenceDepth += 1
        case .aside: index = token.partner
        case .space: appendSpace(index)
        case .alternatives:
          appendFirstAlternative(index)
          index = token.partner
        case .inline: break
        }
      case .endTag:
        switch role(of: index) {
        case .structure: endBlock(isSentence: sentenceDepth > 0)
        case .sentence:
          endBlock(isSentence: true)
          sentenceDepth -= 1
        case .inline, .aside, .space, .alternatives: break
        }
      case .emptyTag:
        switch role(of: index) {
        case .structure, .sentence: endBlock(isSentence: sentenceDepth > 0)
        case .space: appendSpace(index)
        case .inline, .aside, .alternatives: break
        }
      case .text, .reference, .cdata:
        if token.parent != nil { pieces.append(markup.piece(index)) }
      case .comment, .instruction, .documentType: break
      }
      index += 1
    }
    endBlock(isSentence: false)
  }

  private func role(of index: Int) -> Role {
    let role = roles[Array(markup.name(index))] ?? .structure
    guard role == .inline, format == .tei, let parent = markup.tokens[index].parent else {
      return role
    }
    // Of what the author wrote and what was meant, one is read.
    let isVariant = ["sic", "orig", "abbr"].contains(markup.localName(index).lowercased())
    return isVariant && markup.localName(parent).lowercased() == "choice" ? .aside : role
  }

  /// A line break ends a word, unless it says otherwise.
  private mutating func appendSpace(_ index: Int) {
    if let value = markup.value("break", index), value == "no" { return }
    let end = markup.tokens[index].range.upperBound
    pieces.append(XMLText.Piece(.space, end..<end))
  }

  /// Alternatives are divided by `|` directly in the element.
  private mutating func appendFirstAlternative(_ index: Int) {
    var child = index + 1
    while child < markup.tokens[index].partner {
      let token = markup.tokens[child]
      if token.isCharacterData {
        let piece = markup.piece(child)
        let bar = markup.bytes[piece.range].firstIndex(of: UInt8(ascii: "|"))
        if let bar, token.parent == index, token.kind != .reference {
          pieces.append(XMLText.Piece(.text, piece.range.lowerBound..<bar))
          return
        }
        pieces.append(piece)
      }
      child += 1
    }
  }

  private mutating func endBlock(isSentence: Bool) {
    defer { pieces.removeAll(keepingCapacity: true) }
    let hasText = pieces.contains { piece in
      piece.kind == .reference
        || !markup.bytes[piece.range].allSatisfy(XMLMarkup.isSpace)
    }
    guard hasText else { return }
    blocks.append(Block(pieces: pieces, isSentence: isSentence))
  }
}
