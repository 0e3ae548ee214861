/// Makes a document of what a reader found: decodes tags, finds sentences and words where the
/// format has none, and chooses the flat spans.
struct DocumentFinisher {
  let nesting: Nesting
  let split: TextSplit
  /// Old labels and new ones, byte for byte.
  let labels: [[UInt8]: String]

  init(options: CorpusOptions) {
    nesting = options.nesting
    split = options.split
    labels = Dictionary(
      options.labelMap.map { (Array($0.from.utf8), $0.to) }, uniquingKeysWith: { $1 })
  }

  /// - Parameter scheme: of the tags, where there are any.
  /// - Throws: `CorpusError` at the first tag that is not in the scheme.
  func finish(
    _ read: ReadDocument, scheme: TagScheme?, report: inout CorpusReport
  ) throws(CorpusError) -> Document {
    var document = read.document
    rename(&document.annotations)
    switch read.segmentation {
    case .words:
      if read.tags.isEmpty {
        chooseFlat(of: &document, &report)
      } else if let scheme {
        try decode(read.tags, in: &document, scheme, file: read.file, &report)
      }
    case .sentences(let ranges):
      segment(&document, ranges, &report)
    case .text:
      segment(&document, nil, &report)
    }
    return document
  }

  private func rename(_ annotations: inout [Annotation]) {
    guard !labels.isEmpty else { return }
    for index in annotations.indices {
      annotations[index].label = renamed(annotations[index].label)
    }
  }

  private func renamed(_ label: String) -> String {
    labels.isEmpty ? label : labels[Array(label.utf8)] ?? label
  }

  // MARK: Tags

  private func decode(
    _ columns: [ReadDocument.Tags], in document: inout Document, _ scheme: TagScheme,
    file: String, _ report: inout CorpusReport
  ) throws(CorpusError) {
    var layers: [[UInt8]: Int] = [:]
    var start = columns.startIndex
    while start < columns.endIndex {
      let sentence = columns[start].sentence
      var candidates: [SpanCandidate] = []
      var spans: [EntitySpan] = []
      while start < columns.endIndex, columns[start].sentence == sentence {
        let column = columns[start]
        start += 1
        let key = Array((column.layer ?? "").utf8)
        let layer = layers[key] ?? layers.count
        layers[key] = layer
        let found: [EntitySpan]
        do {
          found = try scheme.decodeRepairing(column.tags) { report.repair($0) }
        } catch {
          let lines = column.lines
          throw CorpusError(
            file: file, line: error.word < lines.count ? lines[error.word] : lines.last,
            expected: error.expected, found: error.found)
        }
        for span in found {
          let span = EntitySpan(label: renamed(span.label), words: span.words)
          spans.append(span)
          candidates.append(SpanCandidate(range: span.words, layer: layer))
          document.annotations.append(
            Annotation(
              label: span.label, range: document.sentences[sentence].range(of: span),
              layer: column.layer))
        }
      }
      document.sentences[sentence].spans = choose(candidates, &report).map { spans[$0] }
    }
  }

  private func choose(_ candidates: [SpanCandidate], _ report: inout CorpusReport) -> [Int] {
    let chosen = SpanCandidate.choose(among: candidates, nesting)
    for (reason, count) in chosen.leftOut { report.leaveOutOfFlat(reason, count: count) }
    return chosen.kept
  }

  /// The number of each annotation's layer, in order of first appearance.
  private func layers(of annotations: [Annotation]) -> [Int] {
    var numbers: [[UInt8]: Int] = [:]
    return annotations.map { annotation in
      let key = Array((annotation.layer ?? "").utf8)
      let number = numbers[key] ?? numbers.count
      numbers[key] = number
      return number
    }
  }

  // MARK: Words that the format gives

