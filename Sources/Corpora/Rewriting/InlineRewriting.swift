/// Puts elements around entities, as the document's format writes them.
struct InlineRewriting: MarkupRewriting {
  private let markup: XMLMarkup
  private let blocks: [InlineBlocks.Block]
  private let placement: InlinePlacement
  private let tags: InlineTags

  init(_ markup: XMLMarkup, format: CorpusFormat, encoding: XMLMarkupEncoding) {
    self.markup = markup
    blocks = InlineBlocks(markup, format: format).blocks
    placement = InlinePlacement(markup: markup)
    tags = InlineTags(markup: markup, format: format, encoding: encoding)
  }

  var count: Int { blocks.count }

  func text(_ index: Int) -> MarkupText {
    MarkupText(
      text: XMLText(blocks[index].pieces, of: markup),
      segmentation: blocks[index].isSentence ? .oneSentence : .none)
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let text = XMLText(blocks[index].pieces, of: markup)
    for entity in entities {
      let elements = placement.elements(around: entity.range, of: text)
      if elements.isEmpty { edits.note("entity without a place for its element left out") }
      if elements.count > 1 {
        edits.note("entity across the document's elements written in several pieces")
      }
      for element in elements {
        let (open, close) = tags.tags(entity.label, at: element.start)
        placement.insert(element, open: open, close: close, &edits)
      }
    }
  }
}

/// The start and end tags of entities.
struct InlineTags: Sendable {
  let markup: XMLMarkup
  let format: CorpusFormat
  let encoding: XMLMarkupEncoding

  static let teiNamespace = "http://www.tei-c.org/ns/1.0"

  /// - Parameter position: where the start tag will stand.
  func tags(_ label: String, at position: Int) -> (open: String, close: String) {
    switch format {
    case .enamex, .timeML: return tags("ENAMEX", "TYPE", label)
    case .harem: return tags("EM", "CATEG", label)
    case .genia: return tags("cons", "sem", label)
    case .tei: return tei(label, at: position)
    default:
      // An element of such a name would be taken for structure.
      guard label.isXMLName, encoding.canHold(label),
        !InlineBlocks.isStructure(label.lowercased())
      else { return tags("entity", "label", label) }
      return ("<\(label)>", "</\(label)>")
    }
  }

  private func tags(
    _ name: String, _ attribute: String, _ label: String
  ) -> (open: String, close: String) {
    ("<\(name) \(attribute)=\"\(label.escapedForXML)\">", "</\(name)>")
  }

  /// In the namespace of TEI, by the prefix that it has there.
  private func tei(_ label: String, at position: Int) -> (open: String, close: String) {
    let parent = parent(at: position)
    var element = parent
    while let index = element {
      let prefix = markup.prefix(index)
      if markup.namespace(index)?.hasSameBytes(as: Self.teiNamespace) ?? false {
        let here = markup.namespace(ofPrefix: prefix, in: parent)
        if here?.hasSameBytes(as: Self.teiNamespace) ?? false {
          return tags(prefix.isEmpty ? "rs" : prefix + ":rs", "type", label)
        }
        let (open, close) = tags("tei:rs", "type", label)
        return (open.dropLast() + " xmlns:tei=\"\(Self.teiNamespace)\">", close)
      }
      element = markup.tokens[index].parent
    }
    // A document without the namespace is of an older TEI, which had none.
    return tags("rs", "type", label)
  }

  private func parent(at position: Int) -> Int? {
    let index = markup.token(of: position)
    let token = markup.tokens[index]
    return position > token.range.lowerBound && token.kind == .startTag ? index : token.parent
  }
}
