/// Puts a document together sentence by sentence, keeping offsets right.
struct DocumentBuilder {
  private var id: String?
  private var text = ""
  private var length = 0
  private(set) var sentences: [Sentence] = []
  /// Whether nothing stands between the last sentence and the next.
  private var joinsNext = false

  init(id: String?) {
    self.id = id
  }

  /// What follows a word in the text.
  enum Joint: Hashable {
    case none, space, line

    /// What stands between the words in `text`; nil if it is not these words, in order, with
    /// nothing but white space between.
    static func joints(of words: [String], in text: String) -> [Joint]? {
      var rest = text.unicodeScalars[...]
      var joints: [Joint] = []
      joints.reserveCapacity(words.count)
      for word in words {
        let scalars = word.unicodeScalars
        guard rest.starts(with: scalars) else { return nil }
        rest = rest.dropFirst(scalars.count)
        let isSpaced = rest.first?.isWhiteSpace ?? true
        joints.append(isSpaced ? .space : .none)
        if isSpaced { rest = rest.drop { $0.isWhiteSpace } }
      }
      return rest.isEmpty ? joints : nil
    }
  }

  /// Adds a sentence known by its words alone.
  ///
  /// - Parameter joints: what follows each word; spaces if there are none. A sentence is followed
  ///   by a line feed unless its last joint is `none`.
  mutating func append(
    words texts: [String], joints: [Joint] = [], spans: [EntitySpan] = [], rows: [[String]] = [],
    comments: [String] = []
  ) {
    startSentence()
    var words: [Word] = []
    words.reserveCapacity(texts.count)
    for (index, word) in texts.enumerated() {
      let count = word.scalarCount
      text.append(word)
      let joint = joints.isEmpty ? .space : joints[index]
      words.append(Word(text: word, range: length..<length + count, spaceAfter: joint != .none))
      length += count
      guard index < texts.count - 1, joint != .none else { continue }
      text.append(joint == .line ? "\n" : " ")
      length += 1
    }
    joinsNext = joints.last == Joint.none
    sentences.append(Sentence(words: words, spans: spans, rows: rows, comments: comments))
  }

  /// Adds comments to the last sentence, if there is one.
  mutating func append(commentsToLast comments: [String]) {
    guard !sentences.isEmpty else { return }
    sentences[sentences.count - 1].comments += comments
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
    guard !sentences.isEmpty, !joinsNext else {
      joinsNext = false
      return
    }
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
    var sentences = sentences
    if let last = sentences.indices.last, let word = sentences[last].words.indices.last {
      sentences[last].words[word].spaceAfter = true
    }
    return Document(id: id, text: text, sentences: sentences)
  }
}
