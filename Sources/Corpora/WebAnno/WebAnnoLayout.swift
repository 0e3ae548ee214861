/// Brings sentences of WebAnno TSV together to one text, and offsets into it to Unicode scalars.
struct WebAnnoLayout {
  /// What offsets count.
  enum Unit {
    /// As WebAnno writes them.
    case utf16
    /// As other programs write them.
    case scalars

    func length(_ scalar: Unicode.Scalar) -> Int {
      self == .utf16 && scalar.value > 0xFFFF ? 2 : 1
    }
  }

  private let file: String
  private let unit: Unit
  private let minorVersion: Int
  /// How much white space may fill the gaps between sentences, so that no offset can ask for
  /// more memory than the file is worth.
  private var fillBudget: Int
  private(set) var scalars: [Unicode.Scalar] = []
  private var length = 0
  private(set) var sentences: [Sentence] = []
  /// For each row of all sentences its place in the text.
  private(set) var ranges: [Range<Int>] = []
  private(set) var rebuilt = 0

  /// - Throws: `CorpusError` for offsets that do not fit the text.
  init(
    _ sentences: [WebAnnoSentence], unit: Unit, minorVersion: Int, file: String, fileSize: Int
  ) throws(CorpusError) {
    self.unit = unit
    self.minorVersion = minorVersion
    self.file = file
    fillBudget = (1 << 20) + fileSize
    for sentence in sentences { try append(sentence) }
  }

  private mutating func append(_ sentence: WebAnnoSentence) throws(CorpusError) {
    guard let first = sentence.rows.first else { return }
    var failure: CorpusError?
    for text in readings(of: sentence) {
      // The text begins with the first token, or with white space before it.
      let leading = text.prefix(while: \.isWhiteSpace).reduce(0) { $0 + unit.length($1) }
      for lead in leading > 0 ? [0, leading] : [0] where lead <= first.offsets.lowerBound {
        do throws(CorpusError) {
          let start = first.offsets.lowerBound - lead
          let local = try places(of: sentence.rows, in: text, from: start)
          try fill(upTo: start, line: first.line)
          add(sentence, text, local)
          return
        } catch {
          if failure == nil { failure = error }
        }
      }
    }
    if let failure { throw failure }
  }

  private mutating func add(
    _ sentence: WebAnnoSentence, _ text: [Unicode.Scalar], _ local: [Range<Int>]
  ) {
    let start = scalars.count
    scalars += text
    length += text.reduce(0) { $0 + unit.length($1) }
    var words: [Word] = []
    var rows: [[String]] = []
    for (row, range) in zip(sentence.rows, local) {
      let range = range.shifted(by: start)
      ranges.append(range)
      guard !row.isSubToken else { continue }
      words.append(
        Word(text: String(scalars: scalars[range]), range: range, spaceAfter: true))
      rows.append(row.cells.map { String(decoding: $0, as: UTF8.self) })
    }
    for index in words.indices {
      let end = words[index].range.upperBound
      words[index].spaceAfter = end == scalars.count || scalars[end].isWhiteSpace
    }
    sentences.append(Sentence(words: words, rows: rows, comments: sentence.comments))
  }

  /// Once more, now that it is known what stands after the sentences.
  mutating func finish() {
    for index in sentences.indices {
      guard let last = sentences[index].words.indices.last else { continue }
      let end = sentences[index].words[last].range.upperBound
      sentences[index].words[last].spaceAfter = end == scalars.count || scalars[end].isWhiteSpace
    }
  }

  /// White space between sentences that the file does not have: a line feed, and spaces.
  private mutating func fill(upTo start: Int, line: Int) throws(CorpusError) {
    guard start >= length else {
      throw CorpusError(
        file: file, line: line,
        expected: "an offset from \(length), where the sentence before ends",
        found: "\(start)")
    }
    let gap = start - length
    guard gap <= fillBudget else {
      throw CorpusError(
        file: file, line: line, expected: "an offset near \(length), where the text before ends",
        found: "\(start)")
    }
    fillBudget -= gap
    length = start
    for index in 0..<gap {
      scalars.append(index == 0 && !sentences.isEmpty ? "\n" : " ")
    }
  }

