/// Whether the first column counts the words of each sentence, so that the second has the words.
struct RowNumbering {
  private var next = 1
  /// Words that were not the first of their sentences.
  private var followers = 0
  private var isBroken = false

  /// Whether every row was numbered, and not by accident.
  var holds: Bool { !isBroken && followers > 0 }

  mutating func endSentence() { next = 1 }

  mutating func take(_ row: [ArraySlice<UInt8>]) {
    guard !isBroken, row.count > 2, let first = row.first else {
      isBroken = true
      return
    }
    if next == 1, first.elementsEqual("0".utf8) { return }
    guard first.elementsEqual(String(next).utf8) else {
      // A word written as one that is several: `2-3`.
      isBroken = !first.starts(with: "\(next)-".utf8)
      return
    }
    if next > 1 { followers += 1 }
    next += 1
  }
}
