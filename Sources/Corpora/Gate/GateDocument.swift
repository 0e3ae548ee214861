extension GateContent {
  /// The document, with the annotations of the chosen set.
  func document(
    file: String, _ options: CorpusOptions, _ report: inout CorpusReport
  ) -> ReadDocument {
    let chosen = chosenSets(options, &report)
    var document = Document(
      id: features.value(of: GateMark.documentID), text: text, sentences: [],
      attributes: features.filter { !GateMark.isMark($0) })
    let segmented = segmentationSets(chosen)
    let isChosenSet = Set(chosen)
    var segmentation = GivenSegmentation(sentences: [], words: [])
    var found = GateEntities(
      firstAssigned: features.value(of: GateMark.firstAssigned).flatMap { Int($0) })
    for index in sets.indices {
      let set = sets[index]
      var others = 0
      for annotation in set.annotations {
        let isSection = annotation.type?.hasSameBytes(as: GateMark.section) ?? false
        let label = isSection ? nil : entityLabel(of: annotation, options)
        let isChosen = isChosenSet.contains(index)
        let part: Part? =
          switch annotation.type {
          case GateMark.token? where segmented.words == index: .word
          case GateMark.sentence? where segmented.sentences == index: .sentence
          default: nil
          }
        guard isSection || part != nil || isChosen else {
          others += 1
          continue
        }
        guard isSection || part != nil || label != nil else {
          report.setAside(
            annotation.type.map { "of structure, no entity: \($0)" } ?? "without a type")
          continue
        }
        guard let range = range(of: annotation, &report) else { continue }
        if isSection {
          document.sections.append(Section(range: range, attributes: annotation.features))
        }
        switch label == nil ? part : nil {
        case .word?: segmentation.words.append(range)
        case .sentence?: segmentation.sentences.append(range)
        case nil: break
        }
        if let label, isChosen {
          found.append(annotation, label: label, range: range, layer: set.name)
        } else if label != nil {
          others += 1
        }
      }
      if others > 0 {
        // As many names as a person reads.
        let title = index < 30 ? set.title : "a further annotation set"
        report.setAside("of \(title), not chosen", count: others)
      }
    }
    document.annotations = found.annotations(&report)
    document.sections.sort { $0.range.lowerBound < $1.range.lowerBound }
    let segments = segmentation.apply(to: &document, split: options.split, report: &report)
    return ReadDocument(
      document: document, segmentation: segments, isAnnotated: true, file: file)
  }

  // MARK: Sets

  /// The sets whose annotations are read.
  private func chosenSets(
    _ options: CorpusOptions, _ report: inout CorpusReport
  ) -> [Int] {
    guard let name = options.annotationSet else { return defaultSets(options) }
    if let named = sets.firstIndex(where: { $0.isNamed(name) }) { return [named] }
    if name.isEmpty || name == "default" {
      return sets.indices.filter { sets[$0].name == nil }
    }
    if name == "all" {
      return isWhole ? Array(sets.indices) : sets.indices.filter { !isMarkup($0) }
    }
    report.repair("document without the annotation set \(name.quoted) read without entities")
    return []
  }

  /// Whether our own writer says that all sets are the document's.
  private var isWhole: Bool { features.value(of: GateMark.sets) == "all" }

  private func isMarkup(_ set: Int) -> Bool { sets[set].isNamed(GateMark.markupSet) }

  /// `Key`; else the only set with entities; else the default set.
  private func defaultSets(_ options: CorpusOptions) -> [Int] {
    if isWhole { return Array(sets.indices) }
    if let key = sets.firstIndex(where: { $0.isNamed("Key") }) { return [key] }
    let withEntities = sets.indices.filter { index in
      !isMarkup(index)
        && sets[index].annotations.contains { entityLabel(of: $0, options) != nil }
    }
    if withEntities.count == 1 { return withEntities }
    return sets.indices.filter { sets[$0].name == nil }
  }

  // MARK: Annotations

  /// The label of an annotation that is an entity.
  private func entityLabel(of annotation: GateAnnotation, _ options: CorpusOptions) -> String? {
    guard let type = annotation.type else { return nil }
    let isEntity =
      !GateMark.structure.contains(type) || annotation.features.value(of: GateMark.entity) == "true"
    guard !type.hasSameBytes(as: GateMark.section) else { return nil }
    guard !options.entityElements.isEmpty else { return isEntity ? type : nil }
    let element = options.entityElements.first { element in
      element.element.hasSameBytes(as: type) || (element.element == "*" && isEntity)
    }
    guard let element else { return nil }
    switch element.label {
    case .name: return type
    case .attribute(let name): return annotation.features.value(of: name) ?? type
    case .constant(let label): return label
    }
  }

  private enum Part {
    case word
    case sentence
  }

  /// The sets whose words and whose sentences are taken: of a chosen one, the default one, or any
  /// other, the first that has both; else the first that has some.
  private func segmentationSets(_ chosen: [Int]) -> (words: Int?, sentences: Int?) {
    let unnamed = sets.indices.filter { sets[$0].name == nil }
    let others = sets.indices.filter { !isMarkup($0) }
    let order = (chosen.count == 1 ? chosen : []) + unnamed + chosen + others
    func has(_ type: String, _ index: Int) -> Bool {
      sets[index].annotations.contains {
        $0.type == type && $0.features.value(of: GateMark.entity) != "true"
      }
    }
    let withWords = order.filter { has(GateMark.token, $0) }
    if let both = withWords.first(where: { has(GateMark.sentence, $0) }) { return (both, both) }
    return (withWords.first, order.first { has(GateMark.sentence, $0) })
  }

  private func range(
    of annotation: GateAnnotation, _ report: inout CorpusReport
  ) -> Range<Int>? {
    guard let start = annotation.start, let end = annotation.end else {
      report.setAside("without the number of a node")
      return nil
    }
    guard let first = nodes[start], let last = nodes[end] else {
      report.setAside("at a node that is not in the text")
      return nil
    }
    guard first <= last else {
      report.setAside("with its end before its start")
      return nil
    }
    return first..<last
  }
}

