/// Adds `annotation` elements to the passages and sentences of BioC.
struct BioCRewriting: MarkupRewriting {
  private struct Place: Sendable {
    /// The element with the text.
    var text: Int
    /// The last of the elements that go before new annotations.
    var last: Int
    /// Where the text stands in its document.
    var offset: Int
  }

  private let markup: XMLMarkup
  private let annotator: String
  private var places: [Place] = []
  private var unit = OffsetUnit.scalars
  private var names: FreshNames

  init(_ markup: XMLMarkup, annotator: String) {
    self.markup = markup
    self.annotator = annotator
    var ids: [String] = []
    var votes: [OffsetUnit: Int] = [:]
    for (index, token) in markup.tokens.enumerated() where token.kind == .startTag {
      switch markup.localName(index) {
      case "annotation", "relation":
        if let id = markup.value("id", index) { ids.append(id) }
      case "passage", "sentence":
        guard let place = Self.place(in: index, markup) else { continue }
        places.append(place)
        Self.vote(in: index, place, markup, &votes)
      default: break
      }
    }
    names = FreshNames(taken: ids)
    // What most of the annotations fit; code points where nothing tells.
    for candidate in OffsetUnit.ofXML
    where votes[candidate, default: 0] > votes[unit, default: 0] {
      unit = candidate
    }
  }

  private static func place(in index: Int, _ markup: XMLMarkup) -> Place? {
    let children = markup.elements(of: index)
    guard let text = children.first(where: { markup.localName($0) == "text" }),
      markup.tokens[text].kind == .startTag
    else { return nil }
    let offset = children.first { markup.localName($0) == "offset" }.flatMap {
      integer(String(scalars: markup.text(in: $0).scalars))
    }
    let last = children.last { markup.localName($0) == "annotation" } ?? text
    return Place(text: text, last: markup.tokens[last].partner, offset: offset ?? 0)
  }

  /// Small enough for sums.
  private static func integer(_ text: String) -> Int? {
    let digits = text.unicodeScalars.filter { !$0.isWhiteSpace }
    return Int(String(String.UnicodeScalarView(digits))).flatMap {
      (0...(1 << 40)).contains($0) ? $0 : nil
    }
  }

  private static func vote(
    in index: Int, _ place: Place, _ markup: XMLMarkup, _ votes: inout [OffsetUnit: Int]
  ) {
    let scalars = markup.text(in: place.text).scalars
    guard scalars.contains(where: { !$0.isASCII }) else { return }
    let offsets = OffsetUnit.ofXML.map { ($0, $0.offsets(scalars)) }
    for annotation in markup.elements(of: index)
    where markup.localName(annotation) == "annotation" {
      let children = markup.elements(of: annotation)
      let locations = children.filter { markup.localName($0) == "location" }
      guard locations.count == 1, let location = locations.first,
        let text = children.first(where: { markup.localName($0) == "text" }),
        let start = markup.value("offset", location).flatMap(integer),
        let length = markup.value("length", location).flatMap(integer), start >= place.offset
      else { continue }
      let range = start - place.offset..<start - place.offset + length
      let expected = String(scalars: markup.text(in: text).scalars)
      for (unit, offsets) in offsets
      where unit.fits(range, expected, in: scalars, offsets: offsets) {
        votes[unit, default: 0] += 1
      }
    }
  }

  var count: Int { places.count }

  func text(_ index: Int) -> MarkupText {
    let text = places[index].text
    let isSentence =
      markup.tokens[text].parent.map { markup.localName($0) == "sentence" } ?? false
    return MarkupText(
      text: markup.text(in: text), segmentation: isSentence ? .oneSentence : .none)
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let place = places[index]
    let scalars = markup.text(in: place.text).scalars
    let offsets = unit.offsets(scalars)
    let indentation = String(decoding: markup.indentation(place.text), as: UTF8.self)
    let prefix = markup.prefix(place.text)
    let colon = prefix.isEmpty ? "" : prefix + ":"
    var added = ""
    for entity in entities {
      let (start, end) = (offsets[entity.range.lowerBound], offsets[entity.range.upperBound])
      added += indentation
      added += "<\(colon)annotation id=\"\(names.name(after: annotator + "-"))\">"
      added += infon("type", entity.label, colon) + infon("annotator", annotator, colon)
      if let confidence = entity.shownConfidence {
        added += infon("confidence", confidence, colon)
      }
      added += "<\(colon)location offset=\"\(place.offset + start)\" length=\"\(end - start)\"/>"
      let text = String(scalars: scalars[entity.range]).escapedForXML
      added += "<\(colon)text>\(text)</\(colon)text></\(colon)annotation>"
    }
    edits.insert(added, at: markup.tokens[place.last].range.upperBound)
  }

  private func infon(_ key: String, _ value: String, _ colon: String) -> String {
    "<\(colon)infon key=\"\(key)\">\(value.escapedForXML)</\(colon)infon>"
  }
}
