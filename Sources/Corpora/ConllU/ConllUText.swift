/// The text of a document, put together from its rows: words joined by what the last column says
/// of the space after them (one space unless said), sentences by line feeds.
struct ConllUText {
  private(set) var text = ""
  private var length = 0
  private(set) var sentences: [Sentence] = []

  /// The words of a sentence with their places, from its rows.
  ///
  /// The text of a multiword token is its own row's. Where the forms of its words put together
  /// are that text (`I'm`: `I`, `'m`) each has its part of it, else (`du`: `de`, `le`) each has
  /// the whole: the words' texts are then not what stands at their places.
  mutating func append(
    _ rows: [ConllURow], _ columns: ConllUColumns, comments: [String]
  ) -> Sentence {
    if !sentences.isEmpty { add("\n") }
    var words: [Word] = []
    var kept: [[String]] = []
    var comments = comments
    var gap = ""
    var index = 0
    while index < rows.count {
      let row = rows[index]
      index += 1
      switch row.id {
      case .empty:
        comments.append(ConllUWriter.comment(keeping: row.cells))
      case .word:
        place([row], as: row.cells[columns.form], after: gap, columns, &words)
        kept.append(row.cells)
        gap = ConllUMisc(columns.misc.map { row.cells[$0] } ?? "").gap
      case .multiword(let first, let last):
        comments.append(ConllUWriter.comment(keeping: row.cells))
        var parts: [ConllURow] = []
        while parts.count < last - first + 1, index < rows.count {
          if case .word = rows[index].id {
            parts.append(rows[index])
            kept.append(rows[index].cells)
          } else {
            comments.append(ConllUWriter.comment(keeping: rows[index].cells))
          }
          index += 1
        }
        place(parts, as: row.cells[columns.form], after: gap, columns, &words)
        // The row of the whole says it; some files have it at the last word.
        let whole = ConllUMisc(columns.misc.map { row.cells[$0] } ?? "")
        gap =
          whole.saysGap
          ? whole.gap : ConllUMisc(columns.misc.flatMap { parts.last?.cells[$0] } ?? "").gap
      }
    }
    let sentence = Sentence(words: words, rows: kept, comments: comments)
    sentences.append(sentence)
    return sentence
  }

  private mutating func place(
    _ rows: [ConllURow], as surface: String, after gap: String, _ columns: ConllUColumns,
    _ words: inout [Word]
  ) {
    if !words.isEmpty { add(gap) }
    let start = length
    add(surface)
    let forms = rows.map { $0.cells[columns.form] }
    if let last = words.indices.last { words[last].spaceAfter = !gap.isEmpty }
    let isSplit = forms.joined().hasSameBytes(as: surface)
    var place = start
    for (index, form) in forms.enumerated() {
      let end = place + form.unicodeScalars.count
      words.append(
        Word(
          text: form, range: isSplit ? place..<end : start..<length,
          spaceAfter: index == forms.count - 1))
      place = end
    }
  }

  private mutating func add(_ string: String) {
    text += string
    length += string.unicodeScalars.count
  }

  /// The text of the last `count` scalars' sentence, for comparison with `# text`.
  func isText(_ expected: Substring, of sentence: Sentence) -> Bool {
    guard let first = sentence.words.first else { return true }
    // The sentence is the last one: its text is the end of the document's.
    let tail = text.unicodeScalars.suffix(length - first.range.lowerBound)
    func squeezed(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
      var result: [Unicode.Scalar] = []
      for scalar in scalars {
        if !scalar.isWhiteSpace {
          result.append(scalar)
        } else if let last = result.last, last != " " {
          result.append(" ")
        }
      }
      if result.last == " " { result.removeLast() }
      return result
    }
    return squeezed(tail) == squeezed(expected.unicodeScalars)
  }
}
