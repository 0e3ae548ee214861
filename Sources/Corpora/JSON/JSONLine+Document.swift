extension JSONLine {
  /// The document as a line, its annotations by offsets into its text.
  ///
  /// - Parameter givesWords: whether the line has the words of the sentences.
  init(_ document: Document, scalars: [Unicode.Scalar], givesWords: Bool) {
    self.init(content: .text(document.text), id: document.id)
    spans = document.annotations.map { Self.span($0, scalars) }
    sentences = givesWords ? document.sentences.map(\.words) : nil
    sections = document.sections
    attributes = document.attributes
    others = JSONMemberAttributes.takeMembers(from: &attributes, leading: ["id"]) { member, value in
      Self.isFree(member, value, id: document.id)
    }
  }

  /// Whether a line of this document may have such a member besides.
  private static func isFree(
    _ member: JSONMember, _ value: JSONValue, id: String?
  ) -> Bool {
    switch member.key {
    case "text", "spans": false
    case "id": isName(member, value, of: id)
    case "tokens", "words": !JSONShape.isTokens(value)
    case "sentences": !JSONShape.isSentences(value)
    case "sections": !JSONShape.isSections(value)
    case "attributes": !JSONShape.isAttributes(value)
    default: true
    }
  }

  /// Whether the value stands for the name, being read as it.
  private static func isName(_ member: JSONMember, _ value: JSONValue, of id: String?) -> Bool {
    switch value {
    case .string: false
    case .number: id?.hasSameBytes(as: member.json) ?? false
    default: id == nil
    }
  }

  private static func span(_ annotation: Annotation, _ scalars: [Unicode.Scalar]) -> JSONSpan {
    let range = annotation.range
    var attributes = annotation.attributes
    let others = JSONMemberAttributes.takeMembers(
      from: &attributes, leading: ["confidence", "id"], number: "confidence"
    ) { member, value in
      switch member.key {
      case "start", "end", "label", "text": false
      case "fragments": !JSONShape.isFragments(value)
      case "layer": value.string == nil
      case "id": isName(member, value, of: annotation.id)
      case "attributes": !JSONShape.isAttributes(value)
      default: true
      }
    }
    return JSONSpan(
      range: range, text: String(scalars: scalars[range]), label: annotation.label,
      fragments: annotation.isDiscontinuous ? annotation.fragments : [], layer: annotation.layer,
      id: annotation.id, attributes: attributes, others: others)
  }
}
