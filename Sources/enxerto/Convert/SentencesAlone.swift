import Corpora

extension Document {
  /// Each sentence as a document of its own, with its annotations; nil where that would lose
  /// something: text, annotations that are not inside one sentence, attributes.
  var sentencesAlone: [Document]? {
    guard attributes.isEmpty else { return nil }
    let scalars = Array(text.unicodeScalars)
    let ranges = sentences.map { sentence in
      (sentence.words.first?.range.lowerBound ?? 0)..<(sentence.words.last?.range.upperBound ?? 0)
    }
    var end = 0
    for range in ranges where !range.isEmpty {
      guard range.lowerBound >= end,
        scalars[end..<range.lowerBound].allSatisfy(\.properties.isWhitespace)
      else { return nil }
      end = range.upperBound
    }
    guard scalars[end...].allSatisfy(\.properties.isWhitespace) else { return nil }
    var inSentence = [[Annotation]](repeating: [], count: sentences.count)
    for annotation in annotations {
      // The last sentence that starts at or before it.
      var (low, high) = (0, ranges.count)
      while low < high {
        let middle = (low + high) / 2
        if ranges[middle].lowerBound <= annotation.range.lowerBound {
          low = middle + 1
        } else {
          high = middle
        }
      }
      guard low > 0,
        annotation.fragments.allSatisfy({ $0.upperBound <= ranges[low - 1].upperBound })
      else { return nil }
      inSentence[low - 1].append(annotation)
    }
    return sentences.indices.compactMap { index in
      sentences[index].words.isEmpty
        ? nil : alone(sentences[index], at: ranges[index], inSentence[index], scalars)
    }
  }

  private func alone(
    _ sentence: Sentence, at range: Range<Int>, _ annotations: [Annotation],
    _ scalars: [Unicode.Scalar]
  ) -> Document {
    func moved(_ old: Range<Int>) -> Range<Int> {
      old.lowerBound - range.lowerBound..<old.upperBound - range.lowerBound
    }
    var sentence = sentence
    for index in sentence.words.indices {
      sentence.words[index].range = moved(sentence.words[index].range)
    }
    let own = annotations.map { annotation in
      var annotation = annotation
      annotation.fragments = annotation.fragments.map(moved)
      return annotation
    }
    return Document(text: String(scalars: scalars[range]), sentences: [sentence], annotations: own)
  }
}
