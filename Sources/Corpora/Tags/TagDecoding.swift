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

  /// Only the spans that are written exactly as the scheme asks, by the rules of ``StrictScheme``.
  ///
  /// - Throws: `UnknownTag` at the first tag that does not belong to the scheme.
  public func decodeStrictly(_ tags: [String]) throws(UnknownTag) -> [EntitySpan] {
    let tags = try parse(tags).map { tag in
      let role: StrictScheme.Role =
        switch tag.role {
        case .begin: .begin
        case .inside: .inside
        case .end: .end
        case .single: .single
        case nil: .outside
        }
      return StrictScheme.Tag(role: role, label: Array(tag.label.utf8))
    }
    return StrictScheme(self).spans(tags)
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
