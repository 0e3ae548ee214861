import Tokenization

extension CorpusInput {
  /// The most bytes that are read as one text.
  public static let textLimit = 1 << 28

  /// All of an input as one text, without a byte order mark.
  ///
  /// - Throws: `CorpusError` for what cannot be read, is not UTF-8, or is larger than `textLimit`.
  public func text(encoding: TextEncoding = .utf8) throws(CorpusError) -> String {
    let source = try ByteSource(self)
    var bytes: [UInt8] = []
    while let chunk = try source.next() {
      bytes += encoding.utf8(chunk)
      guard bytes.count <= Self.textLimit else {
        throw CorpusError(
          file: name, expected: "a text of at most \(Self.textLimit >> 20) MB",
          found: "a larger one")
      }
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    if let invalid = UTF8Check.firstInvalid(in: text) {
      let before = text.prefix(invalid)
      let byte = String(text[text.startIndex + invalid], radix: 16, uppercase: true)
      throw CorpusError(
        file: name, line: before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 },
        expected: "UTF-8 (or --encoding latin1)", found: "byte 0x\(byte)")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
