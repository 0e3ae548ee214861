extension TagScheme {
  /// The tags read in the scheme.
  ///
  /// - Throws: `UnknownTag` at the first that does not belong to it.
  func parse(_ tags: [String]) throws(UnknownTag) -> [Tag] {
    var parsed: [Tag] = []
    parsed.reserveCapacity(tags.count)
    for (word, tag) in tags.enumerated() {
      guard let tag = parse(tag) else { throw UnknownTag(word: word, tag: tag, scheme: self) }
      parsed.append(tag)
    }
    return parsed
  }

  /// Only the spans that are written exactly as the scheme asks.
  ///
  /// IOB1, IOB2, IOBES and BILOU follow `seqeval`'s strict mode, oddities included (in IOB1 a
  /// `B-` that follows no span of its label starts nothing); BMEWO is IOBES by other letters.
  ///
  /// - Throws: `UnknownTag` at the first tag that does not belong to the scheme.
  public func decodeStrictly(_ tags: [String]) throws(UnknownTag) -> [EntitySpan] {
    let tags = try parse(tags)
    func tag(_ index: Int) -> Tag {
      tags.indices.contains(index) ? tags[index] : .outside
    }
    var spans: [EntitySpan] = []
    var start = 0
    while start < tags.count {
      guard starts(tags[start], after: tag(start - 1)) else {
        start += 1
        continue
      }
      var end = start + 1
      while end < tags.count, continues(tags[end], after: tags[end - 1]) { end += 1 }
      if ends(tags[end - 1], before: tag(end)) {
        spans.append(EntitySpan(label: tags[start].label, words: start..<end))
      }
      start = end
    }
    return spans
  }

  private func starts(_ tag: Tag, after previous: Tag) -> Bool {
    guard let role = tag.role else { return false }
    switch self {
    case .iob2, .iobes, .bilou, .bmewo: return role == .begin || role == .single
    case .io: return previous.role == nil || !tag.hasLabel(of: previous)
    case .iob1:
      guard let before = previous.role else { return role == .inside }
      if role == .begin { return tag.hasLabel(of: previous) }
      return before == .begin || !tag.hasLabel(of: previous)
    }
  }

  private func continues(_ tag: Tag, after previous: Tag) -> Bool {
    guard let role = tag.role, role == .inside || role == .end, tag.hasLabel(of: previous)
    else { return false }
    return previous.role == .begin || previous.role == .inside
  }

  private func ends(_ tag: Tag, before next: Tag) -> Bool {
    switch self {
    case .iobes, .bilou, .bmewo: return tag.role == .end || tag.role == .single
    case .io, .iob2: return true
    case .iob1:
      guard tag.role == .begin, next.role == .begin else { return true }
      return tag.hasLabel(of: next)
    }
  }

  /// Every span that the tags can mean: for corpora, where a slip in a tag should not cost the
  /// span. `repair` is told the reason of each departure from the scheme.
  ///
  /// A span starts at a begin or single tag, at any change of label, after `O`, and after an end
  /// or single tag. In IOB1 and IOB2 this is `conlleval`'s rule.
  ///
  /// - Throws: `UnknownTag` at the first tag that does not belong to the scheme.
  public func decodeRepairing(
    _ tags: [String], repair: (String) -> Void
  ) throws(UnknownTag) -> [EntitySpan] {
    let tags = try parse(tags)
    var spans: [EntitySpan] = []
    var open: Int?
    for index in 0...tags.count {
      let tag = index < tags.count ? tags[index] : .outside
      let previous = index > 0 ? tags[index - 1] : .outside
      let starts =
        tag.role != nil
        && (tag.role == .begin || tag.role == .single || previous.role == nil
          || previous.role == .end || previous.role == .single || !tag.hasLabel(of: previous))
      if let start = open, starts || tag.role == nil {
        spans.append(EntitySpan(label: tags[start].label, words: start..<index))
        if hasEnds, previous.role == .begin || previous.role == .inside {
          repair("span without an end tag closed")
        }
        open = nil
      }
      if starts {
        open = index
        if tag.role == .inside || tag.role == .end, self != .iob1, self != .io {
          repair("span without a begin tag started")
        }
        if self == .iob1, tag.role == .begin,
          previous.role == nil || !tag.hasLabel(of: previous)
        {
          repair("B- that separates nothing read as I-")
        }
      }
    }
    return spans
  }

  private var hasEnds: Bool { self == .iobes || self == .bilou || self == .bmewo }
}
