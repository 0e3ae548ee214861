/// What is in a CAS, before a view and its annotations are chosen.
struct XMIContent {
  struct AnnotationType {
    var name: String
    var kind: XMIKind

    /// Without its package.
    var shortName: String {
      let last = name.utf8.split(separator: UInt8(ascii: ".")).last
      return last.map { String(Substring($0)) } ?? name
    }

    func isNamed(_ other: String) -> Bool {
      name.hasSameBytes(as: other) || shortName.hasSameBytes(as: other)
    }
  }

  struct Sofa {
    var id: String
    var name: String
    var text: String?
  }

  /// A word or a sentence.
  struct Segment {
    var type: Int
    var sofa: String
    var begin: Int
    var end: Int
    var id: Int?
  }

  private(set) var types: [AnnotationType] = []
  private(set) var sofas: [Sofa] = []
  private var views: [(sofa: String, members: Set<Int>)] = []
  private(set) var segments: [Segment] = []
  private(set) var annotations: [XMIElement] = []
  private(set) var metadata: [XMIElement] = []
  private(set) var conventions: XMIElement?
  private(set) var details: [XMIElement] = []
  private(set) var sections: [XMIElement] = []
  private(set) var structures = 0
  /// The numbers of all elements.
  private(set) var ids: Set<Int> = []
  /// What elements that are not in the text name as their `first`.
  private(set) var firsts: [Int] = []
  /// The options' annotation set and elements.
  var wanted: String?
  var elements: [EntityElement] = []

  private enum Last {
    case annotation
    case metadata
    case conventions
    case details
    case section
    case none
  }
  private var last = Last.none

  mutating func addType(_ name: String) -> Int {
    types.append(AnnotationType(name: name, kind: XMIKind(type: name)))
    return types.count - 1
  }

  /// Whether the options name the type, or one of its elements is an entity by them.
  func isAskedFor(_ type: Int) -> Bool {
    if let wanted, types[type].isNamed(wanted) { return true }
    return elements.contains { types[type].isNamed($0.element) }
  }

  /// Whether of elements of the type the place is all that counts.
  func isCompact(_ type: Int) -> Bool {
    switch types[type].kind {
    case .word, .sentence, .structure: !isAskedFor(type)
    default: false
    }
  }

  mutating func append(
    compact type: Int, id: String?, sofa: String?, begin: String?, end: String?,
    _ report: inout CorpusReport
  ) {
    last = .none
    let number = id.flatMap { Int($0) }
    if let number { ids.insert(number) }
    guard types[type].kind != .structure else {
      structures += 1
      return
    }
    guard let begin = begin.flatMap({ Int($0) }), let end = end.flatMap({ Int($0) }) else {
      report.repair("word or sentence without its place passed over")
      return
    }
    segments.append(Segment(type: type, sofa: sofa ?? "", begin: begin, end: end, id: number))
  }

  mutating func append(_ element: XMIElement, _ reader: XMLPullReader) throws(CorpusError) {
    last = .none
    if let number = element.number { ids.insert(number) }
    switch types[element.type].kind {
    case .sofa:
      sofas.append(
        Sofa(
          id: element.id ?? "", name: element.features.value(of: "sofaID") ?? "",
          text: element.features.value(of: "sofaString")))
    case .view:
      if let members = element.features.value(of: "members") {
        views.append((element.sofa ?? "", Self.numbers(members)))
      }
    case .metadata:
      metadata.append(element)
      last = .metadata
    case .conventions:
      guard conventions == nil else {
        throw reader.error(expected: "one \(XMIName.conventions)", found: "a second")
      }
      conventions = element
      last = .conventions
    case .details:
      details.append(element)
      last = .details
    case .section:
      sections.append(element)
      last = .section
    case .plumbing: break
    case .word, .sentence, .structure, .span:
      guard element.begin != nil || element.end != nil else {
        structures += 1
        if let first = element.features.value(of: "first").flatMap({ Int($0) }) {
          firsts.append(first)
        }
        return
      }
      annotations.append(element)
      last = .annotation
    }
  }

  /// A feature that is a child of the last element.
  mutating func addToLast(_ feature: Attribute) {
    switch last {
    case .annotation: annotations[annotations.count - 1].features.append(feature)
    case .metadata: metadata[metadata.count - 1].features.append(feature)
    case .conventions: conventions?.features.append(feature)
    case .details: details[details.count - 1].features.append(feature)
    case .section: sections[sections.count - 1].features.append(feature)
    case .none: break
    }
  }

  /// The members of a sofa's view; nil if nothing says.
  func members(of sofa: Sofa) -> Set<Int>? {
    views.first { $0.sofa.hasSameBytes(as: sofa.id) }?.members
  }

  /// The numbers in a list by spaces.
  static func numbers(_ text: String) -> Set<Int> {
    Set(text.utf8.split(separator: UInt8(ascii: " ")).compactMap { Int(String(Substring($0))) })
  }
}
