/// One document while it is gathered from markup.
struct MarkupDocument {
  private struct Entity {
    var entity: MarkupEntity
    /// Where it begins and ends, or its fragments.
    var start = 0
    var end: Int?
    var fragments: [Range<Int>]?
  }

  private struct MarkedSentence {
    var start: Int
    var end: Int?
    /// From the sentence's start.
    var words: [Range<Int>]?
    var line: Int
  }

  var id: String?
  var attributes: [Attribute] = []
  /// Whether an element says that there is a document, be it empty.
  var isExplicit = false
  var text = MarkedText()
  private var entities: [Entity] = []
  private var sentences: [MarkedSentence] = []
  /// Start and end of each word that is an element.
  private var tokens: [(start: Int, end: Int?)] = []
  /// Attributes of the elements that are blocks or sections, by number.
  private var blocks: [(name: String, attributes: [Attribute])] = []
  private var sections: [Section] = []
  /// Labels of tentative entities that stood in running text.
  private var confirmed: Set<[UInt8]> = []

  // MARK: Gathering

  mutating func addBlock(_ name: String, _ attributes: [Attribute]) -> Int {
    blocks.append((name, attributes))
    return blocks.count - 1
  }

  mutating func beginSentence(line: Int) -> Int {
    sentences.append(MarkedSentence(start: text.mark(), line: line))
    return sentences.count - 1
  }

  mutating func endSentence(_ index: Int) {
    sentences[index].end = text.isPlaced(sentences[index].start) ? text.length : nil
  }

  mutating func addWords(_ words: [Range<Int>], to sentence: Int) {
    sentences[sentence].words = (sentences[sentence].words ?? []) + words
  }

  mutating func beginToken() -> Int {
    tokens.append((text.mark(), nil))
    return tokens.count - 1
  }

  mutating func endToken(_ index: Int) {
    if text.isPlaced(tokens[index].start) { tokens[index].end = text.length }
  }

  mutating func begin(_ entity: MarkupEntity) -> Int {
    entities.append(Entity(entity: entity, start: text.mark()))
    return entities.count - 1
  }

  mutating func end(entity index: Int) {
    guard entities[index].fragments == nil else { return }
    let start = entities[index].start
    entities[index].end = text.isPlaced(start) ? text.length : nil
  }

  mutating func confirm(_ index: Int) {
    confirmed.insert(Array(entities[index].entity.label.utf8))
  }

  /// An annotation by offsets into the document's text.
  mutating func add(_ entity: MarkupEntity, at fragments: [Range<Int>]) -> Int {
    entities.append(Entity(entity: entity, fragments: fragments))
    return entities.count - 1
  }

  mutating func addAttribute(_ attribute: Attribute, toEntity index: Int) {
    entities[index].entity.attributes.append(attribute)
  }

  mutating func addSection(_ range: Range<Int>) -> Int {
    sections.append(Section(range: range))
    return sections.count - 1
  }

  mutating func addAttribute(_ attribute: Attribute, toSection index: Int) {
    sections[index].attributes.append(attribute)
  }

  // MARK: The whole

  /// How many entities there are, and how many tentative ones turned out to be none.
  struct Tally {
    var entities = 0
    var unconfirmed = 0
  }

  /// The document; nil if there is nothing in it.
  ///
  /// - Throws: `CorpusError` for offsets that are not in the text.
  func finished(
    file: String, line: Int, split: TextSplit, _ tally: inout Tally, _ report: inout CorpusReport
  ) throws(CorpusError) -> ReadDocument? {
    let scalars = text.scalars
    let annotations = annotations(&tally)
    guard isExplicit || !scalars.isEmpty || !annotations.isEmpty else { return nil }
    try checkSections(file: file, line: line)
    let end = annotations.map { $0.fragments.map(\.upperBound).max() ?? 0 }.max() ?? 0
    guard max(end, sections.map(\.range.upperBound).max() ?? 0) <= scalars.count else {
      throw CorpusError(
        file: file, line: line,
        expected: "offsets up to \(scalars.count), the length of the document's text",
        found: "\(max(end, sections.map(\.range.upperBound).max() ?? 0))")
    }
    var document = Document(
      id: id, text: String(scalars: scalars), sentences: [], annotations: annotations,
      attributes: attributes)
    let segmentation: ReadDocument.Segmentation
    if sentences.isEmpty, tokens.isEmpty {
      document.sections = sections.isEmpty && !text.isExact ? sectionsOfBlocks : sections
      segmentation = text.isExact ? .sentences([]) : .text
    } else {
      document.sections = sections.isEmpty ? mergedSections : sections
      let ranges = sentenceRanges(split, &report)
      if tokens.isEmpty, !sentences.contains(where: { $0.words != nil }) {
        segmentation = .sentences(ranges.map(\.range))
      } else {
        document.sentences = try ranges.map { range, sentence throws(CorpusError) in
          Sentence(
            words: DocumentBuilder(id: nil).words(
              at: try words(of: range, sentence, split, file: file), in: scalars))
        }
        segmentation = .words
      }
    }
    return ReadDocument(
      document: document, segmentation: segmentation, isAnnotated: true, file: file)
  }

