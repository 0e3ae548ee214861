/// The bytes of an XML document in UTF-8, cut into tokens that know where they stand: for changing
/// a document without touching what is not changed.
///
/// It is no parser: `XMLPullReader` has to have accepted the document before, and `XMLText` makes
/// sure that both see the same in it.
struct XMLMarkup: Sendable {
  enum Kind: UInt8, Sendable {
    case startTag
    case endTag
    /// `<name/>`
    case emptyTag
    /// Character data without references.
    case text
    /// A character reference, or one to a predefined entity.
    case reference
    case cdata
    case comment
    /// Also the XML declaration.
    case instruction
    case documentType
  }

  struct Token: Sendable {
    let kind: Kind
    fileprivate let start: Int32
    fileprivate let end: Int32
    fileprivate var parentIndex: Int32
    fileprivate var partnerIndex: Int32

    /// The token's bytes.
    var range: Range<Int> { Int(start)..<Int(end) }

    /// The start tag of the element around it; nil outside of the root.
    var parent: Int? { parentIndex < 0 ? nil : Int(parentIndex) }

    /// Of a start tag its end tag, and the other way round; of other tokens themselves.
    var partner: Int { Int(partnerIndex) }

    var isCharacterData: Bool { kind == .text || kind == .reference || kind == .cdata }
  }

  struct Attribute: Sendable {
    /// With its prefix.
    var name: Range<Int>
    /// Between the quotation marks.
    var value: Range<Int>
  }

  /// What offsets in 32 bits, and memory, allow.
  static let sizeLimit = 512 << 20

  let bytes: [UInt8]
  private(set) var tokens: [Token] = []

  /// - Throws: `CorpusError` for what is not well formed or too big.
  init(_ bytes: [UInt8], file: String) throws(CorpusError) {
    self.bytes = bytes
    guard bytes.count <= Self.sizeLimit else {
      throw CorpusError(
        file: file, expected: "an XML document of at most \(Self.sizeLimit >> 20) MB",
        found: "a bigger one")
    }
    var open: [Int] = []
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < bytes.count {
      guard let (kind, end) = token(at: position) else {
        throw Self.malformed(file, "markup that does not end")
      }
      let index = tokens.count
      var partner = index
      if kind == .endTag {
        guard let start = open.popLast() else {
          throw Self.malformed(file, "an end tag without a start tag")
        }
        partner = start
        tokens[start].partnerIndex = Int32(index)
      }
      tokens.append(
        Token(
          kind: kind, start: Int32(position), end: Int32(end),
          parentIndex: open.last.map { Int32($0) } ?? -1, partnerIndex: Int32(partner)))
      if kind == .startTag { open.append(index) }
      position = end
    }
    guard open.isEmpty else { throw Self.malformed(file, "an element that does not end") }
  }

  private static func malformed(_ file: String, _ found: String) -> CorpusError {
    CorpusError(file: file, expected: "well-formed XML", found: found)
  }

  // MARK: Tokens

