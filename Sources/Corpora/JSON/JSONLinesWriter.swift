/// Writes JSON lines: `{"text","spans":[{"start","end","text","label","confidence"}]}`, keys
/// always in this order, `id` first where there is one.
public enum JSONLinesWriter {
  /// One line with its line feed. A blank line is written as an empty text.
  public static func bytes(of line: JSONLine) -> [UInt8] {
    var bytes: [UInt8] = Array("{".utf8)
    if let id = line.id {
      bytes += "\"id\":".utf8
      JSONText.append(id, to: &bytes)
      bytes += ",".utf8
    }
    switch line.content {
    case .blank: bytes += "\"text\":\"\"".utf8
    case .text(let text):
      bytes += "\"text\":".utf8
      JSONText.append(text, to: &bytes)
    case .tokens(let tokens):
      bytes += "\"tokens\":".utf8
      append(tokens, to: &bytes)
    }
    if let tags = line.tags {
      bytes += ",\"tags\":".utf8
      append(tags, to: &bytes)
    }
    bytes += ",\"spans\":[".utf8
    for (index, span) in (line.spans ?? []).enumerated() {
      if index > 0 { bytes += ",".utf8 }
      append(span, to: &bytes)
    }
    bytes += "]}\n".utf8
    return bytes
  }

  /// The document as one line, its annotations by offsets into its text.
  public static func bytes(of document: Document) -> [UInt8] {
    let scalars = Array(document.text.unicodeScalars)
    let spans = document.annotations.filter { !$0.range.isEmpty }.map { annotation in
      JSONSpan(
        range: annotation.range, text: String(scalars: scalars[annotation.range]),
        label: annotation.label)
    }
    return bytes(of: JSONLine(content: .text(document.text), id: document.id, spans: spans))
  }

  private static func append(_ strings: [String], to bytes: inout [UInt8]) {
    bytes += "[".utf8
    for (index, string) in strings.enumerated() {
      if index > 0 { bytes += ",".utf8 }
      JSONText.append(string, to: &bytes)
    }
    bytes += "]".utf8
  }

  private static func append(_ span: JSONSpan, to bytes: inout [UInt8]) {
    bytes += "{\"start\":\(span.range.lowerBound),\"end\":\(span.range.upperBound)".utf8
    if let text = span.text {
      bytes += ",\"text\":".utf8
      JSONText.append(text, to: &bytes)
    }
    bytes += ",\"label\":".utf8
    JSONText.append(span.label, to: &bytes)
    if let confidence = span.confidence {
      bytes += ",\"confidence\":".utf8
      JSONText.append(fraction: confidence, to: &bytes)
    }
    bytes += "}".utf8
  }
}
