/// What is put into a document: nothing is taken away from it.
struct MarkupEdits: Sendable {
  /// Where two insertions meet.
  enum Side: Int, Sendable {
    /// Ends something: goes before what begins there.
    case closing
    case opening
  }

  private struct Insertion {
    var position: Int
    var side: Side
    var bytes: [UInt8]
  }

  private var insertions: [Insertion] = []
  /// What could not be done as asked, and how often.
  private(set) var notes: [String: Int] = [:]

  mutating func insert(_ text: String, at position: Int, _ side: Side = .opening) {
    insertions.append(Insertion(position: position, side: side, bytes: Array(text.utf8)))
  }

  mutating func note(_ reason: String, count: Int = 1) {
    if count > 0 { notes[reason, default: 0] += count }
  }

  /// The bytes with all insertions; those at one place in the order in which they were made.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    let order = insertions.indices.sorted { left, right in
      let (a, b) = (insertions[left], insertions[right])
      return (a.position, a.side.rawValue, left) < (b.position, b.side.rawValue, right)
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + insertions.reduce(0) { $0 + $1.bytes.count })
    var copied = 0
    for index in order {
      let insertion = insertions[index]
      result += bytes[copied..<insertion.position]
      result += insertion.bytes
      copied = insertion.position
    }
    result += bytes[copied...]
    return result
  }
}

/// One way of adding entities to documents of some formats.
protocol MarkupRewriting: Sendable {
  /// How many texts there are to be tagged.
  var count: Int { get }

  func text(_ index: Int) -> MarkupText

  /// Adds what was found in a text.
  ///
  /// - Parameter entities: in order of position, none overlapping, none empty.
  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits)

  /// Adds what is to be added once.
  mutating func finish(_ edits: inout MarkupEdits)
}

extension MarkupRewriting {
  mutating func finish(_ edits: inout MarkupEdits) {}
}

/// A text of a document.
struct MarkupText {
  /// What the document says of sentences and words.
  enum Segmentation {
    case none
    case oneSentence
    case words([Range<Int>])
  }

  var text: XMLText
  var segmentation: Segmentation
}

extension String {
  /// As an attribute's value between double quotation marks, or as an element's text.
  var escapedForXML: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      default:
        // XML has no way to write the others.
        let isXML =
          scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        result.unicodeScalars.append(isXML ? scalar : "\u{FFFD}")
      }
    }
    return result
  }

  /// Whether the text is a name for an element, without a colon.
  var isXMLName: Bool {
    guard let first = unicodeScalars.first, !lowercased().hasPrefix("xml") else { return false }
    func starts(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x41...0x5A, 0x61...0x7A, 0x5F, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF,
        0x370...0x37D, 0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF,
        0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x10000...0xEFFFF:
        true
      default: false
      }
    }
    func continues(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
      default: starts(scalar)
      }
    }
    return starts(first) && unicodeScalars.allSatisfy(continues)
  }
}

/// Names that are not taken.
struct FreshNames: Sendable {
  private var taken: Set<[UInt8]>
  private var next = 1

  init(taken: some Sequence<String>) {
    self.taken = Set(taken.map { Array($0.utf8) })
  }

  mutating func name(after prefix: String) -> String {
    while true {
      let name = "\(prefix)\(next)"
      next += 1
      if taken.insert(Array(name.utf8)).inserted { return name }
    }
  }
}
