/// Writes `<corpus><document id="…"><s><PER>…</PER> …</s></document></corpus>`.
///
/// A document whose sentences are joined by line feeds, with annotations that nest, with names of
/// XML for labels and words as the splitter finds them, is written with nothing more. What such
/// XML has no place for is written in the namespace `urn:enxerto:inline-xml`, prefix `x`:
///
/// - `<x:span label="…">` around the text where the label is no name of XML.
/// - `<x:span label="…" at="4-9 12-15"/>` after the sentences, with offsets in Unicode scalars of
///   the document's text, for what is discontinuous, crosses another annotation or the edge of a
///   sentence, or is in more than 50 others.
/// - `x:layer`, and `x:n` (the annotation's place among the document's) where the order is not
///   that of the elements; without prefix on `x:span`.
/// - `<x:attribute name="…">value</x:attribute>` for attributes whose names are no names of XML, or
///   that occur twice, or on `x:span`; it belongs to the element around it.
/// - `<x:section at="0-40">` for sections.
/// - `<x:words at="0-3 4-9"/>` in a sentence, with offsets from the sentence's start, where the
///   words are others than the splitter's.
///
/// White space that a reader would change is kept by `xml:space="preserve"`, on a sentence or, if it
/// is between sentences, on the document: its text is then exactly what it holds.
///
/// `InlineXML` read, written and read again is the same. The columns and comments of formats with
/// one word a row, the forms of words that differ from the text, and sentences without words are
/// left out; a character that XML cannot hold is an error.
public struct InlineXMLWriter: DocumentWriter {
  private let finisher: DocumentFinisher

  /// - Parameter split: what will find the words when the file is read again; `TextSplitter` unless
  ///   said.
  public init(split: TextSplit? = nil) {
    finisher = DocumentFinisher(options: CorpusOptions(split: split))
  }

  public var prologue: [UInt8] {
    Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<corpus>\n".utf8)
  }

  public var epilogue: [UInt8] { Array("</corpus>\n".utf8) }

  public func bytes(of document: Document) throws(CorpusError) -> [UInt8] {
    let plan = try InlineXMLPlan(document, finisher: finisher)
    var output = InlineXMLOutput(document: document, plan: plan)
    return try output.written()
  }
}

/// What goes where in the inline XML of a document.
struct InlineXMLPlan {
  static let deepest = 50

  struct WrittenSentence {
    var range: Range<Int>
    var isPreserving: Bool
    /// From the sentence's start; nil if a splitter will find them.
    var words: [Range<Int>]?
    /// Annotations that are elements, in the order they open.
    var elements: [Int]
  }

  /// Whether the document's text is given exactly.
  var isExact: Bool
  var sentences: [WrittenSentence] = []
  /// Annotations by offsets.
  var standoff: [Int] = []
  /// Whether annotations need numbers to be in their order.
  var isNumbered = false

  /// - Throws: `CorpusError` for sentences or sections that are not in order.
  init(_ document: Document, finisher: DocumentFinisher) throws(CorpusError) {
    let scalars = Array(document.text.unicodeScalars)
    let ranges = try Self.ranges(of: document, length: scalars.count)
    isExact = Self.isExact(document, ranges, scalars)
    let hasWords = try Self.differsFromSplit(document, ranges, finisher)
    var elements = [[Int]](repeating: [], count: ranges.count)
    for (index, annotation) in document.annotations.enumerated() {
      let range = annotation.range
      let place = ranges.partitioningIndex { $0.upperBound >= range.upperBound }
      if !annotation.isDiscontinuous, place < ranges.count,
        ranges[place].lowerBound <= range.lowerBound
      {
        elements[place].append(index)
      } else {
        standoff.append(index)
      }
    }
    let withWords = document.sentences.filter { !$0.words.isEmpty }
    for (place, range) in ranges.enumerated() {
      let (nested, crossing) = Self.nest(elements[place], document.annotations)
      standoff += crossing
      sentences.append(
        WrittenSentence(
          range: range,
          isPreserving: !isExact
            && !Self.isSimple(range, nested.map { document.annotations[$0].range }, scalars),
          words: hasWords
            ? withWords[place].words.map { $0.range.shifted(by: -range.lowerBound) } : nil,
          elements: nested))
    }
    standoff.sort()
    let order = sentences.flatMap(\.elements) + standoff
    isNumbered = zip(order, order.dropFirst()).contains { $0 > $1 }
  }

