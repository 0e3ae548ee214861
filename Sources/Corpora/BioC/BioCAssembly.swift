/// Puts a BioC document together: passages at their offsets, annotations on their text.
///
/// The offsets of most files count code points, of others UTF-16 units or bytes: taken is what
/// puts most annotations on the text that they repeat.
struct BioCAssembly {
  /// A stretch of the text that stands in the file in one piece: a passage's or sentence's text.
  private struct Piece {
    /// As in the file.
    var offset: Int
    var start: Int
    var count: Int
    var table: OffsetTable

    /// Offset of its end.
    var end: Int { offset + table.length }
  }

  /// An annotation and where it was written.
  private struct Candidate {
    var annotation: BioCDocument.Annotation
    /// The piece whose annotation it is.
    var piece: Int?
    /// The passage's offset, from which some files count.
    var base: Int
  }

  /// Line feeds between passages that are put in at most, besides one for each scalar of text.
  private static let gapLimit = 1 << 16

  /// The longest gap that is filled after that much text, of which `fill` are such line feeds.
  static func gapAllowed(after count: Int, fill: Int) -> Int {
    max(gapLimit + count - 2 * fill, 1)
  }

  private let unit: OffsetUnit
  private var text: [Unicode.Scalar] = []
  private var pieces: [Piece] = []
  /// Indices of the pieces by offset; nil if they are in order.
  private var order: [Int]?
  private var fill = 0
  private var sections: [Section] = []
  /// For each passage its sentences, where it has any.
  private var passages: [(range: Range<Int>, sentences: [Range<Int>]?)] = []
  private var candidates: [Candidate] = []
  private var report = CorpusReport()

  static func read(
    _ document: BioCDocument, file: String, _ sink: inout DocumentSink
  ) -> ReadDocument {
    var document = document
    document.removeGivenIDs()
    var best = BioCAssembly(document, .scalars)
    var matches = best.matches
    if matches < best.candidates.count, best.text.contains(where: { !$0.isASCII }) {
      for unit in [OffsetUnit.utf16, .bytes] {
        let other = BioCAssembly(document, unit)
        let count = other.matches
        if count > matches { (best, matches) = (other, count) }
      }
    }
    if matches < best.candidates.count {
      let other = BioCAssembly(document, .scalars, isPacked: true)
      if other.matches > matches {
        best = other
        best.report.repair("document whose passages' offsets do not fit its annotations")
      }
    }
    if best.unit != .scalars { best.report.repair(best.unit.reason, count: matches) }
    let annotations = best.annotations(of: sink.options.annotationSet)
    sink.report.add(best.report)
    let whole = 0..<best.text.count
    let isPlain =
      best.sections.count == 1 && best.sections[0] == Section(range: whole)
    return ReadDocument(
      document: Document(
        id: document.id, text: String(scalars: best.text), sentences: [],
        annotations: annotations, sections: isPlain ? [] : best.sections,
        attributes: document.infons),
      segmentation: best.segmentation(sink.options.split), isAnnotated: true, file: file)
  }

  // MARK: Text

  /// - Parameter isPacked: whether each passage stands one after the end of the one before it,
  ///   whatever its offset: some files count passages otherwise than annotations.
  private init(_ document: BioCDocument, _ unit: OffsetUnit, isPacked: Bool = false) {
    self.unit = unit
    for var passage in document.passages {
      if isPacked, passage.text != nil, let last = pieces.last { passage.offset = last.end + 1 }
      place(passage)
    }
    for annotation in document.annotations {
      candidates.append(Candidate(annotation: annotation, piece: nil, base: 0))
    }
    if zip(pieces, pieces.dropFirst()).contains(where: { $0.end > $1.offset }) {
      order = pieces.indices.sorted { (pieces[$0].offset, $0) < (pieces[$1].offset, $1) }
    }
  }

  private mutating func place(_ passage: BioCDocument.Part) {
    let first = pieces.count
    var sentences: [Range<Int>]?
    if passage.text != nil || passage.sentences.isEmpty {
      place(passage.text ?? "", at: passage.offset, "passage")
      sentences = passage.sentences.isEmpty ? nil : find(passage.sentences, in: first)
    } else {
      for (index, sentence) in passage.sentences.enumerated() {
        let offset = sentence.offset ?? (index == 0 ? passage.offset : nil)
        place(sentence.text ?? "", at: offset, "sentence")
      }
      sentences = pieces[first...].map { $0.start..<$0.start + $0.count }
    }
    let start = pieces[first].start
    let range = start..<max(start, text.count)
    passages.append((range, sentences))
    if passage.infons != [BioCDocument.noSection] {
      sections.append(Section(range: range, attributes: passage.infons))
    }
    let base = passage.offset ?? pieces[first].offset
    for annotation in passage.annotations {
      candidates.append(Candidate(annotation: annotation, piece: first, base: base))
    }
    for (index, sentence) in passage.sentences.enumerated() {
      let piece = passage.text == nil ? first + index : first
      for annotation in sentence.annotations {
        candidates.append(
          Candidate(annotation: annotation, piece: piece, base: sentence.offset ?? base))
      }
    }
  }

