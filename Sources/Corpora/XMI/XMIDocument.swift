extension XMIContent {
  /// The document of the chosen view.
  ///
  /// - Throws: `CorpusError` if no view has a text.
  func document(
    file: String, _ options: CorpusOptions, _ report: inout CorpusReport
  ) throws(CorpusError) -> ReadDocument {
    let sofa = try chosenSofa(file: file, &report)
    var document = Document(text: sofa.text ?? "", sentences: [])
    let view = XMIView(
      sofa: sofa.id, isOnly: sofas.count == 1, offsets: UTF16Offsets(document.text),
      members: members(of: sofa))
    takeMetadata(view, &document)
    document.annotations = entities(view, &report)
    for section in sections {
      guard let range = view.range(of: section, &report) else { continue }
      document.sections.append(Section(range: range, attributes: section.pairs))
    }
    document.sections.sort { $0.range.lowerBound < $1.range.lowerBound }
    if structures > 0 {
      report.setAside("of structure, no entity, or without a place in the text", count: structures)
    }
    let segments = segmentation(view, &report)
      .apply(to: &document, split: options.split, report: &report)
    return ReadDocument(
      document: document, segmentation: segments, isAnnotated: true, file: file)
  }

  // MARK: Views

  /// The name that the options give, if it is one of a view and of no type.
  private var wantedView: String? {
    guard let wanted, sofas.contains(where: { $0.name.hasSameBytes(as: wanted) }),
      !types.contains(where: { $0.isNamed(wanted) })
    else { return nil }
    return wanted
  }

  private func chosenSofa(
    file: String, _ report: inout CorpusReport
  ) throws(CorpusError) -> Sofa {
    let named = wantedView.flatMap { name in
      sofas.first { $0.name.hasSameBytes(as: name) && $0.text != nil }
    }
    let initial = sofas.first { $0.name == XMIName.initialView && $0.text != nil }
    guard let sofa = named ?? initial ?? sofas.first(where: { $0.text != nil }) else {
      throw CorpusError(
        file: file, expected: "a <cas:Sofa> with a sofaString",
        found: sofas.isEmpty ? "no Sofa" : "none with a text")
    }
    let others = sofas.count { $0.text != nil } - 1
    if others > 0 { report.setAside("view of the same CAS, not chosen", count: others) }
    return sofa
  }

  private func takeMetadata(_ view: XMIView, _ document: inout Document) {
    for element in metadata where view.has(element.sofa) {
      for feature in element.features {
        if feature.name == "documentId" {
          if document.id == nil { document.id = feature.value }
        } else if !Self.isDefault(feature) {
          document.attributes.append(feature)
        }
      }
    }
    if let conventions, conventions.features.contains(where: { $0.name == "hasAttributes" }) {
      document.attributes = conventions.pairs
    }
  }

  /// What says no more than its absence.
  static func isDefault(_ feature: Attribute) -> Bool {
    (feature.name == "language" && feature.value == "x-unspecified")
      || (feature.name == "isLastSegment" && feature.value == "false")
  }

  private func segmentation(
    _ view: XMIView, _ report: inout CorpusReport
  ) -> GivenSegmentation {
    var result = GivenSegmentation(sentences: [], words: [])
    // Other type systems have a Token and a Sentence as well: DKPro's go first.
    let hasDKPro = segments.contains { types[$0.type].name == XMIName.token }
    let hasDKProSentence = segments.contains { types[$0.type].name == XMIName.sentence }
    for segment in segments where view.has(segment.sofa) {
      let type = types[segment.type]
      let isWord = type.kind == .word
      let isOwn = type.name == XMIName.token || type.name == XMIName.sentence
      guard isOwn || !(isWord ? hasDKPro : hasDKProSentence) else { continue }
      guard view.holds(segment.id) else {
        report.repair("word or sentence that is not among the members of the view passed over")
        continue
      }
      guard let range = view.range(begin: segment.begin, end: segment.end) else {
        report.repair("word or sentence at an impossible place passed over")
        continue
      }
      if isWord { result.words.append(range) } else { result.sentences.append(range) }
    }
    return result
  }

  // MARK: Entities

  private func entities(
    _ view: XMIView, _ report: inout CorpusReport
  ) -> [Annotation] {
    let own = XMIConventions(conventions, details)
    let traits = XMITypeTraits(self, own)
    let name = wantedView != nil || wanted == "all" ? nil : wanted
    if let name, !types.contains(where: { $0.isNamed(name) }) {
      report.repair("document without the type or view \(name.quoted) read without entities")
    }
    var result: [Annotation] = []
    var places: [Int: Int] = [:]
    for element in annotations {
      let type = types[element.type]
      let isOwn = own.isEntity(element)
      if let name, !type.isNamed(name) {
        report.setAside("of another type than the chosen one")
        continue
      }
      if name == nil, !isOwn, let reason = traits.reasonAgainst(element.type, type) {
        report.setAside(reason)
        continue
      }
      let entity = elements.first {
        type.isNamed($0.element) || ($0.element == "*" && type.kind == .span)
      }
      guard elements.isEmpty || entity != nil else {
        report.setAside("of a type that is no entity by the options")
        continue
      }
      guard view.has(element.sofa) else {
        report.setAside("of another view than the chosen one")
        continue
      }
      guard view.holds(element.number) else {
        report.setAside("not among the members of the view")
        continue
      }
      guard let range = view.range(of: element, &report) else { continue }
      if let number = element.number { places[number] = result.count }
      var annotation = Annotation(
        label: "", range: range, layer: type.name, id: element.id,
        attributes: element.features)
      annotation.label = label(of: element, entity?.label, traits)
      own.correct(&annotation, element)
      result.append(annotation)
    }
    return own.joined(result, places, &report)
  }

  private static let layerPackages = ["webanno.", "custom.", "de.tudarmstadt.ukp."]
  private static let labelFeatures: Set<String> = [
    "label", "type", "category", "class", "tag", "entitytype", "netype", "componentid",
  ]

  /// `value`; else, of layers that WebAnno and DKPro define, the first feature that is set and is no
  /// reference; of others one that is named for a label; else the type's name. (The features of
  /// other tools' types are seldom labels: cTAKES has numbers, polarity, a subject.)
  private func label(
    of element: XMIElement, _ rule: EntityElement.Label?, _ traits: XMITypeTraits
  ) -> String {
    switch rule {
    case .constant(let label)?: return label
    case .attribute(let name)?:
      if let value = element.features.value(of: name), !value.isEmpty { return value }
    case .name?: return types[element.type].shortName
    case nil: break
    }
    if let value = element.features.value(of: "value"), !value.isEmpty { return value }
    let type = types[element.type].name
    let isLayer = Self.layerPackages.contains { type.utf8.starts(with: $0.utf8) }
    let first = element.features.first { feature in
      !feature.value.isEmpty && !traits.isReference(feature, of: element.type)
        && (isLayer || Self.labelFeatures.contains(feature.name.lowercased()))
    }
    return first?.value ?? types[element.type].shortName
  }
}

