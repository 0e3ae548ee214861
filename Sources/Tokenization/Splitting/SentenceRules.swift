/// Groups words into sentences.
struct SentenceRules {
  let scalars: [Unicode.Scalar]
  let words: [ScannedWord]

  func sentences() -> [SplitSentence] {
    var sentences: [SplitSentence] = []
    var first = 0
    var index = 0
    while index < words.count {
      let (last, ends) = stop(at: index, first: first)
      if ends || breaksParagraph(after: last) {
        sentences.append(SplitSentence(words: words[first...last].map(\.range)))
        first = last + 1
      }
      index = last + 1
    }
    if first < words.count {
      sentences.append(SplitSentence(words: words[first...].map(\.range)))
    }
    return sentences
  }

  /// The last word of what closes with the word at `index`, and whether a sentence ends there.
  private func stop(at index: Int, first: Int) -> (last: Int, ends: Bool) {
    switch words[index].role {
    case .plain:
      return (index, false)
    case .wideStop:
      return (closers(after: index), true)
    case .abbreviation(let kind):
      let last = closers(after: index)
      return (last, kind == .either && startsSentence(last + 1, needsStarter: last == index))
    case .stop where index == first + 1 && isNumber(first):
      return (index, false)
    case .stop, .exclamation, .ellipsis:
      let last = closers(after: index)
      return (last, startsSentence(last + 1, needsStarter: false))
    }
  }

  /// The last of the closing quotes, brackets and further stops that belong to the stop at `index`.
  private func closers(after index: Int) -> Int {
    var last = index
    while last + 1 < words.count {
      let next = words[last + 1]
      let isAttached = next.range.lowerBound == words[last].range.upperBound
      switch next.role {
      case .stop, .exclamation, .wideStop, .ellipsis:
        if breaksParagraph(after: last) { return last }
      case .plain, .abbreviation:
        guard isAttached, isCloser(next.range) else { return last }
      }
      last += 1
    }
    return last
  }

  private func isCloser(_ range: Range<Int>) -> Bool {
    range.count <= 2 && scalars[range].allSatisfy(\.isCloser)
  }

  private func isNumber(_ index: Int) -> Bool {
    words[index].range.count <= 3
      && scalars[words[index].range].allSatisfy { ScalarKind($0) == .digit }
  }

  /// Whether the word at `index` can begin a sentence, after a stop.
  private func startsSentence(_ index: Int, needsStarter: Bool) -> Bool {
    guard index < words.count else { return true }
    var next = index
    // Past opening quotes and brackets, a few at most.
    while next < words.count, next - index < 4, isOpener(next) { next += 1 }
    guard next < words.count else { return true }
    let range = words[next].range
    let kind = ScalarKind(scalars[range.lowerBound])
    let isSpaced = words[index].range.lowerBound > words[index - 1].range.upperBound
    if breaksParagraph(after: index - 1) { return true }
    if needsStarter {
      return isSpaced && kind == .uppercase && Abbreviations.starters.contains(lowered(range))
    }
    switch kind {
    case .uppercase, .ideograph: return true
    case .letter, .digit, .emoji, .regionalIndicator: return isSpaced
    case .symbol: return isSpaced && !",;:)]}%".unicodeScalars.contains(scalars[range.lowerBound])
    case .lowercase, .extender, .space: return false
    }
  }

  private func isOpener(_ index: Int) -> Bool {
    let range = words[index].range
    guard range.count <= 2 else { return false }
    return scalars[range].allSatisfy {
      "\"'`([{\u{201C}\u{2018}\u{AB}\u{2039}\u{201E}\u{300C}".unicodeScalars.contains($0)
    }
  }

  private func lowered(_ range: Range<Int>) -> String {
    guard range.count < 12 else { return "" }
    var text = ""
    for scalar in scalars[range] {
      let isUpper = scalar.value >= 0x41 && scalar.value <= 0x5A
      text.unicodeScalars.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    }
    return text
  }

  /// Whether a blank line or U+2029 stands after the word at `index`.
  private func breaksParagraph(after index: Int) -> Bool {
    guard index + 1 < words.count else { return false }
    var breaks = 0
    for place in words[index].range.upperBound..<words[index + 1].range.lowerBound {
      switch scalars[place] {
      case "\u{2029}": return true
      case "\r": breaks += 1
      case "\n": if place == 0 || scalars[place - 1] != "\r" { breaks += 1 }
      case "\u{85}", "\u{2028}": breaks += 1
      default: continue
      }
    }
    return breaks > 1
  }
}
