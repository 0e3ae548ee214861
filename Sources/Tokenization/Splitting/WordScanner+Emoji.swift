extension WordScanner {
  /// A digit, `#` or `*` with U+20E3 after it.
  func isKeycap(_ index: Int) -> Bool {
    let next = scalar(index + 1) == "\u{FE0F}" ? index + 2 : index + 1
    return scalar(next) == "\u{20E3}"
  }

  /// One emoji with all that belongs to it: modifiers, variation selectors, tags, joined emoji; or a flag.
  mutating func scanEmoji() {
    var end = start + 1
    if kind(start) == .regionalIndicator {
      finish(at: kind(end) == .regionalIndicator ? end + 1 : end)
      return
    }
    while end < scalars.count {
      let kind = self.kind(end)
      let isJoined =
        scalars[end - 1] == "\u{200D}" && (kind == .emoji || kind == .symbol)
      guard kind == .extender || isJoined else { break }
      end += 1
    }
    finish(at: end)
  }
}
