/// What elements are by their names, in formats that do not say.
enum KnownElements {
  /// Documents, sentences, blocks and inline elements; others are for their place to decide.
  static func role(of element: MarkupElement, in context: MarkupContext) -> MarkupRole {
    let name = element.name.lowercased()
    if documents.contains(name) {
      let key = ["docid", "docno"].first { key in
        element.attributes.contains { $0.name.lowercased().hasSameBytes(as: key) }
      }
      let named = element.attributes.first { attribute in
        key.map { attribute.name.lowercased().hasSameBytes(as: $0) } ?? false
      }
      if element.id == nil, let named {
        return .document(id: named.value, attributes: element.attributes(without: named.name))
      }
      return .document(id: element.id, attributes: element.attributes(without: ""))
    }
    if sentences.contains(name) { return .sentence }
    if lineBreaks.contains(name) { return .space }
    if blocks.contains(name) { return .block }
    return inline.contains(name) ? .inline : .undecided
  }

  private static let documents: Set<String> = ["doc", "document", "article", "story"]

  private static let sentences: Set<String> = ["s", "sent", "sentence"]

  private static let lineBreaks: Set<String> = ["br", "lb", "pb"]

  private static let blocks: Set<String> = [
    "abstract", "author", "blockquote", "body", "byline", "caption", "cell", "corpus", "dateline",
    "dd", "div", "dl", "dt", "footer", "front", "back", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "headline", "hl", "html", "item", "l", "lg", "li", "list", "note", "ol", "p", "para",
    "paragraph", "row", "sec", "section", "sp", "speaker", "subtitle", "table", "td", "text", "th",
    "title", "tr", "turn", "ul", "utterance",
  ]

  private static let inline: Set<String> = [
    "a", "abbr", "acronym", "b", "big", "bold", "cite", "code", "del", "em", "emph", "font",
    "foreign", "hi", "i", "ins", "italic", "kbd", "mark", "q", "quote", "ref", "seg", "small",
    "span", "strike", "strong", "sub", "sup", "term", "tok", "token", "tt", "u", "var", "w", "word",
  ]

  // MARK: Entities

  /// The annotation of an element that marks entities wherever it stands; nil of any other.
  static func entity(of element: MarkupElement) -> MarkupEntity? {
    let name = element.name.lowercased()
    if typed.contains(name) {
      for attribute in element.attributes
      where typeAttributes.contains(attribute.name.lowercased()) {
        if let entity = element.entity(labelIn: attribute.name) { return entity }
      }
      return name == "enamex" || name == "numex" || name == "timex" ? element.entity() : nil
    }
    return named.contains(name) ? element.entity() : nil
  }

  /// Whether an element is named as entities often are and structure sometimes is: two capitals
  /// or more, no small letters.
  static func mayBeEntity(_ element: MarkupElement) -> Bool {
    let name = element.name.utf8
    return name.count > 1
      && name.allSatisfy { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || "_-.".utf8.contains(byte)
      }
  }

  private static let typed: Set<String> = [
    "enamex", "numex", "timex", "entity", "ne", "namedentity", "named_entity", "named-entity",
    "mention", "name", "rs",
  ]

  private static let typeAttributes: Set<String> = [
    "type", "label", "class", "category", "categ", "netype", "ne_type", "entitytype",
  ]

  private static let named: Set<String> = [
    "per", "pers", "person", "persname", "loc", "location", "placename", "geogname", "org",
    "organization", "organisation", "orgname", "gpe", "misc", "norp",
  ]
}
