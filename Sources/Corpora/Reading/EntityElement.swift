/// An element of inline XML that marks an entity, and where its label is.
public struct EntityElement: Hashable, Sendable {
  public enum Label: Hashable, Sendable {
    /// The element's name.
    case name
    /// The value of that attribute.
    case attribute(String)
    case constant(String)
  }

  /// The element's name without prefix; `*` is any.
  public var element: String
  public var label: Label

  public init(element: String, label: Label) {
    self.element = element
    self.label = label
  }

  /// As options write it: `PER`, `ENAMEX@TYPE`, `persName=PER`; nil if it is none of these.
  public init?(_ text: String) {
    let parts = text.utf8.split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "=")
    }
    guard let element = parts.first, !element.isEmpty else { return nil }
    self.element = String(Substring(element))
    guard parts.count == 2 else {
      label = .name
      return
    }
    guard !parts[1].isEmpty else { return nil }
    let value = String(Substring(parts[1]))
    let sign = text.utf8[element.endIndex]
    label = sign == UInt8(ascii: "@") ? .attribute(value) : .constant(value)
  }
}
