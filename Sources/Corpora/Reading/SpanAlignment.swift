/// Brings spans given by offsets into a text together with the words of that text.
struct SpanAlignment {
  /// A labelled stretch of the text: Unicode scalars, half-open.
  struct Stretch {
    var label: String
    var range: Range<Int>
  }

  /// Sentences of word ranges and their spans.
  struct Result {
    var sentences: [(words: [Range<Int>], spans: [EntitySpan])] = []
    /// Without a word in them.
    var empty = 0
    /// Spans whose edge fell inside a word, which was cut there.
    var cutting = 0
    /// Sentence breaks removed because a span goes across.
    var joined = 0
  }

  /// Words are cut at the edges of the spans.
  ///
  /// - Parameter stretches: in order of position, none overlapping, none empty.
  static func align(_ stretches: [Stretch], with sentences: [[Range<Int>]]) -> Result {
    var result = Result()
    let words = cut(sentences, at: stretches, &result)
    place(stretches, over: words, &result)
    return result
  }

  /// The range without white space at its ends.
  static func trim(_ range: Range<Int>, in text: [Unicode.Scalar]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, text[start].isWhiteSpace { start += 1 }
    while end > start, text[end - 1].isWhiteSpace { end -= 1 }
    return start..<end
  }

  private static func cut(
    _ sentences: [[Range<Int>]], at kept: [Stretch], _ result: inout Result
  ) -> [[Range<Int>]] {
    let edges = kept.flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    var next = 0
    var cutEdges: Set<Int> = []
    let words = sentences.map { sentence in
      var pieces: [Range<Int>] = []
      for word in sentence where !word.isEmpty {
        var start = word.lowerBound
        while next < edges.count, edges[next] <= start { next += 1 }
        while next < edges.count, edges[next] < word.upperBound {
          if edges[next] > start {
            pieces.append(start..<edges[next])
            start = edges[next]
            cutEdges.insert(start)
          }
          next += 1
        }
        pieces.append(start..<word.upperBound)
      }
      return pieces
    }
    result.cutting = kept.count {
      cutEdges.contains($0.range.lowerBound) || cutEdges.contains($0.range.upperBound)
    }
    return words
  }

  private static func place(
    _ kept: [Stretch], over sentences: [[Range<Int>]], _ result: inout Result
  ) {
    var next = 0
    var current: (words: [Range<Int>], spans: [EntitySpan]) = ([], [])
    // Index, in the current sentence, of the first word of the span that is open.
    var open: Int?
    for sentence in sentences where !sentence.isEmpty {
      if open != nil {
        result.joined += 1
      } else if !current.words.isEmpty {
        result.sentences.append(current)
        current = ([], [])
      }
      for word in sentence {
        close(before: word.lowerBound)
        current.words.append(word)
        if next < kept.count, open == nil, kept[next].range.contains(word.lowerBound) {
          open = current.words.count - 1
        }
        // A span that ends with this word is closed here, so that no sentence is joined for it.
        close(before: word.upperBound)
      }
    }
    close(before: .max)
    if !current.words.isEmpty { result.sentences.append(current) }

    func close(before offset: Int) {
      while next < kept.count, kept[next].range.upperBound <= offset {
        if let start = open {
          current.spans.append(
            EntitySpan(label: kept[next].label, words: start..<current.words.count))
          open = nil
        } else {
          result.empty += 1
        }
        next += 1
      }
    }
  }
}
