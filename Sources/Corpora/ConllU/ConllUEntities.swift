/// The entities of one document, gathered from brackets: `(1-place`, `1)`, `(2-time)`, nested,
/// closed in any order, across sentences, and in parts: `(e5[1/2]-person`.
struct ConllUEntities {
  /// What a row's `Entity=` has, in order.
  enum Piece: Hashable {
    /// `isWhole`: closed in the same place, `(3-time)`.
    case open(head: String, isWhole: Bool)
    case close(String)
  }

  private struct Open {
    var head: String
    var fields: ConllUEntityFormat.Fields
    /// nil until a word comes: opened at an empty node or a multiword token.
    var start: Int?
    var order: Int
    var row: Int
  }

  private struct Parted {
    var fields: ConllUEntityFormat.Fields
    var count: Int
    var fragments: [Range<Int>]
    var order: Int
  }

  /// How many entities may be open at once.
  private static let depthLimit = 4096

  var format: ConllUEntityFormat?
  /// Whether the document has had a bracket.
  private(set) var hasBrackets = false
  private let file: String
  private var open: [Open] = []
  private var parted: [Parted] = []
  private var found: [(order: Int, annotation: Annotation)] = []
  private var order = 0
  private var row = 0
  private var hasUnplaced = false
  /// Brackets of a multiword token that close after its last word.
  private var deferred: [(word: Int, name: String)] = []
  /// Where the last word ended.
  private var end = 0

  init(file: String, format: ConllUEntityFormat?) {
    self.file = file
    self.format = format
  }

  // MARK: Rows, in order

  /// A word, with its place in the sentence and in the document's text.
  mutating func take(
    _ value: Substring?, word: Int, range: Range<Int>, line: Int, _ report: inout CorpusReport
  ) throws(CorpusError) {
    row += 1
    if hasUnplaced {
      for index in open.indices where open[index].start == nil {
        open[index].start = range.lowerBound
      }
      hasUnplaced = false
    }
    // Words of one multiword token may share its place.
    end = max(end, range.upperBound)
    for piece in try pieces(value, line) {
      switch piece {
      case .open(let head, let isWhole):
        try start(head, at: range.lowerBound, line, &report)
        if isWhole { closeLast(&report) }
      case .close(let name): try close(name, line, &report)
      }
    }
    while let index = deferred.firstIndex(where: { $0.word <= word }) {
      let name = deferred.remove(at: index).name
      try close(name, line, &report)
    }
  }

  /// An empty node, or a multiword token that lasts until the word `last`.
  mutating func take(
    _ value: Substring?, last: Int?, line: Int, _ report: inout CorpusReport
  ) throws(CorpusError) {
    row += 1
    for piece in try pieces(value, line) {
      switch piece {
      case .open(let head, let isWhole):
        try start(head, at: nil, line, &report)
        guard isWhole else { continue }
        if let last {
          deferred.append((last, open.last?.head ?? head))
        } else {
          closeLast(&report)
        }
      case .close(let name):
        if let last { deferred.append((last, name)) } else { try close(name, line, &report) }
      }
      if deferred.count > Self.depthLimit { throw tooMany(line) }
    }
  }

  /// The document's entities, in the order of their opening; the format stays for the next one.
  mutating func finish(_ report: inout CorpusReport) -> [Annotation] {
    if !open.isEmpty {
      report.setAside("entity not closed by the end of its document", count: open.count)
    }
    if !parted.isEmpty {
      report.setAside("discontinuous entity without all of its parts", count: parted.count)
    }
    let annotations = found.sorted { $0.order < $1.order }.map(\.annotation)
    self = ConllUEntities(file: file, format: format)
    return annotations
  }

  // MARK: Brackets

  private mutating func pieces(
    _ value: Substring?, _ line: Int
  ) throws(CorpusError) -> [Piece] {
    guard let value else { return [] }
    hasBrackets = true
    guard let pieces = Self.pieces(value) else {
      throw CorpusError(
        file: file, line: line, expected: "brackets such as (1-person or 1) in Entity=",
        found: String(value).quoted)
    }
    return pieces
  }

