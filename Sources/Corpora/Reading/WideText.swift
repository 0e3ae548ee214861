/// UTF-16 and UTF-32, in which no format is read but XML.
enum WideText {
  /// - Throws: `CorpusError` for a file that begins like text in UTF-16 or UTF-32, unless the text
  ///   begins like XML.
  static func refuse(_ sample: [UInt8], file: String) throws(CorpusError) {
    guard let encoding = encoding(of: sample) else { return }
    let isMark: (UInt8) -> Bool = { [0x00, 0xFE, 0xFF].contains($0) }
    let text = sample.lazy.drop(while: isMark).filter { $0 != 0 }
    guard text.first(where: { !" \t\r\n".utf8.contains($0) }) != UInt8(ascii: "<") else { return }
    throw CorpusError(
      file: file, line: 1, column: 1,
      expected: "UTF-8 (iconv -f \(encoding) -t UTF-8 makes it of this file)", found: encoding)
  }

  private static func encoding(of sample: [UInt8]) -> String? {
    if sample.starts(with: [0xFF, 0xFE, 0, 0]) || sample.starts(with: [0, 0, 0xFE, 0xFF]) {
      return "UTF-32"
    }
    if sample.starts(with: [0xFF, 0xFE]) || sample.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    // Without a mark: every other byte of what is mostly ASCII is zero.
    let start = sample.prefix(1024)
    guard start.count >= 8 else { return nil }
    var zeros = (even: 0, odd: 0)
    for (index, byte) in start.enumerated() where byte == 0 {
      if index.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
    }
    let most = start.count / 4
    if zeros.even == 0, zeros.odd > most { return "UTF-16LE" }
    if zeros.odd == 0, zeros.even > most { return "UTF-16BE" }
    return nil
  }
}
