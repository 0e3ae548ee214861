import Tokenization

/// A file of questions and answers in the format of SQuAD 1.1 and 2.0.
public struct SQuADFile: Sendable {
  /// The most bytes that a file may have: it is one JSON value, and read as a whole.
  public static let sizeLimit = 1 << 30

  public var version: String?
  public var paragraphs: [Passage]
  /// How many answers were repaired or have no place, by reason.
  public var report: CorpusReport

  /// Reads a file.
  ///
  /// - Throws: `CorpusError`.
  public init(_ input: CorpusInput, encoding: TextEncoding? = nil) throws {
    self = try Self.read(ByteSource(input), encoding: encoding)
  }

  static func read(_ source: ByteSource, encoding: TextEncoding?) throws -> SQuADFile {
    let bytes = try bytes(of: source, encoding: encoding ?? .utf8)
    var paragraphs: [Passage] = []
    var parser = SQuADParser(file: source.name, bytes: bytes)
    try parser.forEachParagraph { paragraphs.append($0) }
    return SQuADFile(version: parser.version, paragraphs: paragraphs, report: parser.report)
  }

  private init(version: String?, paragraphs: [Passage], report: CorpusReport) {
    self.version = version
    self.paragraphs = paragraphs
    self.report = report
  }

  /// The whole file as UTF-8, without a byte order mark.
  static func bytes(
    of source: ByteSource, encoding: TextEncoding
  ) throws(CorpusError) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    while let chunk = try source.next() {
      bytes += encoding.utf8(chunk)
      guard bytes.count <= sizeLimit else {
        throw CorpusError(
          file: source.name, expected: "a JSON file of at most \(sizeLimit) bytes",
          found: "a larger one")
      }
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    if let invalid = UTF8Check.firstInvalid(in: text) {
      let byte = String(text[text.startIndex + invalid], radix: 16, uppercase: true)
      throw JSONPlaces(file: source.name, bytes: text).error(
        "UTF-8 (or --encoding latin1)", "byte 0x\(byte)", at: invalid)
    }
    return text
  }
}

/// Tells lines and columns of a JSON file.
struct JSONPlaces {
  let file: String
  let bytes: ArraySlice<UInt8>

  /// - Parameter offset: of a byte, from the beginning.
  func error(_ expected: String, _ found: String, at offset: Int) -> CorpusError {
    let before = bytes.prefix(offset)
    let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex
    return CorpusError(
      file: file, line: line, column: before.endIndex - start + 1, expected: expected,
      found: found)
  }

  func error(_ failure: JSONValue.Failure) -> CorpusError {
    error(failure.expected, failure.found, at: failure.offset)
  }
}