/// The text of a view, and what is in it.
struct XMIView {
  let sofa: String
  /// Whether there is no other: annotations that name none are its.
  let isOnly: Bool
  let offsets: UTF16Offsets
  let members: Set<Int>?

  func has(_ sofa: String?) -> Bool {
    guard let sofa, !sofa.isEmpty else { return isOnly }
    return sofa.hasSameBytes(as: self.sofa)
  }

  /// An element without a number cannot be said to be missing.
  func holds(_ number: Int?) -> Bool {
    guard let members, let number else { return true }
    return members.contains(number)
  }

  func range(begin: Int, end: Int) -> Range<Int>? {
    guard begin <= end, let start = offsets.scalar(atUnit: begin),
      let end = offsets.scalar(atUnit: end)
    else { return nil }
    return start..<end
  }

  func range(of element: XMIElement, _ report: inout CorpusReport) -> Range<Int>? {
    guard let begin = element.begin.flatMap({ Int($0) }),
      let end = element.end.flatMap({ Int($0) })
    else {
      report.setAside("without its begin or end as a number")
      return nil
    }
    guard begin <= end else {
      report.setAside("with its end before its begin")
      return nil
    }
    guard begin >= 0, end <= offsets.units else {
      report.setAside("beyond the text")
      return nil
    }
    guard let range = range(begin: begin, end: end) else {
      report.setAside("with an edge inside of a character")
      return nil
    }
    return range
  }
}

/// What the elements of each type show it to be, where its name does not say.
struct XMITypeTraits {
  private var relations: Set<Int> = []
  private var links: Set<Int> = []
  private var references: Set<Key> = []

  private struct Key: Hashable {
    var type: Int
    var name: [UInt8]
  }

  init(_ content: XMIContent, _ own: XMIConventions) {
    var typeOf: [Int: Int] = [:]
    var others: Set<Key> = []
    for element in content.annotations where !own.isEntity(element) {
      if let number = element.number { typeOf[number] = element.type }
      func refers(_ name: String) -> Bool {
        element.features.value(of: name).map { Self.isReference($0, content.ids) } ?? false
      }
      if (refers("Governor") && refers("Dependent")) || (refers("source") && refers("target")) {
        relations.insert(element.type)
      }
      if refers("next") { links.insert(element.type) }
      for feature in element.features where !feature.value.isEmpty {
        let key = Key(type: element.type, name: Array(feature.name.utf8))
        if Self.isReference(feature.value, content.ids) {
          references.insert(key)
        } else {
          others.insert(key)
        }
      }
    }
    for first in content.firsts {
      if let type = typeOf[first] { links.insert(type) }
    }
    references.subtract(others)
  }

  private static func isReference(_ value: String, _ ids: Set<Int>) -> Bool {
    let words = value.utf8.split(separator: UInt8(ascii: " "))
    return !words.isEmpty
      && words.allSatisfy { word in
        let number = word.first == UInt8(ascii: "#") ? word.dropFirst() : word
        return Int(String(Substring(number))).map(ids.contains) ?? false
      }
  }

  func reasonAgainst(_ index: Int, _ type: XMIContent.AnnotationType) -> String? {
    if type.kind != .span { return "of structure, no entity, or without a place in the text" }
    if relations.contains(index) { return "relation" }
    if links.contains(index) { return "link of a chain" }
    return nil
  }

  func isReference(_ feature: Attribute, of type: Int) -> Bool {
    references.contains(Key(type: type, name: Array(feature.name.utf8)))
  }
}

extension XMIElement {
  /// The attributes that `names` and `values` list.
  var pairs: [Attribute] {
    let names = features.filter { $0.name == "names" }
    let values = features.filter { $0.name == "values" }
    return zip(names, values).map { Attribute($0.value, $1.value) }
  }
}