  private static func ranges(
    of document: Document, length: Int
  ) throws(CorpusError) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for sentence in document.sentences {
      guard let first = sentence.words.first, let last = sentence.words.last else { continue }
      let start = first.range.lowerBound
      ranges.append(start..<max(start, last.range.upperBound))
    }
    for (name, places) in [
      ("sentences", ranges), ("sections", document.sections.map(\.range)),
    ] {
      var end = 0
      for range in places {
        guard range.lowerBound >= end, range.upperBound <= length else {
          throw CorpusError(
            file: document.id ?? "document", expected: "\(name) in order in the text",
            found: "one at \(range.lowerBound)-\(range.upperBound)")
        }
        end = range.upperBound
      }
    }
    return ranges
  }

  /// Whether the text is more than sentences joined by line feeds.
  private static func isExact(
    _ document: Document, _ ranges: [Range<Int>], _ scalars: [Unicode.Scalar]
  ) -> Bool {
    guard let first = ranges.first, let last = ranges.last else { return !scalars.isEmpty }
    guard first.lowerBound == 0, last.upperBound == scalars.count,
      !ranges.contains(where: \.isEmpty)
    else { return true }
    return !zip(ranges, ranges.dropFirst()).allSatisfy { left, right in
      right.lowerBound == left.upperBound + 1 && scalars[left.upperBound] == "\n"
    }
  }

  /// Whether white space in a sentence, and the edges of elements beside it, will be read as they
  /// are.
  private static func isSimple(
    _ range: Range<Int>, _ elements: [Range<Int>], _ scalars: [Unicode.Scalar]
  ) -> Bool {
    func isSpace(_ place: Int) -> Bool {
      range.contains(place) && MarkedText.isSpace(scalars[place])
    }
    guard !isSpace(range.lowerBound), !isSpace(range.upperBound - 1),
      !range.contains(where: { scalars[$0] != " " && MarkedText.isSpace(scalars[$0]) })
    else { return false }
    return elements.allSatisfy { element in
      element.isEmpty
        ? !(isSpace(element.lowerBound - 1) && isSpace(element.lowerBound))
        : !isSpace(element.lowerBound) && !isSpace(element.upperBound - 1)
    }
  }

  /// Those that nest, in the order they open, and the others.
  private static func nest(
    _ indices: [Int], _ annotations: [Annotation]
  ) -> (nested: [Int], crossing: [Int]) {
    let sorted = indices.sorted { left, right in
      let (a, b) = (annotations[left].range, annotations[right].range)
      return (a.lowerBound, -a.upperBound, left) < (b.lowerBound, -b.upperBound, right)
    }
    var nested: [Int] = []
    var crossing: [Int] = []
    var ends: [Int] = []
    for index in sorted {
      let range = annotations[index].range
      while let end = ends.last, end <= range.lowerBound { ends.removeLast() }
      if ends.last.map({ $0 < range.upperBound }) ?? false || ends.count >= deepest {
        crossing.append(index)
      } else {
        nested.append(index)
        ends.append(range.upperBound)
      }
    }
    return (nested, crossing)
  }

  /// Whether the words are others than will be found in the sentences.
  private static func differsFromSplit(
    _ document: Document, _ ranges: [Range<Int>], _ finisher: DocumentFinisher
  ) throws(CorpusError) -> Bool {
    var report = CorpusReport()
    var bare = document
    bare.sentences = []
    let again = try finisher.finish(
      ReadDocument(
        document: bare, segmentation: .sentences(ranges), isAnnotated: true, file: ""),
      scheme: nil, report: &report)
    return document.sentences.filter { !$0.words.isEmpty }.map { $0.words.map(\.range) }
      != again.sentences.map { $0.words.map(\.range) }
  }
}
