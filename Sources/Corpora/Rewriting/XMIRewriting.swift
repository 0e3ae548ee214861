/// Adds DKPro's `NamedEntity` annotations to the views of a UIMA CAS.
struct XMIRewriting: MarkupRewriting {
  private struct Sofa: Sendable {
    var index: Int
    var id: String
    var text: XMLMarkup.Attribute
    var added = ""
    var members: [Int] = []
  }

  static let casNamespace = "http:///uima/cas.ecore"
  static let xmiNamespace = "http://www.omg.org/XMI"
  static let entityNamespace = "http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"

  private let markup: XMLMarkup
  private let root: Int
  private let xmi: String
  private var sofas: [Sofa] = []
  /// The View of each Sofa, by the Sofa's id.
  private var views: [[UInt8]: Int] = [:]
  private var nextID = 1

  init(_ markup: XMLMarkup, name: String) throws(CorpusError) {
    self.markup = markup
    guard let root = markup.root, markup.tokens[root].kind == .startTag,
      let xmi = markup.prefix(of: Self.xmiNamespace, in: root)
    else {
      throw CorpusError(
        file: name, expected: "a CAS with a prefix for \(Self.xmiNamespace) at its root",
        found: "none")
    }
    self.root = root
    self.xmi = xmi
    for index in markup.elements(of: root) {
      let id = Self.id(of: index, markup, xmi: xmi)
      if let id, let number = Int(id), number < 1 << 40 { nextID = max(nextID, number + 1) }
      if markup.localName(index) == "View", Self.isCAS(index, markup),
        let sofa = markup.value("sofa", index), views[Array(sofa.utf8)] == nil
      {
        views[Array(sofa.utf8)] = index
      }
      guard markup.localName(index) == "Sofa", Self.isCAS(index, markup), let id,
        let text = markup.attribute("sofaString", index)
      else { continue }
      sofas.append(Sofa(index: index, id: id, text: text))
    }
  }

  private static func id(of index: Int, _ markup: XMLMarkup, xmi: String) -> String? {
    if let id = markup.value(xmi + ":id", index) { return id }
    // The element may have another prefix for the same namespace.
    return markup.attributes(index).first { attribute in
      let name = String(decoding: markup.bytes[attribute.name], as: UTF8.self)
      guard name.hasSuffix(":id") else { return false }
      let uri = markup.namespace(ofPrefix: String(name.dropLast(3)), in: index)
      return uri?.hasSameBytes(as: xmiNamespace) ?? false
    }.map { String(scalars: XMLText(attribute: $0, of: markup).scalars) }
  }

  private static func isCAS(_ index: Int, _ markup: XMLMarkup) -> Bool {
    markup.namespace(index)?.hasSameBytes(as: casNamespace) ?? false
  }

  var count: Int { sofas.count }

  func text(_ index: Int) -> MarkupText {
    MarkupText(
      text: XMLText(attribute: sofas[index].text, of: markup), segmentation: .none)
  }

  mutating func add(_ entities: [PredictedEntity], to index: Int, _ edits: inout MarkupEdits) {
    let sofa = sofas[index]
    let offsets = OffsetUnit.utf16.offsets(XMLText(attribute: sofa.text, of: markup).scalars)
    let indentation = String(decoding: markup.indentation(sofa.index), as: UTF8.self)
    let known = markup.prefix(of: Self.entityNamespace, in: root)
    let declaration = known == nil ? " xmlns:ner=\"\(Self.entityNamespace)\"" : ""
    for entity in entities {
      let (start, end) = (offsets[entity.range.lowerBound], offsets[entity.range.upperBound])
      sofas[index].added +=
        "\(indentation)<\(known ?? "ner"):NamedEntity\(declaration) \(xmi):id=\"\(nextID)\""
        + " sofa=\"\(sofa.id.escapedForXML)\" begin=\"\(start)\" end=\"\(end)\""
        + " value=\"\(entity.label.escapedForXML)\"/>"
      sofas[index].members.append(nextID)
      nextID += 1
    }
  }

  mutating func finish(_ edits: inout MarkupEdits) {
    for sofa in sofas where !sofa.members.isEmpty {
      // After the last element before the Sofa, so that the line breaks stay where they were.
      let start = markup.tokens[sofa.index].range.lowerBound
      edits.insert(sofa.added, at: start - markup.indentation(sofa.index).count)
      let members = sofa.members.map(String.init).joined(separator: " ")
      guard let view = views[Array(sofa.id.utf8)] else {
        edits.note("view without a list of members: added annotations are in no index")
        continue
      }
      if let attribute = markup.attribute("members", view) {
        let isEmpty = markup.bytes[attribute.value].allSatisfy(XMLMarkup.isSpace)
        edits.insert((isEmpty ? "" : " ") + members, at: attribute.value.upperBound)
      } else {
        edits.insert(" members=\"\(members)\"", at: markup.name(view).endIndex)
      }
    }
  }
}
