/// HAREM: `<EM CATEG="PESSOA|LOCAL" TIPO="…">`.
///
/// The label is the first category; `CATEG` is kept where it says more. Of `<ALT>a|b</ALT>` the
/// first alternative is read and what is annotated in the others is counted. The text of
/// `<OMITIDO>` is read, nothing in it annotated.
struct HaremProfile: MarkupProfile {
  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    switch element.name.uppercased() {
    case "EM":
      var entity =
        element.entity(labelIn: "CATEG") ?? element.entity(labelIn: "categ")
      if entity == nil {
        report.repair("EM without CATEG labelled EM")
        entity = element.entity(label: "EM")
      }
      if entity?.id == nil, let id = element["ID"] {
        entity?.id = id
        entity?.attributes.removeAll { $0.name.hasSameBytes(as: "ID") }
      }
      return entity.map(MarkupRole.entity) ?? .inline
    case "ALT": return .alternatives
    case "OMITIDO": return .unannotated
    // The first HAREM names its documents in elements.
    case "DOCID", "GENERO", "ORIGEM": return .identifier
    default: return KnownElements.role(of: element, in: context)
    }
  }
}
