/// MUC: `<ENAMEX TYPE="PERSON">`, `NUMEX`, `TIMEX`.
///
/// The label is the `TYPE`; of `A|B` the first, and the attribute is kept. `STATUS`, `MIN`, `ALT`
/// and other attributes are kept. `DOC` is a document, named by its attribute or by `DOCID` or
/// `DOCNO`.
struct EnamexProfile: MarkupProfile {
  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    switch element.name.lowercased() {
    case "enamex", "numex", "timex":
      if let entity = element.entity(labelIn: "TYPE") ?? element.entity(labelIn: "type") {
        return .entity(entity)
      }
      report.repair("element without TYPE labelled by its name")
      return .entity(element.entity())
    case "docid", "docno", "storyid": return .identifier
    default: return KnownElements.role(of: element, in: context)
    }
  }
}
