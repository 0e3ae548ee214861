/// Puts a document together sentence by sentence, keeping offsets right.
struct DocumentBuilder {
  private var id: String?
  private var text = ""
  private var length = 0
  private(set) var sentences: [Sentence] = []

  init(id: String?) {
    self.id = id
  }

  /// Adds a sentence known by its words alone: they are joined by single spaces.
  mutating func append(
    words texts: [String], spans: [EntitySpan], rows: [[String]] = [], comments: [String] = []
  ) {
    startSentence()
    var words: [Word] = []
    words.reserveCapacity(texts.count)
    for (index, word) in texts.enumerated() {
      if index > 0 {
        text.append(" ")
        length += 1
      }
      let count = word.unicodeScalars.count
      text.append(word)
      words.append(Word(text: word, range: length..<length + count, spaceAfter: true))
      length += count
    }
    sentences.append(Sentence(words: words, spans: spans, rows: rows, comments: comments))
  }

  /// Adds a sentence known by its text; `ranges` are its words in scalars of that text.
  mutating func append(
    sentence scalars: [Unicode.Scalar], words ranges: [Range<Int>], spans: [EntitySpan]
  ) {
    startSentence()
    var words = words(at: ranges, in: scalars)
    for index in words.indices {
      let range = words[index].range
      words[index].range = range.lowerBound + length..<range.upperBound + length
    }
    text += String(scalars: scalars)
    length += scalars.count
    sentences.append(Sentence(words: words, spans: spans))
  }

  private mutating func startSentence() {
    guard !sentences.isEmpty else { return }
    text.append("\n")
    length += 1
  }

  func words(at ranges: [Range<Int>], in scalars: [Unicode.Scalar]) -> [Word] {
    ranges.map { range in
      let end = range.upperBound
      return Word(
        text: String(scalars: scalars[range]), range: range,
        spaceAfter: end == scalars.count || scalars[end].isWhiteSpace)
    }
  }

  func finished() -> Document {
    Document(id: id, text: text, sentences: sentences)
  }
}
