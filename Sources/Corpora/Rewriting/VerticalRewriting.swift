/// Puts lines with tags around the lines of entities' words, as TreeTagger's files have them.
struct VerticalRewriting: MarkupRewriting {
  /// A word and the line that it is on.
  private struct Row {
    /// Scalars of the block's raw text.
    var word: Range<Int>
    /// With its line end.
    var line: Range<Int>
  }

  private let markup: XMLMarkup
  private let blocks: [InlineBlocks.Block]
  private let placement: InlinePlacement
  private let tags: InlineTags

  init(_ markup: XMLMarkup, encoding: XMLMarkupEncoding) {
    self.markup = markup
    blocks = InlineBlocks(markup, format: .verticalXML).blocks
    placement = InlinePlacement(markup: markup)
    tags = InlineTags(markup: markup, format: .verticalXML, encoding: encoding)
  }

  var count: Int { blocks.count }

  /// The words by single spaces.
  func text(_ index: Int) -> MarkupText {
    let raw = XMLText(blocks[index].pieces, of: markup)
    var text = XMLText()
    var words: [Range<Int>] = []
    for row in rows(of: raw) {
      if let last = words.last {
        let end = raw.source(row.word.lowerBound).lowerBound
        text.append(" ", end..<end)
        words.append(last.upperBound + 1..<last.upperBound + 1 + row.word.count)
      } else {
        words.append(0..<row.word.count)
      }
      for scalar in row.word { text.append(raw.scalars[scalar], raw.source(scalar)) }
    }
    return MarkupText(text: text, segmentation: .words(words))
  }

  private func rows(of raw: XMLText) -> [Row] {
    var rows: [Row] = []
    var start = 0
    while start < raw.scalars.count {
      let newline = raw.scalars[start...].firstIndex(of: "\n")
      let end = newline ?? raw.scalars.count
      let word = start..<(raw.scalars[start..<end].firstIndex(of: "\t") ?? end)
      let next = newline.map { $0 + 1 } ?? end
      let trimmed = SpanAlignment.trim(word, in: raw.scalars)
      if !trimmed.isEmpty { rows.append(Row(word: trimmed, line: start..<next)) }
      start = next
    }
    return rows
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let raw = XMLText(blocks[index].pieces, of: markup)
    let rows = rows(of: raw)
    // Where each row's word stands in the text of words by spaces.
    var starts: [Int] = []
    var length = 0
    for row in rows {
      starts.append(length)
      length += row.word.count + 1
    }
    for entity in entities {
      let first = max(starts.partitioningIndex { $0 > entity.range.lowerBound } - 1, 0)
      let end = starts.partitioningIndex { $0 >= entity.range.upperBound }
      guard first < end else { continue }
      let lines = rows[first].line.lowerBound..<rows[end - 1].line.upperBound
      let elements = placement.elements(around: lines, of: raw, keepsLineEnds: true)
      if elements.isEmpty { edits.note("entity without a place for its element left out") }
      if elements.count > 1 {
        edits.note("entity across the document's elements written in several pieces")
      }
      for element in elements {
        let (open, close) = tags.tags(entity.label, at: element.start)
        placement.insert(
          element, open: lineBreak(before: element.start) + open + "\n",
          close: lineBreak(before: element.end) + close + "\n", &edits)
      }
    }
  }

  /// A tag has a line of its own.
  private func lineBreak(before position: Int) -> String {
    guard position > 0 else { return "" }
    let byte = markup.bytes[position - 1]
    return byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? "" : "\n"
  }
}
