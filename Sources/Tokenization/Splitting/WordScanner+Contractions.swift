extension WordScanner {
  /// Ends a run at `end`, in parts where it is a contraction: `do|n't`, `we|'ve`, `John|'s`, `can|not`.
  mutating func finishRun(at end: Int) {
    if let key = key(start..<end, longest: 6), let first = Abbreviations.fused[key] {
      finish(at: start + first)
      finish(at: end)
      return
    }
    var cuts: [Int] = []
    var rest = end
    while cuts.count < 3, let cut = clitic(start..<rest) {
      cuts.append(cut)
      rest = cut
    }
    for cut in cuts.reversed() { finish(at: cut) }
    finish(at: end)
  }

  /// Where the clitic at the end of `range` begins.
  private func clitic(_ range: Range<Int>) -> Int? {
    let end = range.upperBound
    if range.count > 2, scalars[end - 2].isApostrophe {
      switch key(end - 1..<end, longest: 1) {
      case "s", "d", "m": return end - 2
      case "t":
        let isNegation = range.count > 3 && key(end - 3..<end - 2, longest: 1) == "n"
        return isNegation ? end - 3 : nil
      default: return nil
      }
    }
    if range.count > 3, scalars[end - 3].isApostrophe,
      let key = key(end - 2..<end, longest: 2), ["re", "ve", "ll"].contains(key)
    {
      return end - 3
    }
    return nil
  }

  /// A word that starts with an apostrophe: `'s` after what is no run, `'em`, `'90s`, `'n'`.
  mutating func scanApostrophe() -> Bool {
    var end = start + 1
    while end < scalars.count, end - start <= 6, kind(end).isPart { end += 1 }
    guard let key = key(start + 1..<end, longest: 5), !key.isEmpty else { return false }
    if isAttached {
      guard ["s", "re", "ve", "ll", "d", "m"].contains(key) else { return false }
      finish(at: end)
      return true
    }
    if key == "n", scalar(end)?.isApostrophe == true {
      finish(at: end + 1)
      return true
    }
    let digits = key.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    let isDecade = digits == 2 && (key.utf8.count == 2 || key.utf8.count == 3 && key.last == "s")
    guard isDecade || Abbreviations.clipped.contains(key), scalar(end)?.isApostrophe != true else {
      return false
    }
    finish(at: end)
    return true
  }
}