extension GateMark {
  static func isMark(_ feature: Attribute) -> Bool {
    feature.name.utf8.starts(with: prefix.utf8)
  }
}

/// The entities of a document as they are found: fragments still apart, in the file's order.
private struct GateEntities {
  private struct Found {
    var annotation: Annotation
    var number: Int?
    var fragments: [Int] = []
    var isFragment = false
    var order: Int?
  }

  let firstAssigned: Int?
  private var found: [Found] = []

  init(firstAssigned: Int?) {
    self.firstAssigned = firstAssigned
  }

  mutating func append(
    _ annotation: GateAnnotation, label: String, range: Range<Int>, layer: String?
  ) {
    let features = annotation.features
    let number = annotation.id.flatMap { Int($0) }
    var id = annotation.id
    if let number, let firstAssigned, number >= firstAssigned { id = nil }
    if let given = features.value(of: GateMark.id) { id = given }
    var entity = Found(
      annotation: Annotation(
        label: label, range: range, layer: layer, id: id,
        attributes: features.filter { !GateMark.isMark($0) }), number: number)
    entity.fragments =
      features.value(of: GateMark.fragments)?.utf8.split(separator: UInt8(ascii: " "))
      .compactMap { Int(String($0) ?? "") } ?? []
    entity.isFragment = features.value(of: GateMark.fragmentOf) != nil
    entity.order = features.value(of: GateMark.order).flatMap { Int($0) }
    found.append(entity)
  }

  func annotations(_ report: inout CorpusReport) -> [Annotation] {
    var places: [Int: Int] = [:]
    for (index, entity) in found.enumerated() where entity.isFragment {
      if let number = entity.number { places[number] = index }
    }
    var isTaken = [Bool](repeating: false, count: found.count)
    var result: [(order: Int, annotation: Annotation)] = []
    for entity in found where !entity.isFragment {
      var annotation = entity.annotation
      for number in entity.fragments {
        guard let place = places[number], !isTaken[place] else {
          report.repair("fragment that is not in the document left out")
          continue
        }
        isTaken[place] = true
        annotation.fragments += found[place].annotation.fragments
      }
      if !Self.ascend(annotation.fragments) {
        annotation.fragments.sort {
          ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
        }
      }
      result.append((entity.order ?? .max, annotation))
    }
    for (index, entity) in found.enumerated() where entity.isFragment && !isTaken[index] {
      report.repair("fragment without its first part read as an annotation")
      result.append((entity.order ?? .max, entity.annotation))
    }
    guard found.contains(where: { $0.order != nil }) else { return result.map(\.annotation) }
    return result.enumerated().sorted {
      ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
    }.map(\.element.annotation)
  }

  private static func ascend(_ fragments: [Range<Int>]) -> Bool {
    zip(fragments, fragments.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }
  }
}
