/// Any XML with elements as labels, ours among it (see `InlineXMLWriter`).
///
/// Inside `<s>` every element is a label. Elsewhere those are that are known to mark entities
/// (`ENAMEX`, `entity type="…"`, `PER`, `persName`, …), and elements in capitals whose name
/// occurs somewhere in running text; all others are structure. A file that begins with an `<s>` has
/// no text outside of them.
struct InlineProfile: MarkupProfile {
  var isStrict: Bool { true }

  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    if element.isOwn { return .own(own(element)) }
    // Also in a sentence: the reader refuses them there.
    if element.name == "s" { return .sentence }
    if element.name == "document" {
      return .document(id: element.id, attributes: element.attributes(without: ""))
    }
    if context.sentence == "s" {
      return .entity(element.entity())
    }
    if let entity = KnownElements.entity(of: element) { return .entity(entity) }
    let role = KnownElements.role(of: element, in: context)
    if case .undecided = role, context.parent != nil, KnownElements.mayBeEntity(element) {
      var entity = element.entity()
      entity.isTentative = true
      return .entity(entity)
    }
    return role
  }

  private func own(_ element: MarkupElement) -> OwnMarkup {
    let ranges = element["at"].map(OffsetList.ranges)
    switch element.name {
    case "span":
      guard let label = element["label"] else { return .invalid(expected: "a span with a label") }
      let entity = MarkupEntity(
        label: label, id: element["id"], layer: element["layer"],
        number: element["n"].flatMap { Int($0) })
      guard let ranges else { return .span(entity) }
      guard let ranges, !ranges.isEmpty,
        zip(ranges, ranges.dropFirst()).allSatisfy({ $0.lowerBound <= $1.lowerBound })
      else {
        return .invalid(expected: "a span with offsets like \"4-9 12-15\"")
      }
      return .standoff(entity, ranges)
    case "section":
      guard let range = ranges??.first, ranges??.count == 1 else {
        return .invalid(expected: "a section with offsets like \"4-9\"")
      }
      return .section(range)
    case "attribute":
      guard let name = element["name"] else {
        return .invalid(expected: "an attribute with a name")
      }
      return .attribute(name)
    case "words":
      guard let words = ranges ?? nil else {
        return .invalid(expected: "words with offsets like \"0-3 4-9\"")
      }
      return .words(words)
    default: return .invalid(expected: "span, section, attribute or words of that namespace")
    }
  }
}

/// Ranges as our own markup writes them: `4-9 12-15`.
enum OffsetList {
  static func text(_ ranges: some Sequence<Range<Int>>) -> String {
    ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " ")
  }

  /// nil for anything else; ascending is not asked for.
  static func ranges(_ text: String) -> [Range<Int>]? {
    var result: [Range<Int>] = []
    for part in text.utf8.split(separator: UInt8(ascii: " ")) {
      let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard ends.count == 2, let start = number(ends[0]), let end = number(ends[1]), start <= end
      else { return nil }
      result.append(start..<end)
    }
    return result
  }

  private static func number(_ digits: Substring.UTF8View) -> Int? {
    guard !digits.isEmpty, digits.count < 16,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
