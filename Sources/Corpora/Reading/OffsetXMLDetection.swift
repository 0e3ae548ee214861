/// Tells GATE XML and UIMA XMI from how a file begins.
enum OffsetXMLDetection {
  @Sendable static func recognize(_ sample: FormatSample) -> CorpusFormat? {
    guard let root = sample.rootElement else { return nil }
    let name = root.utf8.split(separator: UInt8(ascii: ":")).last.map { String(Substring($0)) }
    switch name {
    case "GateDocument": return .gate
    case "XMI": return sample.contains(XMIName.namespace) ? .xmi : nil
    default: return nil
    }
  }
}