  /// nil if the brackets are not whole.
  static func pieces(_ value: Substring) -> [Piece]? {
    var pieces: [Piece] = []
    var rest = value.utf8
    let (left, right) = (UInt8(ascii: "("), UInt8(ascii: ")"))
    while let first = rest.first {
      if first == left {
        rest = rest.dropFirst()
        let head = rest.prefix { $0 != left && $0 != right }
        guard !head.isEmpty else { return nil }
        rest = rest[head.endIndex...]
        let isWhole = rest.first == right
        if isWhole { rest = rest.dropFirst() }
        pieces.append(.open(head: String(Substring(head)), isWhole: isWhole))
      } else {
        let name = rest.prefix { $0 != left && $0 != right }
        rest = rest[name.endIndex...]
        guard !name.isEmpty, rest.first == right else { return nil }
        rest = rest.dropFirst()
        pieces.append(.close(String(Substring(name))))
      }
    }
    return pieces.isEmpty ? nil : pieces
  }

  private func tooMany(_ line: Int) -> CorpusError {
    CorpusError(
      file: file, line: line, expected: "at most \(Self.depthLimit) entities open at once",
      found: "more")
  }

  private mutating func start(
    _ head: String, at start: Int?, _ line: Int, _ report: inout CorpusReport
  ) throws(CorpusError) {
    guard open.count < Self.depthLimit, parted.count < Self.depthLimit else {
      throw tooMany(line)
    }
    let fields = format?.fields(of: head) ?? ConllUEntityFormat.guessedFields(of: head)
    if start == nil { hasUnplaced = true }
    open.append(Open(head: head, fields: fields, start: start, order: order, row: row))
    order += 1
  }

  private mutating func close(
    _ name: String, _ line: Int, _ report: inout CorpusReport
  ) throws(CorpusError) {
    let (group, part) = ConllUEntityFormat.part(of: name)
    let prefix = Array((name + "-").utf8)
    func fits(_ entity: Open) -> Bool {
      if let part, let other = entity.fields.part, part != other { return false }
      return entity.fields.group.hasSameBytes(as: group) || entity.head.hasSameBytes(as: name)
        || entity.head.utf8.starts(with: prefix)
    }
    // `(1-place1)`: what an earlier row opened goes first.
    guard
      let index = open.lastIndex(where: { $0.row < row && fits($0) }) ?? open.lastIndex(where: fits)
    else {
      throw CorpusError(
        file: file, line: line, expected: "the end of an entity that has been opened",
        found: (name + ")").quoted)
    }
    finish(open.remove(at: index), &report)
  }

  private mutating func closeLast(_ report: inout CorpusReport) {
    if let last = open.popLast() { finish(last, &report) }
  }

  private mutating func finish(_ entity: Open, _ report: inout CorpusReport) {
    guard let start = entity.start, start <= end else {
      report.setAside("entity of empty nodes alone")
      return
    }
    guard let part = entity.fields.part, part.count > 1 else {
      append(entity.fields, [start..<end], entity.order, &report)
      return
    }
    if part.number == 1 {
      parted.append(
        Parted(
          fields: entity.fields, count: part.count, fragments: [start..<end], order: entity.order))
      return
    }
    let index = parted.firstIndex { other in
      other.count == part.count && other.fragments.count == part.number - 1
        && other.fields.group.hasSameBytes(as: entity.fields.group)
    }
    guard let index, parted[index].fragments.last.map({ $0.upperBound <= start }) ?? false else {
      report.setAside("part of a discontinuous entity without the parts before it")
      return
    }
    parted[index].fragments.append(start..<end)
    if part.number == part.count {
      let whole = parted.remove(at: index)
      append(whole.fields, whole.fragments, whole.order, &report)
    }
  }

  private mutating func append(
    _ fields: ConllUEntityFormat.Fields, _ fragments: [Range<Int>], _ order: Int,
    _ report: inout CorpusReport
  ) {
    if fields.type == nil { report.repair("entity without a type, labelled \"entity\"") }
    found.append(
      (
        order,
        Annotation(
          label: fields.type ?? "entity", fragments: fragments, id: fields.group,
          attributes: fields.attributes)
      ))
  }
}
