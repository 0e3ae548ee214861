/// The types and features of a CAS, as UIMA's type system description.
struct XMITypeSystem {
  private var custom: [(name: String, features: [String], known: Set<String>)] = []
  private var places: [String: Int] = [:]

  /// Whether it has none but the types that every file may have.
  var isStandard: Bool { custom.isEmpty }

  /// The type that annotations of a layer have.
  static func type(of layer: String?) -> String {
    guard let layer, XMIName.isType(layer) else { return XMIName.namedEntity }
    let isReserved = layer.utf8.starts(with: "uima.".utf8)
    // A type of structure would be read as structure.
    return isReserved || XMIKind(type: layer) != .span ? XMIName.namedEntity : layer
  }

  mutating func declare(_ type: String, _ features: [String]) {
    guard type != XMIName.namedEntity else { return }
    let place = places[type] ?? custom.count
    if place == custom.count {
      custom.append((type, [], []))
      places[type] = place
    }
    for feature in features where custom[place].known.insert(feature).inserted {
      custom[place].features.append(feature)
    }
  }

  var bytes: [UInt8] {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n"
    text += "  <name>Enxerto</name>\n  <types>\n"
    let string = "uima.cas.String"
    func strings(_ names: [String]) -> [(String, String)] { names.map { ($0, string) } }
    let lists = [("names", "uima.cas.StringArray"), ("values", "uima.cas.StringArray")]
    let annotation = "uima.tcas.Annotation"
    text += Self.type(
      XMIName.metadata, of: "uima.tcas.DocumentAnnotation",
      strings(["documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"])
        + [("isLastSegment", "uima.cas.Boolean")])
    text += Self.type(XMIName.sentence, of: annotation, strings(["id"]))
    text += Self.type(XMIName.token, of: annotation, strings(["id"]))
    text += Self.type(XMIName.namedEntity, of: annotation, strings(["value", "identifier"]))
    text += Self.type(
      XMIName.conventions, of: "uima.cas.TOP",
      strings([
        "number", "entities", "withoutId", "withoutLayer", "valueIsLabel", "hasAttributes",
      ]) + lists
        + [
          ("layerNames", "uima.cas.StringArray"), ("layerElements", "uima.cas.StringArray"),
        ])
    text += Self.type(
      XMIName.details, of: "uima.cas.TOP",
      [("target", annotation), ("fragments", "uima.cas.FSArray")]
        + strings(["label", "externalId", "hasAttributes"]) + lists)
    text += Self.type(XMIName.section, of: annotation, lists)
    for (name, features, _) in custom { text += Self.type(name, of: annotation, strings(features)) }
    return Array((text + "  </types>\n</typeSystemDescription>\n").utf8)
  }

  private static func type(
    _ name: String, of supertype: String, _ features: [(name: String, range: String)]
  ) -> String {
    var text = "    <typeDescription>\n      <name>\(name)</name>\n      <description/>\n"
    text += "      <supertypeName>\(supertype)</supertypeName>\n"
    if !features.isEmpty {
      text += "      <features>\n"
      for feature in features {
        text += "        <featureDescription>\n          <name>\(feature.name)</name>\n"
        text += "          <description/>\n"
        text += "          <rangeTypeName>\(feature.range)</rangeTypeName>\n"
        text += "        </featureDescription>\n"
      }
      text += "      </features>\n"
    }
    return text + "    </typeDescription>\n"
  }
}