  private mutating func place(_ string: String, at given: Int?, _ part: String) {
    let end = pieces.last?.end ?? 0
    if given == nil { report.repair("\(part) without an offset") }
    let offset = given ?? (pieces.isEmpty ? 0 : end + 1)
    let gap = offset - end
    let scalars = Array(string.unicodeScalars)
    if gap < 0 {
      report.repair("\(part) whose offset is before the end of what precedes it")
      if !text.isEmpty { text.append("\n") }
    } else if gap > Self.gapAllowed(after: text.count, fill: fill) {
      report.repair("gap before a \(part) made short")
      if !text.isEmpty { text.append("\n") }
    } else {
      fill += gap
      text.append(contentsOf: repeatElement("\n", count: gap))
    }
    pieces.append(
      Piece(
        offset: offset, start: text.count, count: scalars.count,
        table: OffsetTable(scalars[...], unit)))
    text += scalars
  }

  /// The sentences of a passage that has its text as well; nil where they do not fit it.
  private mutating func find(
    _ sentences: [BioCDocument.Part], in piece: Int
  ) -> [Range<Int>]? {
    let passage = pieces[piece]
    var result: [Range<Int>] = []
    for sentence in sentences {
      let scalars = Array((sentence.text ?? "").unicodeScalars)
      guard let offset = sentence.offset,
        let start = passage.table.scalar(at: offset - passage.offset)
          .map({ $0 + passage.start }),
        start >= result.last?.upperBound ?? 0, start + scalars.count <= text.count,
        text[start..<start + scalars.count].elementsEqual(scalars)
      else {
        report.repair("sentences that do not fit their passage's text left out")
        return nil
      }
      result.append(start..<start + scalars.count)
    }
    return result
  }

  private func segmentation(_ split: TextSplit) -> ReadDocument.Segmentation {
    guard passages.contains(where: { $0.sentences != nil }) else { return .text }
    var ranges: [Range<Int>] = []
    for passage in passages {
      if let sentences = passage.sentences {
        ranges += sentences
        continue
      }
      for words in split(String(scalars: text[passage.range])) {
        guard let first = words.first, let last = words.last else { continue }
        ranges.append(
          (first.lowerBound..<max(first.lowerBound, last.upperBound))
            .shifted(by: passage.range.lowerBound))
      }
    }
    return .sentences(ranges)
  }

  // MARK: Annotations

  /// How many annotations stand on the text that they repeat.
  private var matches: Int {
    candidates.count { candidate in
      guard let fragments = fragments(of: candidate) else { return false }
      guard let text = candidate.annotation.text, !text.isEmpty else { return true }
      return holds(fragments, Array(text.unicodeScalars))
    }
  }

  private mutating func annotations(of set: String?) -> [Annotation] {
    var result: [Annotation] = []
    for candidate in candidates {
      let (layer, infons) = LayerAttribute.layer(of: candidate.annotation.infons)
      if let set, !set.hasSameBytes(as: "all"), !set.hasSameBytes(as: layer ?? "") {
        report.setAside("of another annotation set")
        continue
      }
      guard let fragments = checked(candidate) else { continue }
      var attributes = infons
      var label = BioCDocument.unknownLabel
      if let type = attributes.firstIndex(where: { $0.name.hasSameBytes(as: "type") }),
        !attributes[type].value.isEmpty
      {
        label = attributes.remove(at: type).value
      } else {
        report.repair("annotation without a type, labelled \(label)")
      }
      result.append(
        Annotation(
          label: label, fragments: fragments, layer: layer, id: candidate.annotation.id,
          attributes: attributes))
    }
    return result
  }

