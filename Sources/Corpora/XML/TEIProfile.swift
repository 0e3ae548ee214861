/// TEI: `rs`, `persName`, `placeName`, `orgName`, `geogName` and `name`, nested as they may be.
///
/// - The label of `rs` and `name` is their `type`, that of the others, and of those without a type,
///   the element's name. `xml:id` names the annotation; `ref`, `key` and the rest are attributes.
/// - Elements are those of TEI's namespace, whatever the prefix, or of none.
/// - Each `TEI` is a document. Its text is what is in `text`: the header, facsimiles and the like
///   are none, names in them no annotations (but counted).
/// - Words and sentences end at the edges of `p`, `head`, `ab`, `lg`, `l`, `item`, `note` and other
///   blocks. `lb`, `pb`, `cb`, `gb` and `milestone` end words, with `break="no"` they do not.
///   `s` is a sentence; `w` and `pc` are words, with `join` for no space.
/// - Of `choice` the corrected, regularised or expanded form is read, of `app` the first reading;
///   `del` and `fw` (running heads) are left out. Each is counted.
struct TEIProfile: MarkupProfile {
  static let namespace = "http://www.tei-c.org/ns/1.0"

  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    guard element.namespace == nil || element.namespace == Self.namespace else { return .inline }
    if context.parent == "choice" {
      let isOriginal = ["sic", "orig", "abbr", "am"].contains(element.name)
      if isOriginal || context.siblings > 0 { return .skipped(isText: true) }
    }
    if context.parent == "app", element.name == "rdg" || element.name == "rdgGrp",
      context.siblings > 0
    {
      return .skipped(isText: true)
    }
    // Parts of a dictionary's entry, between which there may be no white space.
    if let parent = context.parent, Self.entryParts.contains(parent),
      !Self.entryParts.contains(element.name), Self.isField(element.name)
    {
      return .space
    }
    switch element.name {
    case "TEI", "TEI.2":
      return .document(id: element.id, attributes: element.attributes(without: "xml:base"))
    case "teiHeader", "facsimile", "sourceDoc", "standOff", "xenoData", "fsdDecl":
      return .skipped(isText: false)
    case "del", "fw": return .skipped(isText: true)
    case "rs", "name": return .entity(element.entity(labelIn: "type") ?? element.entity())
    case "persName", "placeName", "orgName", "geogName": return .entity(element.entity())
    case "s": return .sentence
    case "w", "pc":
      let join = element["join"]
      let isBoth = join == "both" || join == "overlap"
      return .token(left: isBoth || join == "left", right: isBoth || join == "right")
    case "lb", "pb", "cb", "gb", "milestone":
      return element["break"] == "no" ? .glue : .space
    case "space": return .space
    default: return Self.blocks.contains(element.name) ? .block : .inline
    }
  }

  private static let entryParts: Set<String> = [
    "entry", "entryFree", "superEntry", "hom", "sense", "re", "form", "gramGrp", "etym",
  ]

  private static func isField(_ name: String) -> Bool {
    [
      "orth", "pron", "hyph", "syll", "stress", "gram", "pos", "gen", "number", "case", "def",
      "cit", "usg", "xr", "lbl", "dictScrap",
    ].contains(name)
  }

  private static let blocks: Set<String> = [
    "ab", "address", "addrLine", "argument", "back", "body", "byline", "caption", "castGroup",
    "castItem", "castList", "cell", "closer", "dateline", "div", "div1", "div2", "div3", "div4",
    "div5", "div6", "div7", "docAuthor", "docDate", "docEdition", "docImprint", "docTitle",
    "epigraph", "epilogue", "figDesc", "figure", "floatingText", "front", "group", "head",
    // Dictionaries.
    "entry", "entryFree", "superEntry", "hom", "sense", "re", "form", "gramGrp", "etym",
    "imprimatur", "incident", "item", "kinesic", "l", "lg", "list", "listBibl", "listEvent",
    "listOrg",
    "listPerson",
    "listPlace", "note", "opener", "p", "performance", "person", "place", "org", "postscript",
    "prologue", "row", "salute", "set", "signed", "sp", "speaker", "stage", "table", "teiCorpus",
    "text", "titlePage", "titlePart", "trailer", "u", "vocal", "writing",
  ]
}