  /// The kind and the end of the token at a place; nil if it does not end.
  private func token(at start: Int) -> (Kind, Int)? {
    switch bytes[start] {
    case UInt8(ascii: "<"): break
    case UInt8(ascii: "&"):
      return end(of: ";", from: start + 1).map { (.reference, $0) }
    default:
      let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }
      return (.text, end ?? bytes.count)
    }
    if begins("<?", at: start) {
      return end(of: "?>", from: start + 2).map { (.instruction, $0) }
    }
    if begins("<!--", at: start) { return end(of: "-->", from: start + 4).map { (.comment, $0) } }
    if begins("<![CDATA[", at: start) {
      return end(of: "]]>", from: start + 9).map { (.cdata, $0) }
    }
    if begins("<!", at: start) { return endOfDocumentType(start).map { (.documentType, $0) } }
    if begins("</", at: start) { return end(of: ">", from: start + 2).map { (.endTag, $0) } }
    guard let end = endOfTag(start) else { return nil }
    return (bytes[end - 2] == UInt8(ascii: "/") ? .emptyTag : .startTag, end)
  }

  func begins(_ text: StaticString, at start: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard start + count <= bytes.count else { return false }
    return text.withUTF8Buffer { bytes[start..<start + count].elementsEqual($0) }
  }

  /// The end of the next occurrence of `text`.
  private func end(of text: StaticString, from start: Int) -> Int? {
    let count = text.utf8CodeUnitCount
    guard start + count <= bytes.count else { return nil }
    return text.withUTF8Buffer { pattern in
      bytes.withUnsafeBufferPointer { bytes in
        var index = start
        while index + count <= bytes.count {
          if bytes[index] == pattern[0] {
            var length = 1
            while length < count, bytes[index + length] == pattern[length] { length += 1 }
            if length == count { return index + count }
          }
          index += 1
        }
        return nil
      }
    }
  }

  private func endOfTag(_ start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var quote: UInt8?
      var index = start + 1
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        if let open = quote {
          if byte == open { quote = nil }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == UInt8(ascii: ">") {
          return index - start > 2 ? index : nil
        }
      }
      return nil
    }
  }

  /// The internal subset holds declarations, in brackets, with `>` in them.
  private func endOfDocumentType(_ start: Int) -> Int? {
    var quote: UInt8?
    var depth = 0
    var index = start + 2
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if begins("<!--", at: index) {
        guard let end = end(of: "-->", from: index + 4) else { return nil }
        index = end
        continue
      } else if begins("<?", at: index) {
        guard let end = end(of: "?>", from: index + 2) else { return nil }
        index = end
        continue
      } else {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: ">") where depth <= 0: return index + 1
        default: break
        }
      }
      index += 1
    }
    return nil
  }

  // MARK: What is in them

  /// The name in a tag, with its prefix.
  func name(_ index: Int) -> ArraySlice<UInt8> {
    let token = tokens[index]
    let start = token.range.lowerBound + (token.kind == .endTag ? 2 : 1)
    let end = bytes[start..<token.range.upperBound].firstIndex { Self.endsName($0) }
    return bytes[start..<(end ?? token.range.upperBound)]
  }

  /// The name in a tag, without prefix.
  func localName(_ index: Int) -> String {
    let name = name(index)
    let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    return String(decoding: local, as: UTF8.self)
  }

  /// The prefix of the name in a tag; empty if it has none.
  func prefix(_ index: Int) -> String {
    let name = name(index)
    let colon = name.firstIndex(of: UInt8(ascii: ":"))
    return colon.map { String(decoding: name[..<$0], as: UTF8.self) } ?? ""
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "=")
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// The attributes of a tag, declarations of namespaces included.
  func attributes(_ index: Int) -> [Attribute] {
    let end = tokens[index].range.upperBound
    var result: [Attribute] = []
    var position = name(index).endIndex
    while true {
      while position < end, Self.isSpace(bytes[position]) { position += 1 }
      let nameStart = position
      while position < end, !Self.endsName(bytes[position]) { position += 1 }
      let name = nameStart..<position
      while position < end, Self.isSpace(bytes[position]) { position += 1 }
      guard !name.isEmpty, position < end, bytes[position] == UInt8(ascii: "=") else {
        return result
      }
      position += 1
      while position < end, Self.isSpace(bytes[position]) { position += 1 }
      guard position < end else { return result }
      let quote = bytes[position]
      position += 1
      guard let close = bytes[position..<end].firstIndex(of: quote) else { return result }
      result.append(Attribute(name: name, value: position..<close))
      position = close + 1
    }
  }

  /// The attribute of that name, prefix included.
  func attribute(_ name: String, _ index: Int) -> Attribute? {
    attributes(index).first { bytes[$0.name].elementsEqual(name.utf8) }
  }

  /// The value of the attribute of that name, prefix included.
  func value(_ name: String, _ index: Int) -> String? {
    attribute(name, index).map { String(scalars: XMLText(attribute: $0, of: self).scalars) }
  }

  /// The token that a byte belongs to.
  func token(of byte: Int) -> Int {
    max(tokens.partitioningIndex { $0.range.lowerBound > byte } - 1, 0)
  }

  /// The tokens directly in an element.
  func children(of index: Int) -> [Int] {
    guard tokens[index].kind == .startTag else { return [] }
    var result: [Int] = []
    var child = index + 1
    while child < tokens[index].partner {
      result.append(child)
      child = max(tokens[child].partner, child) + 1
    }
    return result
  }

  /// The elements directly in an element.
  func elements(of index: Int) -> [Int] {
    children(of: index).filter {
      tokens[$0].kind == .startTag || tokens[$0].kind == .emptyTag
    }
  }

  /// The white space before a token, back to the token before.
  func indentation(_ index: Int) -> ArraySlice<UInt8> {
    guard index > 0, tokens[index - 1].kind == .text else { return [] }
    let text = bytes[tokens[index - 1].range]
    return text.allSatisfy(Self.isSpace) ? text : []
  }

  // MARK: Namespaces

  /// The URI that a prefix stands for in an element; nil if it is not declared.
  func namespace(ofPrefix prefix: String, in index: Int?) -> String? {
    let name = prefix.isEmpty ? "xmlns" : "xmlns:" + prefix
    var element = index
    while let index = element {
      if let value = value(name, index) { return value.isEmpty ? nil : value }
      element = tokens[index].parent
    }
    return nil
  }

  /// The URI of an element's namespace.
  func namespace(_ index: Int) -> String? {
    namespace(ofPrefix: prefix(index), in: index)
  }

  /// A prefix, other than none, that stands for a URI in an element.
  func prefix(of uri: String, in index: Int?) -> String? {
    var element = index
    while let index = element {
      for attribute in attributes(index) {
        let name = bytes[attribute.name]
        guard name.starts(with: "xmlns:".utf8) else { continue }
        let prefix = String(decoding: name.dropFirst(6), as: UTF8.self)
        if namespace(ofPrefix: prefix, in: element)?.hasSameBytes(as: uri) ?? false,
          namespace(ofPrefix: prefix, in: index)?.hasSameBytes(as: uri) ?? false
        {
          return prefix
        }
      }
      element = tokens[index].parent
    }
    return nil
  }

  /// The root element.
  var root: Int? { tokens.firstIndex { $0.kind == .startTag || $0.kind == .emptyTag } }
}
