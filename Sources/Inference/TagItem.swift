import Corpora
import Tasks
import Tokenization

/// One thing that a tagging stream read, waiting for its tags.
enum TagItem: Sendable {
  /// A line of a CoNLL file between sentences.
  case line(ConllLine)
  /// A sentence of a CoNLL file.
  ///
  /// `rows` are the indices of the rows that are words; nil: all.
  case rows(ConllSentence, words: [String], rows: [Int]?)
  /// A line of text, tokens or JSON.
  case document(TagDocument)

  /// The sentences to be tagged, as words.
  var sentences: [[String]] {
    switch self {
    case .line: []
    case .rows(_, let words, _): [words]
    case .document(let document): document.sentences
    }
  }
}

/// A document with its words, and where they are.
struct TagDocument: Sendable {
  var id: String?
  var content: JSONLine.Content
  /// The scalars of a text, for the texts of its spans; empty for tokens.
  var scalars: [Unicode.Scalar] = []
  /// The words' places in the text, sentence by sentence; empty for tokens.
  var places: [[Range<Int>]] = []
  /// The words of each sentence.
  var sentences: [[String]] = []
  /// The line of JSON that it was read from, whose other members are kept.
  private var line: JSONLine?

  init(text: String, id: String? = nil, splitter: TextSplitter) {
    self.id = id
    content = .text(text)
    let split = splitter.split(text)
    scalars = split.scalars
    places = split.sentences.map(\.words)
    sentences = split.sentences.map { split.words(of: $0) }
  }

  /// A line of JSON; words that it gives for its text are those that are tagged.
  init(_ line: JSONLine, splitter: TextSplitter) {
    switch line.content {
    case .blank: self.init(text: "", splitter: splitter)
    case .text(let text):
      self.init(text: text, id: line.id, splitter: splitter)
      if let given = line.sentences?.filter({ !$0.isEmpty }) {
        places = given.map { $0.map(\.range) }
        sentences = given.map { $0.map(\.text) }
      }
    case .tokens(let tokens): self.init(tokens: tokens, id: line.id)
    }
    self.line = line
  }

  /// A line of words separated by spaces: one sentence.
  init(tokensLine text: String) {
    content = .text(text)
    scalars = Array(text.unicodeScalars)
    let words = TokensLine.places(in: scalars)
    places = words.isEmpty ? [] : [words]
    sentences = places.map { words in
      words.map { String(String.UnicodeScalarView(scalars[$0])) }
    }
  }

  /// Words that come without a text.
  init(tokens: [String], id: String? = nil) {
    self.id = id
    content = .tokens(tokens)
    sentences = tokens.isEmpty ? [] : [tokens]
  }

  /// A document of a corpus, with the words that it has.
  init(_ document: Document) {
    id = document.id
    content = .text(document.text)
    scalars = Array(document.text.unicodeScalars)
    let sentences = document.sentences.filter { !$0.words.isEmpty }
    places = sentences.map { $0.words.map(\.range) }
    self.sentences = sentences.map { $0.words.map(\.text) }
  }

  /// The document as a line of JSON, with its spans.
  func jsonLine(_ spans: [[ScoredSpan]]) -> JSONLine {
    var found: [JSONSpan] = []
    for (sentence, spans) in spans.enumerated() {
      for scored in spans {
        let words = scored.span.words
        var range = words
        var text = sentences[sentence][words].joined(separator: " ")
        if !places.isEmpty {
          range =
            places[sentence][words.lowerBound]
            .lowerBound..<places[sentence][words.upperBound - 1].upperBound
          text = String(String.UnicodeScalarView(scalars[range]))
        }
        found.append(
          JSONSpan(
            range: range, text: text, label: scored.span.label, confidence: scored.confidence))
      }
    }
    var result = line ?? JSONLine(content: content, id: id)
    result.spans = found
    result.tags = nil
    return result
  }
}
