/// A word as the splitter finds it, with what it can mean for the sentence.
struct ScannedWord {
  enum Role {
    case plain
    /// One full stop.
    case stop
    /// `!`, `?` and runs of them.
    case exclamation
    case wideStop
    case ellipsis
    case abbreviation(Abbreviations.Kind)
  }

  var range: Range<Int>
  var role: Role
}

/// Finds the words of a text, from front to back.
///
/// Every rule either consumes what it looks at, looks a bounded number of scalars ahead, or remembers how
/// far it has failed, so that the time is linear whatever the text is.
struct WordScanner {
  let scalars: [Unicode.Scalar]
  var words: [ScannedWord] = []
  /// Where the next word starts.
  var start = 0
  /// No e-mail address begins before this.
  var noAddressBefore = 0

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    words.reserveCapacity(scalars.count / 5 + 1)
  }

  mutating func scan() {
    while start < scalars.count {
      if ScalarKind(scalars[start]) == .space {
        start += 1
      } else {
        scanWord()
      }
    }
  }

  /// The kind of the scalar at `index`; a space beyond the end.
  func kind(_ index: Int) -> ScalarKind {
    index < scalars.count && index >= 0 ? ScalarKind(scalars[index]) : .space
  }

  /// The scalar at `index`, if there is one and it is no space.
  func scalar(_ index: Int) -> Unicode.Scalar? {
    index < scalars.count && index >= 0 ? scalars[index] : nil
  }

  /// Whether the word that starts here stands right after another.
  var isAttached: Bool { words.last?.range.upperBound == start }

  /// Ends a word at `end` and takes in marks and joiners after it.
  mutating func finish(at end: Int, _ role: ScannedWord.Role = .plain) {
    var end = end
    while kind(end) == .extender { end += 1 }
    words.append(ScannedWord(range: start..<end, role: role))
    start = end
  }

  /// `scalars[range]` in lower case where they are ASCII, for look-ups; nil if longer than `longest`.
  func key(_ range: Range<Int>, longest: Int) -> String? {
    guard range.count <= longest else { return nil }
    var key = ""
    for scalar in scalars[range] {
      guard scalar.isASCII else { return nil }
      let isUpper = scalar.value >= 0x41 && scalar.value <= 0x5A
      key.unicodeScalars.append(
        isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    }
    return key
  }

  private mutating func scanWord() {
    if scanWebWord() { return }
    switch kind(start) {
    case .ideograph:
      finish(at: start + 1)
    case .emoji, .regionalIndicator:
      scanEmoji()
    case .symbol:
      scanSymbol()
    case .space, .lowercase, .uppercase, .letter, .digit, .extender:
      scanRun()
    }
  }

  private mutating func scanSymbol() {
    let first = scalars[start]
    if first.isApostrophe, scanApostrophe() { return }
    let next = kind(start + 1)
    // “-5”, “+5”, “.5”, “-.5” and “.NET”, where they do not follow a word.
    if !isAttached {
      let isSign = first == "-" || first == "+" || first == "\u{2212}"
      if isSign && next == .digit || first == "." && next.isPart {
        scanRun(from: start + 1)
        return
      }
      if isSign && scalar(start + 1) == "." && kind(start + 2) == .digit {
        scanRun(from: start + 2)
        return
      }
    }
    if isKeycap(start) {
      scanEmoji()
      return
    }
    if first == "." {
      let end = endOfRun { $0 == "." }
      finish(at: end, end - start == 1 ? .stop : .ellipsis)
    } else if first == "\u{2026}" {
      finish(at: endOfRun { $0 == "\u{2026}" }, .ellipsis)
    } else if first.isExclamation {
      finish(at: endOfRun { $0.isExclamation }, .exclamation)
    } else if first.isWideStop {
      finish(at: endOfRun { $0.isWideStop }, .wideStop)
    } else if first.isDash {
      finish(at: endOfRun { $0.isDash })
    } else if first == "'" || first == "`" {
      finish(at: scalar(start + 1) == first ? start + 2 : start + 1)
    } else if "*=_~#+/\\|<>^".unicodeScalars.contains(first) {
      finish(at: endOfRun { $0 == first })
    } else {
      finish(at: start + 1)
    }
  }

  /// Where the scalars from `start` cease to fit.
  func endOfRun(_ fits: (Unicode.Scalar) -> Bool) -> Int {
    var end = start + 1
    while end < scalars.count && fits(scalars[end]) { end += 1 }
    return end
  }

  // MARK: Runs of letters and digits

  private mutating func scanRun(from first: Int? = nil) {
    var end = first ?? start
    while end < scalars.count {
      let kind = self.kind(end)
      guard kind.isPart || kind == .extender || joins(at: end) else { break }
      end += 1
    }
    // A stray symbol that nothing joined cannot come here, but a run is never empty.
    end = max(end, start + 1)
    if scalar(end) == ".", scalar(end + 1) != "." || isAcronym(start..<end) {
      if let abbreviation = abbreviation(start..<end) {
        finish(at: end + 1, .abbreviation(abbreviation))
        return
      }
    }
    if end - start == 1 && kind(start) == .uppercase {
      // C#, F#, C++
      if scalar(end) == "#" && !kind(end + 1).isPart {
        finish(at: end + 1)
        return
      }
      if scalar(end) == "+" && scalar(end + 1) == "+" && !kind(end + 2).isPart {
        finish(at: end + 2)
        return
      }
    }
    finishRun(at: end)
  }

  /// Whether the symbol at `index`, within a run from `start`, joins what stands around it.
  private func joins(at index: Int) -> Bool {
    guard index > start else { return false }
    let before = kind(index - 1)
    let after = kind(index + 1)
    let symbol = scalars[index]
    if symbol.isHyphen { return after.isPart && (before != .symbol || scalars[index - 1] == ".") }
    if symbol == "." && scalar(index + 1)?.isHyphen == true {
      return kind(index + 2).isPart && before.isLetter
        && (index - 1 == start || scalars[index - 2] == ".")
    }
    guard after.isPart, before.isPart || before == .extender else { return false }
    switch symbol {
    case "'", "\u{2019}": return before != .digit && after != .digit || before == .digit
    case ".": return !isMissedSpace(index)
    case ",": return before == .digit && isThousand(index + 1)
    case ":", "/": return before == .digit && after == .digit
    case "&": return before == .uppercase && after == .uppercase
    default: return false
    }
  }

  /// “end.Next”: a full stop between a small letter and a capitalised word of two letters or more.
  private func isMissedSpace(_ index: Int) -> Bool {
    kind(index - 1) == .lowercase && index - start >= 2 && kind(index - 2).isLetter
      && kind(index + 1) == .uppercase && kind(index + 2) == .lowercase
  }

  /// Whether exactly three digits start at `index`.
  private func isThousand(_ index: Int) -> Bool {
    kind(index) == .digit && kind(index + 1) == .digit && kind(index + 2) == .digit
      && kind(index + 3) != .digit
  }

  // MARK: Abbreviations

  /// Single letters with full stops between them, two or more: `U.S`, `a.m`.
  private func isAcronym(_ range: Range<Int>) -> Bool {
    guard range.count >= 3, range.count % 2 == 1, range.count < 24 else { return false }
    for index in range {
      let isStop = scalars[index] == "."
      if (index - range.lowerBound) % 2 == 0 ? !kind(index).isLetter : !isStop { return false }
    }
    return true
  }

  /// The kind of abbreviation that a run with a full stop after it is.
  private func abbreviation(_ range: Range<Int>) -> Abbreviations.Kind? {
    if isAcronym(range) {
      return ["e.g", "i.e"].contains(key(range, longest: 3)) ? .leading : .either
    }
    if range.count == 1 && kind(range.lowerBound) == .uppercase {
      // An initial; but “I” is a word, unless another initial stands beside it.
      let isPronoun = scalars[range.lowerBound] == "I"
      if !isPronoun || isInitial(next(after: range.upperBound + 1)) || lastIsInitial {
        return .either
      }
    }
    guard let key = key(range, longest: Abbreviations.longest) else { return nil }
    let isCapitalised = kind(range.lowerBound) == .uppercase
    if Abbreviations.leading.contains(key)
      || isCapitalised && Abbreviations.capitalisedLeading.contains(key)
    {
      return .leading
    }
    if Abbreviations.numeric.contains(key), kind(next(after: range.upperBound + 1)) == .digit {
      return .leading
    }
    if isCapitalised && Abbreviations.capitalisedEither.contains(key) { return .either }
    return Abbreviations.either.contains(key) ? .either : nil
  }

  private var lastIsInitial: Bool {
    guard let last = words.last, last.range.count == 2, start - last.range.upperBound <= 1 else {
      return false
    }
    return isInitial(last.range.lowerBound)
  }

  private func isInitial(_ index: Int) -> Bool {
    kind(index) == .uppercase && scalar(index + 1) == "."
  }

  /// The next scalar that is no space, within a few.
  private func next(after index: Int) -> Int {
    var index = index
    for _ in 0..<4 where kind(index) == .space { index += 1 }
    return index
  }
}
