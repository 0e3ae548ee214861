extension WordScanner {
  /// URLs, e-mail addresses, handles, hashtags and emoticons.
  mutating func scanWebWord() -> Bool {
    if let end = endOfURL() ?? endOfAddress() ?? endOfTag() ?? endOfEmoticon() {
      finish(at: end)
      return true
    }
    return false
  }

  // MARK: URLs

  private static let schemes = ["http://", "https://", "ftp://", "mailto:", "www."].map {
    Array($0.unicodeScalars)
  }

  /// A URL runs to a space, a quote or an angle bracket, without the punctuation at its end.
  private func endOfURL() -> Int? {
    guard kind(start).isLetter, let scheme = Self.schemes.first(where: { starts(with: $0) }),
      kind(start + scheme.count).isPart
    else { return nil }
    var end = start + scheme.count
    var openBrackets = 0
    scan: while end < scalars.count {
      let scalar = scalars[end]
      switch scalar {
      case "<", ">", "\"", "\u{201C}", "\u{201D}", "\u{AB}", "\u{BB}", "`", "{", "}": break scan
      case "(": openBrackets += 1
      case ")": openBrackets -= 1
      default:
        let kind = ScalarKind(scalar)
        if kind == .space || kind == .ideograph || scalar.isWideStop { break scan }
      }
      if openBrackets < 0 { break }
      end += 1
    }
    while end > start + scheme.count, Self.trails(scalars[end - 1]) { end -= 1 }
    return end
  }

  private static func trails(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", ",", ";", ":", "!", "?", "'", "\u{2019}", "*", "]", "\u{2026}": true
    default: false
    }
  }

  private func starts(with prefix: [Unicode.Scalar]) -> Bool {
    guard start + prefix.count <= scalars.count else { return false }
    for (offset, wanted) in prefix.enumerated() {
      let value = scalars[start + offset].value
      let isUpper = value >= 0x41 && value <= 0x5A
      if (isUpper ? value | 0x20 : value) != wanted.value { return false }
    }
    return true
  }

  // MARK: E-mail addresses

  /// `local@domain.name`
  private mutating func endOfAddress() -> Int? {
    guard start >= noAddressBefore, isASCIIPart(start) else { return nil }
    var at = start
    while isLocal(at) { at += 1 }
    guard scalar(at) == "@" else {
      noAddressBefore = at
      return nil
    }
    var end = at + 1
    var lastDot: Int?
    while isASCIIPart(end) || (scalar(end) == "-" || scalar(end) == ".") && isASCIIPart(end + 1) {
      if scalar(end) == "." { lastDot = end }
      end += 1
    }
    guard let lastDot, end - lastDot > 2, kind(at - 1) != .symbol || scalar(at - 1) != "." else {
      // What follows the @ was looked at too, and may begin an address of its own.
      noAddressBefore = at
      return nil
    }
    return end
  }

  private func isASCIIPart(_ index: Int) -> Bool {
    guard let scalar = scalar(index), scalar.isASCII else { return false }
    return kind(index).isPart && scalar.value > 0x20
  }

  private func isLocal(_ index: Int) -> Bool {
    guard let scalar = scalar(index) else { return false }
    return isASCIIPart(index) || scalar == "." || scalar == "-" || scalar == "+" || scalar == "%"
  }

  // MARK: Handles, hashtags, emoticons

  /// `@name` and `#name`, not right after a word.
  private func endOfTag() -> Int? {
    let sign = scalars[start]
    guard sign == "@" || sign == "#", !isAttached || !kind(start - 1).isPart,
      kind(start + 1).isPart
    else { return nil }
    var end = start + 1
    if sign == "@" {
      while isASCIIPart(end) { end += 1 }
      return end > start + 1 ? end : nil
    }
    while kind(end).isPart || kind(end) == .extender { end += 1 }
    return end
  }

  private static let emoticons: Set<String> = [
    ":)", ":-)", ":(", ":-(", ":d", ":-d", ";)", ";-)", ":p", ":-p", ":/", ":-/", ":|", ":-|", ":o",
    ":-o", ":*", ":-*", ":'(", "=)", "=(", "=d", "xd", "<3", "</3", "^^", "^_^", "-_-", ":3", ":]",
    ":[", "o_o", "(:", "):",
  ]

  /// An emoticon that stands between spaces.
  private func endOfEmoticon() -> Int? {
    guard kind(start) == .symbol || kind(start + 1) != .lowercase, kind(start - 1) == .space else {
      return nil
    }
    var end = start + 1
    while end - start < 4 && kind(end) != .space { end += 1 }
    guard end - start > 1, kind(end) == .space, let key = key(start..<end, longest: 3) else {
      return nil
    }
    return Self.emoticons.contains(key) ? end : nil
  }
}
