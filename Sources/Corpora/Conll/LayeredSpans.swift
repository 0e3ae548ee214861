/// All annotations of a document that are runs of words, in layers without overlap: the first has
/// the outermost, a span in another is in a later one.
struct LayeredSpans {
  /// More columns than this no file needs.
  static let limit = 1000

  /// For each sentence the spans of each layer, in order of position.
  private(set) var sentences: [[[EntitySpan]]]
  /// Annotations that are no run of words of one sentence.
  private(set) var leftOut = 0
  /// The most layers of any sentence.
  var depth: Int { sentences.reduce(0) { max($0, $1.count) } }

  init(_ document: Document) {
    var spans = [[EntitySpan]](repeating: [], count: document.sentences.count)
    sentences = []
    // Words of no width have no place among the others.
    let words = document.sentences.indices.flatMap { sentence in
      document.sentences[sentence].words.enumerated().filter { !$1.range.isEmpty }
        .map { (sentence: sentence, index: $0, range: $1.range) }
    }
    for annotation in document.annotations {
      let range = annotation.range
      let first = words.partitioningIndex { $0.range.upperBound > range.lowerBound }
      let end = words.partitioningIndex { $0.range.lowerBound >= range.upperBound }
      guard !annotation.isDiscontinuous, first < end,
        words[first].range.lowerBound == range.lowerBound,
        words[end - 1].range.upperBound == range.upperBound,
        words[first].sentence == words[end - 1].sentence
      else {
        leftOut += 1
        continue
      }
      spans[words[first].sentence].append(
        EntitySpan(label: annotation.label, words: words[first].index..<words[end - 1].index + 1))
    }
    sentences = spans.map(Self.layers)
  }

  private static func layers(of spans: [EntitySpan]) -> [[EntitySpan]] {
    let order = spans.indices.sorted { left, right in
      let (a, b) = (spans[left].words, spans[right].words)
      if a.lowerBound != b.lowerBound { return a.lowerBound < b.lowerBound }
      return a.count == b.count ? left < right : a.count > b.count
    }
    var layers: [[EntitySpan]] = []
    for index in order {
      let span = spans[index]
      let free = layers.firstIndex { ($0.last?.words.upperBound ?? 0) <= span.words.lowerBound }
      if let free {
        layers[free].append(span)
      } else {
        layers.append([span])
      }
    }
    return layers
  }
}
