/// Spans as `conlleval` (2004 version) counts chunks.
///
/// It knows no rules for `S`, `U` and `L`, and no break from `E` to `B`.
public enum ConllevalChunks {
  /// The chunks of one sentence, in order.
  public static func spans(_ tags: [String]) -> [EntitySpan] {
    var spans: [EntitySpan] = []
    var open: (start: Int, label: Substring)?
    var previous = ConllevalTag.outside
    for (index, text) in tags.enumerated() {
      let tag = ConllevalTag(text)
      if let (start, label) = open, previous.ends(before: tag) {
        spans.append(EntitySpan(label: String(label), words: start..<index))
        open = nil
      }
      if tag.starts(after: previous) {
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
}
