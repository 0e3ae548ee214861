/// A name and a value that a format gives besides what the model has a place for: an infon of BioC,
/// a feature of GATE or UIMA, a note of brat.
public struct Attribute: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A labelled stretch of a document's text, as its format has it: it may be nested in another,
/// overlap others, be of several fragments, begin or end inside a word, or be of no width.
public struct Annotation: Hashable, Sendable {
  /// The entity's label, without a BIO prefix (`PER`, `creative-work`).
  public var label: String
  /// Unicode scalars of the document's text, half-open; at least one, ascending.
  public var fragments: [Range<Int>]
  /// Which of several sets, layers or columns it is of, where the format has them.
  public var layer: String?
  /// Its name in the file.
  public var id: String?
  public var attributes: [Attribute]

  public init(
    label: String, fragments: [Range<Int>], layer: String? = nil, id: String? = nil,
    attributes: [Attribute] = []
  ) {
    precondition(!fragments.isEmpty, "an annotation has at least one fragment")
    self.label = label
    self.fragments = fragments
    self.layer = layer
    self.id = id
    self.attributes = attributes
  }

  public init(
    label: String, range: Range<Int>, layer: String? = nil, id: String? = nil,
    attributes: [Attribute] = []
  ) {
    self.init(
      label: label, fragments: [range], layer: layer, id: id, attributes: attributes)
  }

  /// From the first fragment's start to the last one's end.
  public var range: Range<Int> {
    let start = fragments.first?.lowerBound ?? 0
    return start..<max(start, fragments.last?.upperBound ?? start)
  }

  /// Whether there is text between its fragments.
  public var isDiscontinuous: Bool { fragments.count > 1 }

  /// The value of the first attribute of that name.
  public func attribute(_ name: String) -> String? { attributes.value(of: name) }
}

extension [Attribute] {
  /// The value of the first attribute of that name.
  func value(of name: String) -> String? {
    first { $0.name.hasSameBytes(as: name) }?.value
  }
}

/// A part of a document's text with attributes of its own: a passage of BioC, a title.
public struct Section: Hashable, Sendable {
  /// Unicode scalars of the document's text, half-open.
  public var range: Range<Int>
  public var attributes: [Attribute]

  public init(range: Range<Int>, attributes: [Attribute] = []) {
    self.range = range
    self.attributes = attributes
  }
}
