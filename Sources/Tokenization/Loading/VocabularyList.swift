/// Reads `vocab.txt`: one token a line, its id the number of lines before it.
enum VocabularyList {
  static func read(_ bytes: [UInt8], file: String) throws(TokenizerError) -> Vocabulary {
    var builder = VocabularyBuilder(file: file, byteCount: bytes.count)
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let isReturned = end > start && bytes[end - 1] == 0x0D
      let token = bytes[start..<(isReturned ? end - 1 : end)]
      if let bad = firstInvalid(in: token) {
        throw .malformed(
          file: file, line: builder.count + 1, column: bad - start + 1, expected: "UTF-8",
          found: "the byte 0x" + String(bytes[bad], radix: 16, uppercase: true))
      }
      try builder.add(token, id: builder.count)
      start = end + 1
    }
    return try builder.finish()
  }

  /// Whether a vocabulary has capital letters of its own; asked where no file says whether to lower-case.
  static func isCased(_ vocabulary: Vocabulary) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains { letter in
      vocabulary.id(of: String(Unicode.Scalar(letter))) != nil
    }
  }

  /// The index of the first byte of `text` that is not UTF-8.
  private static func firstInvalid(in text: ArraySlice<UInt8>) -> Int? {
    if text.allSatisfy({ $0 < 0x80 }) { return nil }
    var decoder = UTF8()
    var iterator = text.makeIterator()
    var index = text.startIndex
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): index += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return index
      }
    }
  }
}