  /// The texts that the sentence may have, the likeliest first.
  private mutating func readings(of sentence: WebAnnoSentence) -> [[Unicode.Scalar]] {
    guard !sentence.texts.isEmpty else {
      rebuilt += 1
      return [rebuiltText(of: sentence.rows)]
    }
    let lines = sentence.texts.map {
      WebAnnoEscapes.readings(ofText: $0, minorVersion: minorVersion)
    }
    let count = lines.map(\.count).max() ?? 1
    return (0..<count).map { reading in
      Array(lines.map { $0[min(reading, $0.count - 1)] }.joined(separator: ["\n"]))
    }
  }

  /// For sentences without `#Text=`: words at their offsets, spaces between them. Empty where the
  /// offsets leave more room than a file can mean.
  private func rebuiltText(of rows: [WebAnnoRow]) -> [Unicode.Scalar] {
    var text: [Unicode.Scalar] = []
    var length = 0
    guard let start = rows.first?.offsets.lowerBound else { return [] }
    for row in rows where !row.isSubToken {
      let gap = row.offsets.lowerBound - start - length
      guard gap >= 0, gap <= fillBudget - text.count else { return [] }
      text += [Unicode.Scalar](repeating: " ", count: gap)
      let word = String(decoding: row.cells[2], as: UTF8.self).unicodeScalars
      text += word
      length += gap + word.reduce(0) { $0 + unit.length($1) }
    }
    return text
  }

  /// Where the rows stand in the text: Unicode scalars.
  private func places(
    of rows: [WebAnnoRow], in text: [Unicode.Scalar], from start: Int
  ) throws(CorpusError) -> [Range<Int>] {
    // The scalar that starts at each offset; nil inside a pair of surrogates.
    var starts: [Int?] = []
    starts.reserveCapacity(text.count + 1)
    for (index, scalar) in text.enumerated() {
      starts.append(index)
      if unit.length(scalar) == 2 { starts.append(nil) }
    }
    starts.append(text.count)
    var result: [Range<Int>] = []
    result.reserveCapacity(rows.count)
    var lastEnd = start
    var lastToken = ""
    for row in rows {
      let local = row.offsets.lowerBound - start
      let end = row.offsets.upperBound - start
      guard local >= 0, end < starts.count, let from = starts[local], let to = starts[end] else {
        throw CorpusError(
          file: file, line: row.line, column: row.cells[0].count + 2,
          expected: "offsets inside the sentence, \(start)–\(start + starts.count - 1)",
          found: "\(row.offsets.lowerBound)-\(row.offsets.upperBound)")
      }
      if row.isSubToken {
        guard row.number.utf8.starts(with: lastToken.utf8), !lastToken.isEmpty else {
          throw CorpusError(
            file: file, line: row.line, column: 1, expected: "the token's row before its parts",
            found: row.number.quoted)
        }
      } else {
        guard row.offsets.lowerBound >= lastEnd else {
          throw CorpusError(
            file: file, line: row.line, column: row.cells[0].count + 2,
            expected: "an offset from \(lastEnd), where the token before ends",
            found: "\(row.offsets.lowerBound)")
        }
        lastEnd = row.offsets.upperBound
        lastToken = row.number + "."
      }
      guard isForm(row.cells[2], of: text[from..<to]) else {
        throw CorpusError(
          file: file, line: row.line,
          expected: "\(String(scalars: text[from..<to]).quoted), which stands at "
            + "\(row.offsets.lowerBound)-\(row.offsets.upperBound)",
          found: String(decoding: row.cells[2], as: UTF8.self).quoted)
      }
      result.append(from..<to)
    }
    return result
  }

  private func isForm(_ form: ArraySlice<UInt8>, of text: ArraySlice<Unicode.Scalar>) -> Bool {
    if String(scalars: text).utf8.elementsEqual(form) { return true }
    guard form.contains(UInt8(ascii: "\\")) else { return false }
    return WebAnnoEscapes.readings(ofText: form, minorVersion: minorVersion)
      .contains { $0[...] == text }
  }
}
