extension TagScheme {
  /// The tags of `count` words under `spans`.
  ///
  /// - Parameter spans: flat and inside `0..<count`; in any order.
  /// - Returns: `count` tags: `O`, or a prefix of the scheme and the span's label.
  public func encode(_ spans: [EntitySpan], count: Int) -> [String] {
    var tags = [String](repeating: "O", count: count)
    var previous: EntitySpan?
    for span in spans.sorted(by: { $0.words.lowerBound < $1.words.lowerBound }) {
      let words = span.words
      precondition(
        !words.isEmpty && words.lowerBound >= previous?.words.upperBound ?? 0
          && words.upperBound <= count, "spans must be flat and inside the sentence")
      for word in words {
        let isFirst = word == words.lowerBound
        let isLast = word == words.upperBound - 1
        let role: Role =
          switch (isFirst, isLast) {
          case (true, true): .single
          case (true, false): .begin
          case (false, true): .end
          case (false, false): .inside
          }
        tags[word] = prefix(of: role) + span.label
        if self == .iob1, isFirst {
          let touches =
            previous?.words.upperBound == word
            && previous?.label.hasSameBytes(as: span.label) == true
          tags[word] = (touches ? "B-" : "I-") + span.label
        }
      }
      previous = span
    }
    return tags
  }
}
