/// An element of an XML document with its attributes.
struct MarkupElement {
  /// The namespace of what our own writer adds to inline XML.
  static let ownNamespace = "urn:enxerto:inline-xml"

  /// Without prefix.
  let name: String
  let namespace: String?
  /// In their order; those of XML's own namespace with their prefix (`xml:id`).
  let attributes: [Attribute]
  /// Those of our own namespace.
  let ownAttributes: [Attribute]

  init(_ reader: XMLPullReader) {
    name = reader.name
    namespace = reader.namespace
    var attributes: [Attribute] = []
    var own: [Attribute] = []
    for attribute in reader.attributes {
      switch attribute.namespace {
      case Self.ownNamespace?: own.append(Attribute(attribute.name, attribute.value))
      case "http://www.w3.org/XML/1998/namespace"?:
        attributes.append(Attribute("xml:" + attribute.name, attribute.value))
      default: attributes.append(Attribute(attribute.name, attribute.value))
      }
    }
    self.attributes = attributes
    ownAttributes = own
  }

  var isOwn: Bool { namespace == Self.ownNamespace }

  /// Whether it asks for another document in its place. None is read.
  var isInclusion: Bool {
    name == "include"
      && (namespace == "http://www.w3.org/2001/XInclude"
        || namespace == "http://www.w3.org/2003/XInclude")
  }

  /// The value of an attribute.
  subscript(_ name: String) -> String? { attributes.value(of: name) }

  /// The attribute that names the element.
  var id: String? { self["id"] ?? self["xml:id"] }

  /// The attributes but those named, the one that is the element's `id`, and `xml:space`.
  func attributes(without names: String...) -> [Attribute] {
    let id = self["id"] == nil ? "xml:id" : "id"
    return attributes.filter { attribute in
      !attribute.name.hasSameBytes(as: id) && !attribute.name.hasSameBytes(as: "xml:space")
        && !names.contains { $0.hasSameBytes(as: attribute.name) }
    }
  }

  /// An annotation named like the element.
  func entity(label: String? = nil, without names: String...) -> MarkupEntity {
    MarkupEntity(
      label: label ?? name, id: id, layer: ownAttributes.value(of: "layer"),
      attributes: attributes(without: "").filter { attribute in
        !names.contains { $0.hasSameBytes(as: attribute.name) }
      }, number: ownAttributes.value(of: "n").flatMap { Int($0) })
  }

  /// An annotation whose label is in an attribute: of `A|B` the first. The attribute is kept
  /// where it says more than the label.
  func entity(labelIn attribute: String) -> MarkupEntity? {
    guard let value = self[attribute] else { return nil }
    let first =
      value.unicodeScalars.split(separator: "|").lazy
      .map { String(scalars: SpanAlignment.trimmed(Array($0))) }.first { !$0.isEmpty }
    guard let first else { return nil }
    return first.hasSameBytes(as: value)
      ? entity(label: first, without: attribute) : entity(label: first)
  }
}

/// What an element that is an entity says of its annotation.
struct MarkupEntity {
  var label: String
  var id: String?
  var layer: String?
  var attributes: [Attribute] = []
  /// Its place among the document's annotations, where that is not the order of the elements.
  var number: Int?
  /// Whether only its place in running text will show that it is one.
  var isTentative = false
}

/// What an element is for the text and its annotations.
enum MarkupRole {
  case document(id: String?, attributes: [Attribute])
  /// One sentence, whatever a splitter thinks.
  case sentence
  /// Words and sentences end at its edges.
  case block
  /// A block that is a section of the document also where the document has sentence elements.
  case section
  /// A block, unless text of the block around has come before it or comes right after it.
  case undecided
  case inline
  case entity(MarkupEntity)
  /// A word; `left` and `right` say whether no space is there.
  case token(left: Bool, right: Bool)
  /// A line break and the like: words end here, sentences do not.
  case space
  /// A line break inside a word.
  case glue
  /// Its text names the document.
  case identifier
  /// Its text is not of the document; `isText` if a reader might miss it.
  case skipped(isText: Bool)
  /// Children and text parted by `|`: the first that has text is read.
  case alternatives
  /// Its text is read, what is annotated in it is not.
  case unannotated
  /// Something that is neither text nor an annotation, to be counted.
  case setAside(String)
  /// What our own writer adds.
  case own(OwnMarkup)
}

/// The elements that our own writer adds to inline XML; see `InlineXMLWriter`.
enum OwnMarkup {
  /// An annotation around its text.
  case span(MarkupEntity)
  /// An annotation by offsets.
  case standoff(MarkupEntity, [Range<Int>])
  case section(Range<Int>)
  /// An attribute of the element around, its value the element's text.
  case attribute(String)
  /// Words of the sentence around: scalars from the sentence's start.
  case words([Range<Int>])
  case invalid(expected: String)
}

/// Where an element stands.
struct MarkupContext {
  /// The element around, nil for the root.
  var parent: String?
  /// The number of elements before it in `parent` that were read.
  var siblings = 0
  var isInDocument = false
  /// The name of the element that is the sentence around.
  var sentence: String?

  var isInSentence: Bool { sentence != nil }
}

/// What the elements of a format mean.
protocol MarkupProfile {
  /// Whether text outside of sentences is an error in a file that begins with a sentence, and
  /// sentences in sentences are.
  var isStrict: Bool { get }

  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole
}

extension MarkupProfile {
  var isStrict: Bool { false }
}

extension SpanAlignment {
  /// The scalars without white space at their ends.
  static func trimmed(_ scalars: [Unicode.Scalar]) -> ArraySlice<Unicode.Scalar> {
    scalars[trim(0..<scalars.count, in: scalars)]
  }
}
