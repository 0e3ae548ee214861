/// What is legal in a corpus and still worth a look: usually the trace of a conversion that went
/// wrong, or of a format read as another.
public struct CorpusOddities: Sendable {
  private var emptyWords = 0
  private var spacedWords = 0
  private var replacedWords = 0
  private var controlWords = 0
  private var longSentences = 0
  private var longestSentence = 0
  private var longSpans = 0
  private var sameSpans = 0
  private var labels: [[UInt8]: Int] = [:]

  /// Sentences of more words are long: few encoders see so many at once.
  public static let sentenceLength = 250
  /// Spans of more words are long for a name.
  public static let spanLength = 20

  public init(_ corpus: Corpus) {
    for document in corpus.documents { add(document) }
  }

  private mutating func add(_ document: Document) {
    for sentence in document.sentences {
      if sentence.words.count > Self.sentenceLength { longSentences += 1 }
      longestSentence = max(longestSentence, sentence.words.count)
      for word in sentence.words { add(word) }
      longSpans += sentence.spans.count { $0.words.count > Self.spanLength }
    }
    var seen: Set<[Int]> = []
    var labelsSeen: [[UInt8]: Int] = [:]
    for annotation in document.annotations {
      let label = Array(annotation.label.utf8)
      labels[label, default: 0] += 1
      let number = labelsSeen[label] ?? labelsSeen.count
      labelsSeen[label] = number
      let place = annotation.fragments.flatMap { [$0.lowerBound, $0.upperBound] } + [number]
      if !seen.insert(place).inserted { sameSpans += 1 }
    }
  }

  private mutating func add(_ word: Word) {
    if word.text.isEmpty { emptyWords += 1 }
    var (isSpaced, isReplaced, isControl) = (false, false, false)
    for scalar in word.text.unicodeScalars {
      if scalar.isWhiteSpace { isSpaced = true }
      if scalar.value == 0xFFFD { isReplaced = true }
      if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { isControl = true }
    }
    if isSpaced { spacedWords += 1 }
    if isReplaced { replacedWords += 1 }
    if isControl { controlWords += 1 }
  }

  /// Pairs of labels that differ in upper and lower case alone.
  private var labelPairs: [String] {
    var byCase: [[UInt8]: [[UInt8]]] = [:]
    for label in labels.keys {
      let lowered = label.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
      byCase[lowered, default: []].append(label)
    }
    return byCase.values.filter { $0.count > 1 }.map { group in
      group.sorted { $0.lexicographicallyPrecedes($1) }
        .map { "\(String(decoding: $0, as: UTF8.self)) (\(labels[$0] ?? 0))" }
        .joined(separator: ", ")
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// One line for each oddity, for people.
  public var notes: [String] {
    var notes: [String] = []
    func note(_ count: Int, _ what: String) {
      if count > 0 { notes.append("\(what) (\(count))") }
    }
    note(emptyWords, "empty words")
    note(spacedWords, "words with white space in them")
    note(controlWords, "words with control characters")
    note(replacedWords, "words with U+FFFD, which stands for bytes that were not text")
    note(
      longSentences,
      "sentences of more than \(Self.sentenceLength) words, the longest of \(longestSentence)")
    note(longSpans, "spans of more than \(Self.spanLength) words")
    note(sameSpans, "spans twice at one place with one label")
    for pair in labelPairs { notes.append("labels that differ in case alone: \(pair)") }
    return notes
  }
}
