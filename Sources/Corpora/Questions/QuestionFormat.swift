/// The formats of corpora of questions and answers.
public enum QuestionFormat: String, CaseIterable, Hashable, Sendable {
  /// SQuAD 1.1 and 2.0: one JSON value.
  case squad
  /// A question a line, with its passage.
  case jsonl
  /// The project's own: `<questions version="1">`.
  case xml
}

extension QuestionFormat {
  /// Whether a file is questions and nothing that other readers of corpora know: our own XML, or JSON lines with
  /// questions and contexts. SQuAD can be read as documents as well.
  ///
  /// - Throws: `CorpusError` if the file cannot be read.
  public static func isMeant(by source: ByteSource) throws(CorpusError) -> Bool {
    let sample = try source.sample(FormatDetection.sampleSize)
    let isMarked = sample.bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let bytes = isMarked ? sample.bytes.dropFirst(3) : sample.bytes[...]
    let start = Array(bytes.prefix(4))
    if FormatSample(bytes: start, isWhole: false, name: "").isUTF16 {
      // Names of elements that are looked for are ASCII.
      return isRoot("questions", of: bytes.filter { $0 != 0 }[...])
    }
    var parser = JSONParser(bytes)
    parser.skipSpace()
    switch parser.next {
    case UInt8(ascii: "<"): return isRoot("questions", of: bytes)
    case UInt8(ascii: "{"): return hasQuestion(object: parser)
    default: return false
    }
  }

  /// Whether the first element of XML has a name, behind comments, instructions and a document type.
  private static func isRoot(_ name: String, of bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...].dropFirst()
      let end: String
      switch rest.first {
      case UInt8(ascii: "?"): end = "?>"
      case UInt8(ascii: "!"): end = rest.starts(with: "!--".utf8) ? "-->" : ">"
      default:
        guard rest.starts(with: name.utf8) else { return false }
        return rest.dropFirst(name.utf8.count).first.map { " \t\r\n>/".utf8.contains($0) } ?? true
      }
      while !rest.isEmpty, !rest.starts(with: end.utf8) { rest = rest.dropFirst() }
    }
    return false
  }

  /// Whether an object, which may be cut, has the keys of a question rather than those of a text.
  private static func hasQuestion(object start: JSONParser) -> Bool {
    var parser = start
    var hasContext = false
    guard parser.take("{") else { return false }
    repeat {
      guard let key = try? parser.key() else { break }
      if key.hasSameBytes(as: "question") { return true }
      if ["text", "tokens", "data", "paragraphs"].contains(where: key.hasSameBytes) {
        return false
      }
      hasContext = hasContext || key.hasSameBytes(as: "context")
      guard (try? parser.skip()) != nil else { break }
      parser.skipSpace()
    } while parser.take(",")
    return hasContext
  }

  /// What a file is, by its first bytes, which stay in the source.
  ///
  /// - Throws: `CorpusError` if the file cannot be read or is of no such format.
  static func detect(_ source: ByteSource) throws(CorpusError) -> QuestionFormat {
    let sample = try source.sample(FormatDetection.sampleSize)
    try WideText.refuse(sample.bytes, file: source.name)
    // What is left in UTF-16 begins like XML.
    let start = Array(sample.bytes.prefix(4))
    if FormatSample(bytes: start, isWhole: false, name: "").isUTF16 { return .xml }
    let isMarked = sample.bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var parser = JSONParser(isMarked ? sample.bytes.dropFirst(3) : sample.bytes[...])
    parser.skipSpace()
    switch parser.next {
    // Without a line there is no question: what that means, all inputs together say.
    case nil: return .jsonl
    case UInt8(ascii: "<"): return .xml
    case UInt8(ascii: "{"): return format(ofObject: parser)
    default:
      let places = JSONPlaces(file: source.name, bytes: parser.bytes)
      let line = parser.bytes.dropFirst(parser.offset).prefix { $0 != UInt8(ascii: "\n") }
      throw places.error(
        "questions: SQuAD (an object with \"data\"), JSON lines (an object with \"question\" and "
          + "\"context\" a line) or XML (<questions>)",
        String(decoding: line, as: UTF8.self).quoted, at: parser.offset)
    }
  }

  /// Of the first keys that tell one from the other, which is there; the object may be cut.
  private static func format(ofObject start: JSONParser) -> QuestionFormat {
    var parser = start
    guard parser.take("{") else { return .jsonl }
    repeat {
      guard let key = try? parser.key() else { return .jsonl }
      if key.hasSameBytes(as: "data"), parser.next == UInt8(ascii: "[") { return .squad }
      if key.hasSameBytes(as: "question") || key.hasSameBytes(as: "context") { return .jsonl }
      guard (try? parser.skip()) != nil else { return .jsonl }
      parser.skipSpace()
    } while parser.take(",")
    return .jsonl
  }
}
