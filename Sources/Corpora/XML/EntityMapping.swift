/// Which elements are entities, as options say it.
struct EntityMapping {
  private let elements: [EntityElement]

  init(_ elements: [EntityElement]) {
    self.elements = elements
  }

  var isEmpty: Bool { elements.isEmpty }

  /// What an element is, when options name the entities.
  ///
  /// An element named is an entity whatever its format thinks of it; `*` stands for all that are
  /// not structure. An element that lacks the attribute its label should be in is not an entity.
  func role(
    of element: MarkupElement, was role: MarkupRole, isRoot: Bool, _ report: inout CorpusReport
  ) -> MarkupRole {
    guard !elements.isEmpty else { return role }
    if case .own = role { return role }
    var missing: String?
    for candidate in elements {
      let isAny = candidate.element == "*"
      guard isAny || candidate.element.hasSameBytes(as: element.name) else { continue }
      var isTentative = false
      if isAny {
        guard !isRoot else { continue }
        switch role {
        case .inline, .entity: break
        case .undecided: isTentative = candidate.label == .name
        default: continue
        }
      }
      var entity: MarkupEntity
      switch candidate.label {
      case .name: entity = element.entity()
      case .constant(let label): entity = element.entity(label: label)
      case .attribute(let name):
        guard let found = element.entity(labelIn: name) else {
          if !isAny { missing = name }
          continue
        }
        entity = found
      }
      entity.isTentative = isTentative
      return .entity(entity)
    }
    if let missing { report.setAside("<\(element.name)> without \(missing)") }
    switch role {
    case .entity(let entity): return entity.isTentative ? .undecided : .inline
    default: return role
    }
  }
}