  /// Where an annotation stands; nil if that cannot be told.
  private mutating func checked(_ candidate: Candidate) -> [Range<Int>]? {
    guard !candidate.annotation.locations.isEmpty else {
      report.setAside("annotation without a location")
      return nil
    }
    let mention = Array((candidate.annotation.text ?? "").unicodeScalars)
    guard !mention.isEmpty else {
      guard let fragments = fragments(of: candidate) else {
        report.setAside("location that is not in the text")
        return nil
      }
      if candidate.annotation.text == nil || fragments.contains(where: { !$0.isEmpty }) {
        report.repair("annotation without text taken by its offsets")
      }
      return MentionText.ordered(fragments, &report)
    }
    let nominal = fragments(of: candidate)
    if let nominal {
      if holds(nominal, mention) { return MentionText.ordered(nominal, &report) }
      if MentionText.holds(nominal, of: text, mention, ignoringCase: true) {
        report.repair("annotation whose text differs in case")
        return MentionText.ordered(nominal, &report)
      }
    }
    if candidate.base > 0, let moved = fragments(of: candidate, from: candidate.base),
      holds(moved, mention)
    {
      report.repair("location counted from its passage or sentence")
      return MentionText.ordered(moved, &report)
    }
    if candidate.annotation.locations.count == 1, let place = nearPlace(of: candidate),
      let found = MentionText.find(mention, near: place, in: text)
    {
      report.repair("annotation moved to its text nearby")
      return [found]
    }
    if let nominal, let found = parts(of: mention, near: nominal) {
      report.repair("annotation moved to its text nearby")
      return MentionText.ordered(found, &report)
    }
    report.setAside(
      nominal == nil
        ? "location that is not in the text" : "annotation whose text is not at its location")
    return nil
  }

  /// Where the parts of a mention of several locations stand, each near its own.
  private func parts(of mention: [Unicode.Scalar], near nominal: [Range<Int>]) -> [Range<Int>]? {
    let length = nominal.reduce(nominal.count - 1) { $0 + $1.count }
    guard (2...16).contains(nominal.count), length == mention.count else { return nil }
    var result: [Range<Int>] = []
    var start = 0
    for location in nominal {
      let part = Array(mention[start..<start + location.count])
      guard let found = MentionText.find(part, near: location.lowerBound, in: text)
      else { return nil }
      result.append(found)
      start += location.count + 1
    }
    return result
  }

  /// In the order of the file, or in that of the text.
  private func holds(_ fragments: [Range<Int>], _ mention: [Unicode.Scalar]) -> Bool {
    if MentionText.holds(fragments, of: text, mention) { return true }
    guard fragments.count > 1 else { return false }
    return MentionText.holds(
      fragments.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) },
      of: text, mention)
  }

  private func fragments(of candidate: Candidate, from base: Int = 0) -> [Range<Int>]? {
    var result: [Range<Int>] = []
    result.reserveCapacity(candidate.annotation.locations.count)
    for location in candidate.annotation.locations {
      guard let location, location.length >= 0 else { return nil }
      let offset = location.offset + base
      let isEmpty = location.length == 0
      guard let start = position(offset, candidate.piece, isEnd: false),
        let end = isEmpty
          ? start : position(offset + location.length, candidate.piece, isEnd: true),
        start <= end
      else { return nil }
      result.append(start..<end)
    }
    return result.isEmpty ? nil : result
  }

  /// About where the annotation begins, to look for its text from there.
  private func nearPlace(of candidate: Candidate) -> Int? {
    guard let offset = candidate.annotation.locations.first??.offset else { return nil }
    let own = candidate.piece.map { pieces[$0] }
    if let own, offset >= own.offset - MentionText.window, offset <= own.end {
      return own.start + max(offset - own.offset, 0)
    }
    guard let last = pieceBefore(offset, orAt: true) else { return nil }
    let piece = pieces[last]
    guard offset <= piece.end + MentionText.window else { return nil }
    return piece.start + min(offset - piece.offset, piece.count)
  }

  private func position(_ offset: Int, _ own: Int?, isEnd: Bool) -> Int? {
    if let own {
      let piece = pieces[own]
      if offset >= piece.offset, offset <= piece.end {
        return piece.table.scalar(at: offset - piece.offset).map { $0 + piece.start }
      }
    }
    guard let index = pieceBefore(offset, orAt: !isEnd) else {
      // Before all text: in the line feeds at the document's beginning.
      return offset >= 0 && offset <= pieces.first?.start ?? 0 ? offset : nil
    }
    let piece = pieces[index]
    let distance = offset - piece.offset
    if distance <= piece.table.length {
      return piece.table.scalar(at: distance).map { $0 + piece.start }
    }
    let position = piece.start + piece.count + (distance - piece.table.length)
    let limit = index + 1 < pieces.count ? pieces[index + 1].start : text.count
    return position <= limit ? position : nil
  }

  /// The last piece that begins before an offset, or at it.
  private func pieceBefore(_ offset: Int, orAt: Bool) -> Int? {
    func isAfter(_ piece: Int) -> Bool {
      orAt ? pieces[piece].offset > offset : pieces[piece].offset >= offset
    }
    let found: Int
    if let order {
      found = order.partitioningIndex(where: isAfter)
      return found > 0 ? order[found - 1] : nil
    }
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(middle) { high = middle } else { low = middle + 1 }
    }
    return low > 0 ? low - 1 : nil
  }
}