  private func checkSections(file: String, line: Int) throws(CorpusError) {
    for (section, next) in zip(sections, sections.dropFirst())
    where next.range.lowerBound < section.range.upperBound {
      throw CorpusError(
        file: file, line: line, expected: "sections in order, none overlapping",
        found: "one from \(next.range.lowerBound) after one up to \(section.range.upperBound)")
    }
  }

  private func annotations(_ tally: inout Tally) -> [Annotation] {
    var kept: [(number: Int, annotation: Annotation)] = []
    for entity in entities {
      let what = entity.entity
      if what.isTentative, !confirmed.contains(Array(what.label.utf8)) {
        tally.unconfirmed += 1
        continue
      }
      let fragments =
        entity.fragments
        ?? {
          let start = text.place(of: entity.start)
          return [start..<max(start, entity.end ?? start)]
        }()
      kept.append(
        (
          what.number ?? kept.count,
          Annotation(
            label: what.label, fragments: fragments, layer: what.layer, id: what.id,
            attributes: what.attributes)
        ))
    }
    tally.entities += kept.count
    guard entities.contains(where: { $0.entity.number != nil }) else {
      return kept.map(\.annotation)
    }
    // `sort` is not stable.
    return kept.enumerated().sorted { left, right in
      (left.element.number, left.offset) < (right.element.number, right.offset)
    }.map(\.element.annotation)
  }

  /// Where the document has no sentences: each block that has text of its own, the outermost
  /// left out.
  private var sectionsOfBlocks: [Section] {
    text.stretches.compactMap { stretch in
      stretch.owner.block == 0 ? nil : section(stretch.owner.block, stretch.range)
    }
  }

  /// Where it has sentences: only what is marked as sections.
  private var mergedSections: [Section] {
    var result: [(block: Int, section: Section)] = []
    for stretch in text.stretches {
      guard let block = stretch.owner.section else { continue }
      if let last = result.indices.last, result[last].block == block {
        let start = result[last].section.range.lowerBound
        result[last].section.range = start..<stretch.range.upperBound
      } else {
        result.append((block, section(block, stretch.range)))
      }
    }
    return result.map(\.section)
  }

  private func section(_ block: Int, _ range: Range<Int>) -> Section {
    let (name, attributes) = blocks[block]
    return Section(range: range, attributes: [Attribute("element", name)] + attributes)
  }

  /// The sentences that are marked and, in stretches outside of them, those that `split` finds.
  private func sentenceRanges(
    _ split: TextSplit, _ report: inout CorpusReport
  ) -> [(range: Range<Int>, sentence: Int?)] {
    var result: [(range: Range<Int>, sentence: Int?)] = []
    for (index, sentence) in sentences.enumerated() {
      let start = text.place(of: sentence.start)
      let range = start..<max(start, sentence.end ?? start)
      if range.isEmpty, sentence.words == nil {
        report.repair("sentence without words left out")
      } else {
        result.append((range, index))
      }
    }
    let marked = result.count
    guard !text.isExact else { return result }
    let scalars = text.scalars
    for stretch in text.stretches where stretch.owner.sentence == nil {
      for words in split(String(scalars: scalars[stretch.range])) {
        guard let first = words.first, let last = words.last else { continue }
        let range = first.lowerBound..<max(first.lowerBound, last.upperBound)
        result.append((range.shifted(by: stretch.range.lowerBound), nil))
      }
    }
    if result.count == marked { return result }
    return result.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }.map(\.element)
  }

  /// Words as they are given, as elements have them, or as `split` finds them.
  private func words(
    of range: Range<Int>, _ sentence: Int?, _ split: TextSplit, file: String
  ) throws(CorpusError) -> [Range<Int>] {
    if let sentence, let words = sentences[sentence].words {
      var (start, end) = (0, 0)
      for word in words {
        guard word.lowerBound >= start, word.upperBound >= end, word.upperBound <= range.count
        else {
          throw CorpusError(
            file: file, line: sentences[sentence].line,
            expected: "words in order in a sentence of \(range.count) characters",
            found: "\(word.lowerBound)-\(word.upperBound)")
        }
        (start, end) = (word.lowerBound, word.upperBound)
      }
      return words.map { $0.shifted(by: range.lowerBound) }
    }
    let scalars = text.scalars
    var result: [Range<Int>] = []
    var place = range.lowerBound
    func splitUpTo(_ end: Int) {
      guard place < end else { return }
      result += split(String(scalars: scalars[place..<end])).flatMap { $0 }.map {
        $0.shifted(by: place)
      }
    }
    let first = tokens.partitioningIndex { text.place(of: $0.start) >= range.lowerBound }
    for token in tokens[first...] {
      guard let end = token.end else { continue }
      let start = text.place(of: token.start)
      guard start < range.upperBound else { break }
      guard start >= place, end <= range.upperBound, start < end else { continue }
      splitUpTo(start)
      result.append(start..<end)
      place = end
    }
    splitUpTo(range.upperBound)
    return result
  }
}
