/// GENIA: `<cons lex="…" sem="G#protein_molecule">`, nested.
///
/// The label is what follows the `#`. A coordination (`(AND G#x G#y)`) is labelled by its first
/// operand, `sem` being kept, and its inner elements are annotations if they have a `sem` of their
/// own; those without are counted as set aside.
struct GeniaProfile: MarkupProfile {
  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    switch element.name {
    case "cons":
      guard let sem = element["sem"], let label = Self.label(of: sem) else {
        report.setAside("cons without sem")
        return .inline
      }
      let isPlain = sem.utf8.elementsEqual("G#\(label)".utf8)
      return .entity(
        isPlain ? element.entity(label: label, without: "sem") : element.entity(label: label))
    case "article": return .document(id: element.id, attributes: element.attributes(without: ""))
    case "articleinfo": return .block
    case "bibliomisc", "PMID": return .identifier
    case "title", "abstract", "ArticleTitle", "AbstractText": return .section
    case "sentence": return .sentence
    case "w", "tok": return .token(left: false, right: false)
    default: return KnownElements.role(of: element, in: context)
    }
  }

  /// `protein` of `G#protein`, `(AND G#protein G#DNA)` and `protein`; nil of nothing.
  static func label(of sem: String) -> String? {
    let parts = sem.utf8.split { " ()\t\n\r".utf8.contains($0) }
    let operators = ["AND", "OR", "AND/OR", "BUT_NOT", "NEITHER_NOR", "AS_WELL_AS", "TO", "THAN"]
    let operand =
      parts.first { $0.contains(UInt8(ascii: "#")) }
      ?? parts.first { part in !operators.contains { part.elementsEqual($0.utf8) } }
    guard let operand else { return nil }
    let label = operand.firstIndex(of: UInt8(ascii: "#")).map {
      operand[operand.index(after: $0)...]
    }
    let text = String(decoding: label ?? operand, as: UTF8.self)
    return text.isEmpty ? nil : text
  }
}
