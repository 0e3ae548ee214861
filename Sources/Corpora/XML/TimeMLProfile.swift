/// TimeML: `EVENT` labelled by its class, `TIMEX3` by its type, `SIGNAL`; also `ENAMEX` and the
/// like, which early TimeBank has.
///
/// Links and instances are no stretches of text: they are set aside and counted.
struct TimeMLProfile: MarkupProfile {
  func role(
    of element: MarkupElement, in context: MarkupContext, _ report: inout CorpusReport
  ) -> MarkupRole {
    switch element.name {
    case "TimeML": return .document(id: element.id, attributes: element.attributes(without: ""))
    case "EVENT", "TIMEX3", "TIMEX2", "TIMEX", "SIGNAL", "CARDINAL", "C-SIGNAL":
      let labelled = element.entity(labelIn: element.name == "EVENT" ? "class" : "type")
      var entity = labelled ?? element.entity()
      let names = ["EVENT": "eid", "SIGNAL": "sid"]
      let name = names[element.name] ?? "tid"
      if entity.id == nil, let id = element[name] {
        entity.id = id
        entity.attributes.removeAll { $0.name.hasSameBytes(as: name) }
      }
      return .entity(entity)
    case "ENAMEX", "NUMEX":
      // TimeBank's sources have them, and what `tag` adds is written so.
      return .entity(KnownElements.entity(of: element) ?? element.entity())
    case "MAKEINSTANCE", "TLINK", "SLINK", "ALINK", "CLINK": return .setAside(element.name)
    case "DOCID": return .identifier
    case "DCT", "TEXT", "TITLE", "EXTRAINFO": return .section
    default:
      return KnownElements.role(of: element, in: context)
    }
  }
}
