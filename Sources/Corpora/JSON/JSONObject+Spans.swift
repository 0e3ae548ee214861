/// What the offsets of a line's spans count.
struct JSONSpanSpace {
  /// Of the text; nil where spans count tokens.
  var scalars: [Unicode.Scalar]?
  var count: Int
}

extension JSONObject {
  /// The spans of the line, from whichever member has them; nil where there is none.
  mutating func takeSpans(in space: JSONSpanSpace) throws(CorpusError) -> [JSONSpan]? {
    var found = try take("spans") { $0 != .null }
    for key in ["entities", "ents", "label", "labels"] where found == nil {
      found = try take(key, where: JSONShape.isSpans)
    }
    guard let member = found else { return nil }
    guard let list = member.value.array else {
      throw fields.error(
        "an array for \(member.key.quoted)", member.value.kind, at: member.range.lowerBound)
    }
    var spans: [JSONSpan] = []
    spans.reserveCapacity(list.count)
    for (index, value) in list.enumerated() {
      let place = JSONPlace(fields: fields, member: member, index: index)
      if let triple = value.array {
        spans.append(try place.span(triple, in: space))
      } else {
        spans.append(try place.span(value, in: space))
      }
    }
    return spans
  }
}

/// One span of a list, for messages.
private struct JSONPlace {
  let fields: JSONFields
  let member: JSONValue.Member
  let index: Int

  func error(_ expected: String, _ found: String) -> CorpusError {
    fields.error(expected, found, at: fields.element(index, of: member))
  }

  /// `[start, end, label]`.
  func span(_ triple: [JSONValue], in space: JSONSpanSpace) throws(CorpusError) -> JSONSpan {
    guard triple.count == 3, let start = triple[0].integer, let end = triple[1].integer,
      let label = triple[2].string, !label.isEmpty
    else { throw error("[start, end, label]", "another array") }
    return JSONSpan(range: try range(start, end, in: space), text: nil, label: label)
  }

  func span(_ value: JSONValue, in space: JSONSpanSpace) throws(CorpusError) -> JSONSpan {
    var object = JSONObject(fields: fields, members: value.members ?? [])
    let start = try integer("start", or: "start_offset", of: &object)
    let end = try integer("end", or: "end_offset", of: &object)
    guard let start, let end, let label = try label(of: &object), !label.isEmpty else {
      throw error("spans with whole \"start\" and \"end\" and a \"label\"", "another")
    }
    var span = JSONSpan(
      range: try range(start, end, in: space), text: try object.takeString("text"), label: label)
    try check(span, in: space)
    if let fragments = try object.take("fragments", where: JSONShape.isFragments) {
      span.fragments = try self.fragments(fragments.value.array ?? [], of: span.range)
    }
    span.layer = try object.take("layer") { $0.string != nil }?.value.string
    let name = try object.takeName()
    span.id = name.id
    span.attributes = object.takeAttributes()
    span.others = name.other.map { [$0] } ?? []
    if let member = try object.take("confidence") {
      let json = JSONMember(key: "confidence", json: fields.text(member.range))
      // First of the others: so the same members come in the same order each time.
      span.others.insert(json, at: 0)
      if case .number(let number) = member.value, (0...1).contains(number) {
        span.confidence = number
      }
    }
    span.others += object.rest
    return span
  }

  private func integer(
    _ key: String, or other: String, of object: inout JSONObject
  ) throws(CorpusError) -> Int? {
    if let member = try object.take(key) { return member.value.integer }
    return try object.take(other)?.value.integer
  }

  private func label(of object: inout JSONObject) throws(CorpusError) -> String? {
    for key in ["label", "type", "entity_group"] {
      if let member = try object.take(key) { return member.value.string }
    }
    return nil
  }

  private func range(
    _ start: Int, _ end: Int, in space: JSONSpanSpace
  ) throws(CorpusError) -> Range<Int> {
    try fields.range(
      start, end, of: "spans", in: space.count, at: fields.element(index, of: member))
  }

  private func check(_ span: JSONSpan, in space: JSONSpanSpace) throws(CorpusError) {
    guard let text = span.text, let scalars = space.scalars,
      !scalars[span.range].elementsEqual(text.unicodeScalars)
    else { return }
    throw error(
      "\(text.quoted) at \(span.range.lowerBound)..<\(span.range.upperBound) "
        + "(offsets count Unicode scalars)", String(scalars: scalars[span.range]).quoted)
  }

  private func fragments(
    _ values: [JSONValue], of range: Range<Int>
  ) throws(CorpusError) -> [Range<Int>] {
    var fragments: [Range<Int>] = []
    for value in values {
      guard let pair = value.array, let start = pair.first?.integer, let end = pair.last?.integer,
        start <= end, start >= fragments.last?.lowerBound ?? range.lowerBound,
        end <= range.upperBound
      else {
        throw error(
          "fragments as [start, end], ascending, inside "
            + "\(range.lowerBound)..<\(range.upperBound)", "another")
      }
      fragments.append(start..<end)
    }
    guard let first = fragments.first, let last = fragments.last,
      first.lowerBound == range.lowerBound, last.upperBound == range.upperBound
    else {
      throw error("fragments from the span's start to its end", "others")
    }
    return fragments
  }
}
