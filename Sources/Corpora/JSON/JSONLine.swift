/// A span in JSON lines: offsets into the text, or into the words of a `tokens` line.
public struct JSONSpan: Hashable, Sendable {
  /// Unicode scalars of `text`, or indices of `tokens`; half-open, never empty.
  public var range: Range<Int>
  /// The text of the span, if the line gives it.
  public var text: String?
  public var label: String
  /// 0 to 1.
  public var confidence: Double?

  public init(range: Range<Int>, text: String?, label: String, confidence: Double? = nil) {
    self.range = range
    self.text = text
    self.label = label
    self.confidence = confidence
  }
}

/// One line of the format `jsonl`.
public struct JSONLine: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    /// Empty or white space.
    case blank
    case text(String)
    case tokens([String])
  }

  public var content: Content
  public var id: String?
  /// nil where the line has no `spans`.
  public var spans: [JSONSpan]?
  /// One for each token; nil where the line has no `tags`.
  public var tags: [String]?

  /// Reads a line. Keys other than `id`, `text`, `tokens`, `spans` and `tags` are passed over;
  /// `ner_tags` is not known, being numbers.
  ///
  /// - Throws: `CorpusError` with the line's number.
  public init(_ line: Line, file: String) throws(CorpusError) {
    let isBlank = line.content.allSatisfy { " \t".utf8.contains($0) }
    self.init(content: .blank)
    guard !isBlank else { return }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line.content)
    } catch {
      throw CorpusError(
        file: file, line: line.number, column: error.offset + 1, expected: error.expected,
        found: error.found)
    }
    let parser = Fields(file: file, line: line.number)
    guard case .object = value else {
      throw parser.error("an object with \"text\" or \"tokens\"", value.kind)
    }
    id = value["id"].flatMap { $0.string ?? $0.integer.map(String.init) }
    switch (value["text"], value["tokens"]) {
    case (let text?, nil):
      content = .text(try parser.string(text, "\"text\""))
    case (nil, let tokens?):
      content = .tokens(try parser.strings(tokens, "\"tokens\""))
    case (nil, nil): throw parser.error("\"text\" or \"tokens\"", "neither")
    case (_?, _?): throw parser.error("either \"text\" or \"tokens\"", "both")
    }
    if let tags = value["tags"], tags != .null { self.tags = try parser.strings(tags, "\"tags\"") }
    if let list = value["spans"], list != .null {
      var spans: [JSONSpan] = []
      for span in try parser.array(list, "\"spans\"") { spans.append(try parser.span(span)) }
      self.spans = spans
    }
    try check(parser)
  }

  public init(content: Content, id: String? = nil, spans: [JSONSpan]? = nil) {
    self.content = content
    self.id = id
    self.spans = spans
  }

  private func check(_ parser: Fields) throws(CorpusError) {
    let scalars: [Unicode.Scalar]
    let count: Int
    switch content {
    case .blank: return
    case .text(let text):
      guard tags == nil else {
        throw parser.error("\"tags\" with \"tokens\" only", "with \"text\"")
      }
      scalars = Array(text.unicodeScalars)
      count = scalars.count
    case .tokens(let tokens):
      if let tags, tags.count != tokens.count {
        throw parser.error("\(tokens.count) tags, one for each token", "\(tags.count)")
      }
      scalars = []
      count = tokens.count
    }
    for span in spans ?? [] {
      guard span.range.upperBound <= count else {
        throw parser.error("spans inside 0..<\(count)", "one that ends at \(span.range.upperBound)")
      }
      guard case .text = content, let text = span.text else { continue }
      guard scalars[span.range].elementsEqual(text.unicodeScalars) else {
        let there = String(scalars: scalars[span.range])
        throw parser.error(
          "\(text.quoted) at \(span.range.lowerBound)..<\(span.range.upperBound) "
            + "(offsets count Unicode scalars)", there.quoted)
      }
    }
  }

  /// Takes typed values out of JSON, with messages that name the line.
  private struct Fields {
    let file: String
    let line: Int

    func error(_ expected: String, _ found: String) -> CorpusError {
      CorpusError(file: file, line: line, expected: expected, found: found)
    }

    func string(_ value: JSONValue, _ what: String) throws(CorpusError) -> String {
      guard let string = value.string else { throw error("a string for \(what)", value.kind) }
      return string
    }

    func array(_ value: JSONValue, _ what: String) throws(CorpusError) -> [JSONValue] {
      guard let array = value.array else { throw error("an array for \(what)", value.kind) }
      return array
    }

    func strings(_ value: JSONValue, _ what: String) throws(CorpusError) -> [String] {
      var strings: [String] = []
      for element in try array(value, what) {
        strings.append(try string(element, "each of \(what)"))
      }
      return strings
    }

    func span(_ value: JSONValue) throws(CorpusError) -> JSONSpan {
      guard let start = value["start"]?.integer, let end = value["end"]?.integer,
        let label = value["label"]?.string, !label.isEmpty
      else { throw error("spans with whole \"start\" and \"end\" and a \"label\"", "another") }
      guard start >= 0, start < end else {
        throw error("0 ≤ start < end in each span", "\(start) and \(end)")
      }
      var confidence: Double?
      if case .number(let number)? = value["confidence"] { confidence = number }
      return JSONSpan(
        range: start..<end, text: value["text"]?.string, label: label, confidence: confidence)
    }
  }
}
