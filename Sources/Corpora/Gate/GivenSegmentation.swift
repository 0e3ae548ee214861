/// The sentences and words of a document whose format has them as annotations of its text.
struct GivenSegmentation {
  /// Unicode scalars of the text; in any order.
  var sentences: [Range<Int>]
  var words: [Range<Int>]

  /// Puts the words into their sentences where both make sense, and leaves the text to be split
  /// where they do not.
  func apply(
    to document: inout Document, split: TextSplit, report: inout CorpusReport
  ) -> ReadDocument.Segmentation {
    let words = Self.ordered(words)
    var sentences = Self.ordered(sentences)
    guard !words.isEmpty || !sentences.isEmpty else { return .text }
    guard Self.areApart(words) else {
      report.repair("words that overlap: the text was split instead")
      return .text
    }
    if !Self.areApart(sentences) {
      report.repair("sentences that overlap: the text was split instead")
      sentences = []
      if words.isEmpty { return .text }
    }
    let scalars = Array(document.text.unicodeScalars)
    if words.isEmpty { return .sentences(Self.filled(sentences, scalars, &report)) }
    if sentences.isEmpty {
      sentences = split(document.text).compactMap { found in
        guard let first = found.first, let last = found.last else { return nil }
        return first.lowerBound..<max(first.lowerBound, last.upperBound)
      }
    }
    reportUncovered(words, scalars, &report)
    let builder = DocumentBuilder(id: nil)
    document.sentences = Self.grouped(words, into: sentences, &report).map { group in
      Sentence(words: builder.words(at: group, in: scalars))
    }
    return .words
  }

  /// By position; what stands at one place stays in the order of the file.
  private static func ordered(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.enumerated().sorted { left, right in
      (left.element.lowerBound, left.element.upperBound, left.offset)
        < (right.element.lowerBound, right.element.upperBound, right.offset)
    }.map(\.element)
  }

  private static func areApart(_ ranges: [Range<Int>]) -> Bool {
    zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
  }

  /// The sentences, and as further ones the text between them that is not white space.
  private static func filled(
    _ sentences: [Range<Int>], _ scalars: [Unicode.Scalar], _ report: inout CorpusReport
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var end = 0
    for sentence in sentences + [scalars.count..<scalars.count] {
      let gap = SpanAlignment.trim(end..<max(end, sentence.lowerBound), in: scalars)
      if !gap.isEmpty {
        report.repair("text outside of all sentences taken as one")
        result.append(gap)
      }
      if !sentence.isEmpty { result.append(sentence) }
      end = max(end, sentence.upperBound)
    }
    return result
  }

  private func reportUncovered(
    _ words: [Range<Int>], _ scalars: [Unicode.Scalar], _ report: inout CorpusReport
  ) {
    var end = 0
    var count = 0
    for word in words + [scalars.count..<scalars.count] {
      if scalars[end..<max(end, word.lowerBound)].contains(where: { !$0.isWhiteSpace }) {
        count += 1
      }
      end = max(end, word.upperBound)
    }
    if count > 0 { report.repair("text between the given words left without words", count: count) }
  }

  /// The words by sentences; those outside of all make sentences of their own.
  private static func grouped(
    _ words: [Range<Int>], into sentences: [Range<Int>], _ report: inout CorpusReport
  ) -> [[Range<Int>]] {
    var groups: [(sentence: Int?, words: [Range<Int>])] = []
    var next = 0
    for word in words {
      while next + 1 < sentences.count, !holds(sentences[next], word),
        sentences[next].upperBound <= word.lowerBound
      {
        next += 1
      }
      let sentence = next < sentences.count && holds(sentences[next], word) ? next : nil
      if let last = groups.last, last.sentence == sentence {
        groups[groups.count - 1].words.append(word)
      } else {
        if sentence == nil { report.repair("words outside of all sentences taken as one") }
        groups.append((sentence, [word]))
      }
    }
    return groups.map(\.words)
  }

  private static func holds(_ sentence: Range<Int>, _ word: Range<Int>) -> Bool {
    sentence.contains(word.lowerBound)
      || (word.isEmpty && sentence.lowerBound <= word.lowerBound
        && word.lowerBound <= sentence.upperBound)
  }
}
