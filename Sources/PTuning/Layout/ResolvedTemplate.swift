import Encoders

/// A template whose plain words have become wordpieces, ready to lay out examples.
///
/// Resolved once for an adapter and its encoder; laying out an example then only copies rows.
public struct ResolvedTemplate: Hashable, Sendable {
  /// One soft slot of the template.
  public struct SoftSlot: Hashable, Sendable {
    /// The slot's rows among all soft rows.
    public let rows: Range<Int>
    /// For `{soft:"…"}`, the wordpiece whose embedding each row starts from.
    public let initialWordpieces: [Int32]?
  }

  private enum Part: Hashable, Sendable {
    case row(InputRow, RowRole)
    case field(Int)
  }

  /// The template as parsed.
  public let template: Template
  /// The names of the fields, in the order in which they stand.
  public let fields: [String]
  /// The soft slots from left to right; their rows follow one another from 0.
  public let softSlots: [SoftSlot]

  private let parts: [Part]
  private let classification: Int32
  /// The first part of segment 1.
  private let secondSegment: Int

  /// How many soft rows an adapter with this template has.
  public var softRowCount: Int { softSlots.last?.rows.upperBound ?? 0 }

  /// How many rows stand in every input, whatever the example: specials, hard prompt, soft rows.
  public var fixedRowCount: Int { parts.count - fields.count }

  /// Turns a template's words into wordpieces.
  ///
  /// - Parameters:
  ///   - template: the template.
  ///   - classification: the id of `[CLS]`.
  ///   - separator: the id of `[SEP]`.
  ///   - wordpieces: the ids of a text's wordpieces, without special rows.
  /// - Throws: ``LayoutError/noInitialWordpieces(text:)``, and whatever `wordpieces` throws.
  public init(
    _ template: Template, classification: Int32, separator: Int32,
    wordpieces: (String) throws -> [Int32]
  ) throws {
    var parts: [Part] = []
    var slots: [SoftSlot] = []
    var fields: [String] = []
    var firstSeparator: Int?

    func addSlot(of count: Int, from ids: [Int32]?) {
      let first = slots.last?.rows.upperBound ?? 0
      slots.append(SoftSlot(rows: first..<first + count, initialWordpieces: ids))
      parts += (first..<first + count).map { .row(.soft($0), .soft) }
    }

    for element in template.completeElements {
      switch element {
      case .soft(let rows):
        addSlot(of: rows, from: nil)
      case .softText(let text):
        let ids = try wordpieces(text)
        guard !ids.isEmpty else { throw LayoutError.noInitialWordpieces(text: text) }
        addSlot(of: ids.count, from: ids)
      case .words(let text):
        parts += try wordpieces(text).map { .row(.wordpiece($0), .hardPrompt) }
      case .field(let name):
        parts.append(.field(fields.count))
        fields.append(name)
      case .special(.classification):
        parts.append(.row(.wordpiece(classification), .special))
      case .special(.separator):
        parts.append(.row(.wordpiece(separator), .special))
        firstSeparator = firstSeparator ?? parts.count
      }
    }
    self.template = template
    self.fields = fields
    self.softSlots = slots
    self.parts = parts
    self.classification = classification
    // As BERT reads pairs: the first separator closes segment 0. A single text is all segment 0.
    self.secondSegment = fields.count > 1 ? firstSeparator ?? parts.count : parts.count
  }

  /// How many wordpieces of an example fit into one input of `maximumRows` rows.
  ///
  /// - Throws: ``LayoutError/noRoom(taken:of:)`` where there is not even one.
  public func room(maximumRows: Int) throws(LayoutError) -> Int {
    try room(maximumRows: maximumRows, taken: fixedRowCount)
  }

  private func room(maximumRows: Int, taken: Int) throws(LayoutError) -> Int {
    guard taken < maximumRows else { throw .noRoom(taken: taken, of: maximumRows) }
    return maximumRows - taken
  }

  /// Lays out an example of a template with one field.
  ///
  /// - Parameters:
  ///   - words: the ids of each word's wordpieces, at least one for each word.
  ///   - shapes: the shape of each word, from 1; or none at all.
  ///   - maximumRows: the most rows of one input: the encoder's positions, or fewer.
  /// - Returns: one layout, or several overlapping windows where the words do not fit into one
  ///   (each word then belongs to one window's ``Layout/answers``); none where there are no words.
  ///   In windows, a word longer than a quarter of the room is represented by its first pieces.
  /// - Throws: ``LayoutError/noRoom(taken:of:)``.
  public func layouts(
    words: [[Int32]], shapes: [UInt8] = [], maximumRows: Int
  ) throws(LayoutError) -> [Layout] {
    precondition(fields.count == 1, "the template has \(fields.count) fields")
    return try layouts(
      fields: [words], shapes: [shapes], splitting: 0, maximumRows: maximumRows)
  }

