/// What our writer has noted: which elements are entities, and what of them is the document's and
/// what only the format's need.
///
/// A CAS that another tool has written anew has other numbers: then only what is told by
/// reference is believed.
struct XMIConventions {
  private var entities = NumberRuns()
  private var withoutID = NumberRuns()
  private var withoutLayer = NumberRuns()
  /// Their feature `value` is the label alone.
  private var valueIsLabel = NumberRuns()
  private var layers: [(elements: ClosedRange<Int>, name: String)] = []
  private var details: [Int: XMIElement] = [:]

  init(_ element: XMIElement?, _ details: [XMIElement]) {
    for detail in details {
      if let target = detail.features.value(of: "target").flatMap({ Int($0) }) {
        self.details[target] = detail
      }
    }
    guard let element, let number = element.number,
      element.features.value(of: "number") == String(number)
    else { return }
    func runs(_ name: String) -> NumberRuns {
      NumberRuns(element.features.value(of: name) ?? "")
    }
    entities = runs("entities")
    withoutID = runs("withoutId")
    withoutLayer = runs("withoutLayer")
    valueIsLabel = runs("valueIsLabel")
    let names = element.features.filter { $0.name == "layerNames" }
    let elements = element.features.filter { $0.name == "layerElements" }
    layers = zip(names, elements).flatMap { name, elements in
      NumberRuns(elements.value).runs.map { ($0, name.value) }
    }.sorted { $0.elements.lowerBound < $1.elements.lowerBound }
  }

  func isEntity(_ element: XMIElement) -> Bool {
    guard let number = element.number else { return false }
    return entities.contains(number) || details[number] != nil
  }

  /// Puts right what the element alone does not say.
  func correct(_ annotation: inout Annotation, _ element: XMIElement) {
    guard let number = element.number else { return }
    if withoutID.contains(number) { annotation.id = nil }
    if withoutLayer.contains(number) {
      annotation.layer = nil
    } else {
      let after = layers.partitioningIndex { $0.elements.lowerBound > number }
      if after > 0, layers[after - 1].elements.contains(number) {
        annotation.layer = layers[after - 1].name
      }
    }
    if valueIsLabel.contains(number),
      let place = annotation.attributes.firstIndex(where: { $0.name == "value" })
    {
      annotation.attributes.remove(at: place)
    }
    guard let detail = details[number] else { return }
    if let label = detail.features.value(of: "label") { annotation.label = label }
    if let id = detail.features.value(of: "externalId") { annotation.id = id }
    if detail.features.contains(where: { $0.name == "hasAttributes" }) {
      annotation.attributes = detail.pairs
    }
  }

  /// The annotations with their fragments, which are then none of their own.
  ///
  /// - Parameter places: where each element's annotation is.
  func joined(
    _ annotations: [Annotation], _ places: [Int: Int], _ report: inout CorpusReport
  ) -> [Annotation] {
    var result = annotations
    var isTaken: Set<Int> = []
    for (target, detail) in details.sorted(by: { $0.key < $1.key }) {
      guard let list = detail.features.value(of: "fragments"), let first = places[target] else {
        continue
      }
      for word in list.utf8.split(separator: UInt8(ascii: " ")) {
        guard let number = Int(String(Substring(word))), let place = places[number],
          place != first, isTaken.insert(place).inserted
        else {
          report.repair("fragment that is not in the document left out")
          continue
        }
        result[first].fragments += annotations[place].fragments
      }
      let isAscending = zip(result[first].fragments, result[first].fragments.dropFirst())
        .allSatisfy { $0.lowerBound <= $1.lowerBound }
      if !isAscending {
        result[first].fragments.sort {
          ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
        }
      }
    }
    guard !isTaken.isEmpty else { return result }
    return result.indices.filter { !isTaken.contains($0) }.map { result[$0] }
  }
}