  /// Words stay as they are: a span that cuts one takes the whole of it.
  private func chooseFlat(of document: inout Document, _ report: inout CorpusReport) {
    guard !document.annotations.isEmpty else { return }
    let words = document.sentences.flatMap { $0.words.map(\.range) }
    let sentenceOfWord = document.sentences.indices.flatMap { sentence in
      [Int](repeating: sentence, count: document.sentences[sentence].words.count)
    }
    let layers = layers(of: document.annotations)
    var candidates: [SpanCandidate] = []
    var labels: [String] = []
    var isWidened: [Bool] = []
    for (annotation, layer) in zip(document.annotations, layers) {
      guard !annotation.isDiscontinuous else {
        report.leaveOutOfFlat("discontinuous")
        continue
      }
      let range = annotation.range
      let first = words.partitioningIndex { $0.upperBound > range.lowerBound }
      let end = words.partitioningIndex { $0.lowerBound >= range.upperBound }
      guard first < end, !range.isEmpty else {
        report.leaveOutOfFlat("without a word")
        continue
      }
      guard sentenceOfWord[first] == sentenceOfWord[end - 1] else {
        report.leaveOutOfFlat("across sentences")
        continue
      }
      candidates.append(SpanCandidate(range: first..<end, layer: layer))
      labels.append(annotation.label)
      isWidened.append(
        words[first].lowerBound < range.lowerBound || words[end - 1].upperBound > range.upperBound)
    }
    var starts: [Int] = []
    for sentence in document.sentences {
      starts.append((starts.last ?? 0) + sentence.words.count)
    }
    for index in choose(candidates, &report) {
      let range = candidates[index].range
      let sentence = sentenceOfWord[range.lowerBound]
      let start = sentence == 0 ? 0 : starts[sentence - 1]
      document.sentences[sentence].spans.append(
        EntitySpan(
          label: labels[index], words: range.lowerBound - start..<range.upperBound - start))
      if isWidened[index] { report.repair("span widened to whole words") }
    }
  }

  // MARK: Words that are to be found

  private func segment(
    _ document: inout Document, _ ranges: [Range<Int>]?, _ report: inout CorpusReport
  ) {
    let scalars = Array(document.text.unicodeScalars)
    let builder = DocumentBuilder(id: nil)
    document.sentences = segments(of: document, scalars, ranges, &report).map { words, spans in
      Sentence(words: builder.words(at: words, in: scalars), spans: spans)
    }
  }

  /// Where the words of each sentence stand, and its flat spans.
  ///
  /// - Parameters:
  ///   - scalars: of the document's text.
  ///   - ranges: the sentences, where the format gives them.
  func segments(
    of document: Document, _ scalars: [Unicode.Scalar], _ ranges: [Range<Int>]?,
    _ report: inout CorpusReport
  ) -> [(words: [Range<Int>], spans: [EntitySpan])] {
    let sentences =
      ranges.map { ranges in
        ranges.map { range in
          split(String(scalars: scalars[range])).flatMap { $0 }.map {
            $0.shifted(by: range.lowerBound)
          }
        }
      } ?? sentencesOfSections(document, scalars)
    let layers = layers(of: document.annotations)
    var candidates: [SpanCandidate] = []
    var labels: [String] = []
    for (annotation, layer) in zip(document.annotations, layers) {
      if annotation.isDiscontinuous {
        report.leaveOutOfFlat("discontinuous")
        continue
      }
      candidates.append(
        SpanCandidate(
          range: SpanAlignment.trim(annotation.range, in: scalars), layer: layer))
      labels.append(annotation.label)
    }
    let kept = choose(candidates, &report)
    let aligned = SpanAlignment.align(
      kept.map { SpanAlignment.Stretch(label: labels[$0], range: candidates[$0].range) },
      with: sentences)
    if aligned.empty > 0 { report.leaveOutOfFlat("without a word", count: aligned.empty) }
    if aligned.cutting > 0 {
      report.repair("word cut at the edge of a span", count: aligned.cutting)
    }
    if aligned.joined > 0 { report.repair("sentences joined under a span", count: aligned.joined) }
    return aligned.sentences
  }

  /// Sentences as `split` finds them, none of them across the edge of a section.
  private func sentencesOfSections(
    _ document: Document, _ scalars: [Unicode.Scalar]
  ) -> [[Range<Int>]] {
    guard !document.sections.isEmpty else { return split(document.text) }
    var edges: [Int] = [0]
    for section in document.sections {
      edges.append(section.range.lowerBound)
      edges.append(section.range.upperBound)
    }
    edges.append(scalars.count)
    return zip(edges, edges.dropFirst()).flatMap { start, end in
      start < end
        ? split(String(scalars: scalars[start..<end])).map { words in
          words.map { $0.shifted(by: start) }
        } : []
    }
  }
}

extension Range<Int> {
  func shifted(by offset: Int) -> Range<Int> {
    lowerBound + offset..<upperBound + offset
  }
}

extension Array {
  /// The first index whose element, and all after it, `belongs`.
  func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