  /// How an example of a template with any number of fields is laid out.
  ///
  /// - Parameters:
  ///   - examples: for each of ``fields``, in their order, the wordpieces of its words.
  ///   - shapes: for each field the shape of each word, from 1, or none at all; may be left out.
  ///   - split: the index of the field that is read in windows and answered for; the others stand
  ///     whole in every window.
  ///   - maximumRows: the most rows of one input: the encoder's positions, or fewer.
  ///   - overlap: how many wordpieces neighbouring windows share at the least, at most half of their room; each
  ///     window then answers for all of its words. nil: a quarter of it, and each word has one window that answers.
  /// - Returns: windows as those of ``layouts(words:shapes:maximumRows:)``, made one by one.
  /// - Throws: ``LayoutError/noRoom(taken:of:)``.
  public func plan(
    fields examples: [[[Int32]]], shapes: [[UInt8]] = [], splitting split: Int, maximumRows: Int,
    overlap: Int? = nil
  ) throws(LayoutError) -> LayoutPlan {
    precondition(examples.count == fields.count, "an example has all fields of its template")
    precondition(
      shapes.isEmpty
        || zip(shapes, examples).allSatisfy { $0.isEmpty || $0.count == $1.count },
      "a word has one shape")
    precondition(
      examples.allSatisfy { $0.allSatisfy { !$0.isEmpty } }, "a word has at least one wordpiece")
    var taken = fixedRowCount
    for (field, words) in examples.enumerated() where field != split {
      for word in words { taken += word.count }
    }
    let room = try room(maximumRows: maximumRows, taken: taken)
    let windows = WordWindows(
      lengths: examples[split].map(\.count), room: room, overlap: overlap)
    return LayoutPlan(
      template: self, examples: examples, shapes: shapes, split: split, windows: windows)
  }

  /// Lays out all windows of an example of a template with any number of fields, as
  /// ``plan(fields:shapes:splitting:maximumRows:overlap:)`` says.
  public func layouts(
    fields examples: [[[Int32]]], shapes: [[UInt8]] = [], splitting split: Int, maximumRows: Int
  ) throws(LayoutError) -> [Layout] {
    try plan(
      fields: examples, shapes: shapes, splitting: split, maximumRows: maximumRows
    ).layouts
  }

  fileprivate func layout(
    _ examples: [[[Int32]]], shapes: [[UInt8]], splitting split: Int, window: WordWindows.Window,
    wordLimit: Int
  ) -> Layout {
    var rows: [InputRow] = []
    var rowShapes: [UInt8] = []
    let hasShapes = shapes.contains { !$0.isEmpty }
    var roles: [RowRole] = []
    var segments: [UInt8] = []
    var firstRows: [Int] = []
    var rowCounts: [Int] = []
    var classificationRow = 0
    firstRows.reserveCapacity(window.words.count)
    for (index, part) in parts.enumerated() {
      switch part {
      case .row(let row, let role):
        if role == .special, row == .wordpiece(classification) { classificationRow = rows.count }
        rows.append(row)
        roles.append(role)
        if hasShapes { rowShapes.append(0) }
      case .field(let field):
        let isSplit = field == split
        let words = examples[field]
        for word in isSplit ? window.words : words.indices {
          if isSplit {
            firstRows.append(rows.count)
            rowCounts.append(min(words[word].count, wordLimit))
          }
          for id in isSplit ? words[word].prefix(wordLimit) : words[word][...] {
            rows.append(.wordpiece(id))
            roles.append(.word(field: field, word: word))
            if hasShapes { rowShapes.append(shapes[field].isEmpty ? 0 : shapes[field][word]) }
          }
        }
      }
      let segment: UInt8 = index < secondSegment ? 0 : 1
      segments += repeatElement(segment, count: rows.count - segments.count)
    }
    return Layout(
      rows: rows, segments: segments, shapes: rowShapes, roles: roles, words: window.words,
      answers: window.answers, firstRows: firstRows, rowCounts: rowCounts,
      classificationRow: classificationRow)
  }
}

/// An example on its way into the encoder: its windows are known, and laid out when they are asked for, so that a long
/// text takes little more memory than its wordpieces.
public struct LayoutPlan: Sendable {
  fileprivate let template: ResolvedTemplate
  fileprivate let examples: [[[Int32]]]
  fileprivate let shapes: [[UInt8]]
  fileprivate let split: Int
  fileprivate let windows: WordWindows

  /// How many windows there are.
  public var count: Int { windows.windows.count }

  /// Which words of the split field are in a window.
  public func words(ofWindow index: Int) -> Range<Int> { windows.windows[index].words }

  /// The window at an index, from left to right.
  public subscript(index: Int) -> Layout {
    template.layout(
      examples, shapes: shapes, splitting: split, window: windows.windows[index],
      wordLimit: windows.wordLimit)
  }

  /// All windows.
  public var layouts: [Layout] { (0..<count).map { self[$0] } }
}
