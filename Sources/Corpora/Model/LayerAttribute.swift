/// How formats without layers keep an annotation's layer: in an attribute named `layer`. Other
/// attributes of that name have `_` before it.
enum LayerAttribute {
  static let name = "layer"

  /// The attributes with the layer as the first of them.
  static func attributes(of annotation: Annotation) -> [Attribute] {
    var result = annotation.layer.map { [Attribute(name, $0)] } ?? []
    result += annotation.attributes.map { attribute in
      isEscape(attribute.name) ? Attribute("_" + attribute.name, attribute.value) : attribute
    }
    return result
  }

  /// The layer among attributes as they were written, and the others.
  static func layer(of written: [Attribute]) -> (layer: String?, attributes: [Attribute]) {
    var layer: String?
    var attributes: [Attribute] = []
    for attribute in written {
      if attribute.name.hasSameBytes(as: name), layer == nil {
        layer = attribute.value
      } else if attribute.name.utf8.first == UInt8(ascii: "_"), isEscape(attribute.name) {
        attributes.append(
          Attribute(String(attribute.name.unicodeScalars.dropFirst()), attribute.value))
      } else {
        attributes.append(attribute)
      }
    }
    return (layer, attributes)
  }

  /// `layer` after any number of `_`.
  private static func isEscape(_ text: String) -> Bool {
    text.utf8.drop { $0 == UInt8(ascii: "_") }.elementsEqual(name.utf8)
  }
}
