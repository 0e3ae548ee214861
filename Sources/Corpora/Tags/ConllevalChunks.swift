/// Spans exactly as `conlleval` (2004 version) counts chunks.
///
/// It takes any tag: the prefix ends at the first hyphen, a tag without one has the empty label.
/// It knows no rules for `S`, `U` and `L`, and no break from `E` to `B`.
public enum ConllevalChunks {
  private struct Tag {
    var prefix: Substring.UTF8View
    var label: Substring

    init(_ tag: String) {
      let bytes = tag.utf8
      if let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")) {
        prefix = tag[..<hyphen].utf8
        label = tag[bytes.index(after: hyphen)...]
      } else {
        prefix = Substring(tag).utf8
        label = ""
      }
    }

    func has(_ letter: Unicode.Scalar) -> Bool {
      prefix.count == 1 && prefix.first == UInt8(ascii: letter)
    }
    /// `O` and the `.` that old chunkers wrote.
    var isOutside: Bool { has("O") || has(".") }
  }

  /// The chunks of one sentence, in order.
  public static func spans(_ tags: [String]) -> [EntitySpan] {
    var spans: [EntitySpan] = []
    var open: (start: Int, label: Substring)?
    var previous = Tag("O")
    for (index, text) in tags.enumerated() {
      let tag = Tag(text)
      if let (start, label) = open, ends(previous, before: tag) {
        spans.append(EntitySpan(label: String(label), words: start..<index))
        open = nil
      }
      if starts(tag, after: previous) {
        if let (start, label) = open {
          spans.append(EntitySpan(label: String(label), words: start..<index))
        }
        open = (index, tag.label)
      }
      previous = tag
    }
    if let (start, label) = open {
      spans.append(EntitySpan(label: String(label), words: start..<tags.count))
    }
    return spans
  }

  private static func changesLabel(_ previous: Tag, _ tag: Tag) -> Bool {
    !previous.label.utf8.elementsEqual(tag.label.utf8)
  }

  private static func starts(_ tag: Tag, after previous: Tag) -> Bool {
    if tag.has("B"), previous.has("B") || previous.has("I") || previous.has("O") { return true }
    if tag.has("I"), previous.has("O") || previous.has("E") { return true }
    if tag.has("E"), previous.has("E") || previous.has("O") { return true }
    if tag.has("[") || tag.has("]") { return true }
    return !tag.isOutside && changesLabel(previous, tag)
  }

  private static func ends(_ previous: Tag, before tag: Tag) -> Bool {
    if previous.has("B") || previous.has("I"), tag.has("B") || tag.has("O") { return true }
    if previous.has("E"), tag.has("E") || tag.has("I") || tag.has("O") { return true }
    if previous.has("[") || previous.has("]") { return true }
    return !previous.isOutside && changesLabel(previous, tag)
  }
}
