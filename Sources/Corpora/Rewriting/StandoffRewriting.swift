/// Adds `entity` elements to sentences whose text is in an attribute.
struct StandoffRewriting: MarkupRewriting {
  private struct Place: Sendable {
    var sentence: Int
    var text: XMLMarkup.Attribute
  }

  private let markup: XMLMarkup
  private var places: [Place] = []
  private var names: FreshNames
  private var unit = OffsetUnit.scalars

  init(_ markup: XMLMarkup) {
    self.markup = markup
    var ids: [String] = []
    var votes: [OffsetUnit: Int] = [:]
    for (index, token) in markup.tokens.enumerated()
    where token.kind == .startTag || token.kind == .emptyTag {
      if let id = markup.value("id", index) { ids.append(id) }
      guard markup.localName(index) == "sentence", let text = markup.attribute("text", index)
      else { continue }
      places.append(Place(sentence: index, text: text))
      Self.vote(in: index, text, markup, &votes)
    }
    names = FreshNames(taken: ids)
    for candidate in OffsetUnit.ofXML
    where votes[candidate, default: 0] > votes[unit, default: 0] {
      unit = candidate
    }
  }

  private static func vote(
    in index: Int, _ text: XMLMarkup.Attribute, _ markup: XMLMarkup,
    _ votes: inout [OffsetUnit: Int]
  ) {
    let scalars = XMLText(attribute: text, of: markup).scalars
    guard scalars.contains(where: { !$0.isASCII }) else { return }
    let offsets = OffsetUnit.ofXML.map { ($0, $0.offsets(scalars)) }
    for entity in markup.elements(of: index) where markup.localName(entity) == "entity" {
      let edges = (markup.value("charOffset", entity) ?? "").utf8
        .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        .map { Int(Substring($0)) ?? -1 }
      guard edges.count == 2, (0...(1 << 40)).contains(edges[0]),
        (edges[0]...(1 << 40)).contains(edges[1]), let expected = markup.value("text", entity)
      else { continue }
      for (unit, offsets) in offsets
      where unit.fits(edges[0]..<edges[1] + 1, expected, in: scalars, offsets: offsets) {
        votes[unit, default: 0] += 1
      }
    }
  }

  var count: Int { places.count }

  func text(_ index: Int) -> MarkupText {
    MarkupText(
      text: XMLText(attribute: places[index].text, of: markup), segmentation: .oneSentence)
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let place = places[index]
    let token = markup.tokens[place.sentence]
    let scalars = XMLText(attribute: place.text, of: markup).scalars
    let offsets = unit.offsets(scalars)
    let id = markup.value("id", place.sentence).map { $0 + ".p" } ?? "p"
    let prefix = markup.prefix(place.sentence)
    let colon = prefix.isEmpty ? "" : prefix + ":"
    let starts = entities.map { entity in
      let (start, end) = (offsets[entity.range.lowerBound], offsets[entity.range.upperBound])
      return "<\(colon)entity id=\"\(names.name(after: id).escapedForXML)\""
        + " charOffset=\"\(start)-\(end - 1)\" type=\"\(entity.label.escapedForXML)\""
        + " text=\"\(String(scalars: scalars[entity.range]).escapedForXML)\""
    }
    if token.kind == .emptyTag {
      // The sentence's own "/>" comes to end the last entity.
      let name = String(decoding: markup.name(place.sentence), as: UTF8.self)
      edits.insert(">" + starts.joined(separator: "/>"), at: token.range.upperBound - 2)
      edits.insert("</\(name)>", at: token.range.upperBound)
      return
    }
    let children = markup.elements(of: place.sentence)
    let last = children.last { markup.localName($0) == "entity" }
    let first = children.first.map { String(decoding: markup.indentation($0), as: UTF8.self) }
    let added = starts.map { (first ?? "") + $0 + "/>" }.joined()
    let position =
      last.map { markup.tokens[markup.tokens[$0].partner].range.upperBound }
      ?? token.range.upperBound
    edits.insert(added, at: position)
  }
}
