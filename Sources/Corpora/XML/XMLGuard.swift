/// Looks at the bytes of an XML document before libxml2 does, and refuses what libxml2 would
/// accept at a price: entity declarations, tags with very many attributes or of great length
/// (which cost it quadratic time), and encodings in which markup cannot be seen from here.
///
/// It need not be a full parser: what it misreads, libxml2 refuses as not well formed.
///
/// Lists of attributes in a document's own DTD are blanked out before libxml2 sees them: nothing
/// here asks for default values, and it takes time quadratic in the values of an enumeration, in
/// the defaults of an element and in references to one `ID`.
struct XMLGuard {
  struct Limits: Hashable, Sendable {
    var attributes = 1000
    var tagBytes = 1 << 20
  }

  /// Where a tag stands: from its `<` to behind its `>`.
  struct Tag: Hashable {
    var start: XMLPlace
    var end: XMLPlace
  }

  /// What is wrong, and where.
  struct Refusal: Error {
    var line: Int
    var column: Int
    var expected: String
    var found: String
  }

  private enum AttributeList {
    case beforeName
    case name
    /// What is blanked out.
    case definitions
  }

  private enum State {
    case text
    case open
    case bang
    case tag
    case instruction
    case comment
    case cdata
  }

  private let limits: Limits
  private var state = State.text
  private var quote: UInt8?
  private var attributes = 0
  private var length = 0
  /// The letters after `<!`, or the start of a processing instruction.
  private var name: [UInt8] = []
  /// The last two units, for the ends of comments and the like.
  private var last: (UInt8, UInt8) = (0, 0)
  private var isDeclaration = false
  /// How far a declaration of attributes has come; nil outside.
  private var attributeList: AttributeList?
  private var line = 1
  private var column = 0
  private var units: CodeUnits
  private let keepsTags: Bool
  /// Of the tag that is read.
  private var tagStart = XMLPlace(line: 1, column: 1)
  /// The tags of elements, in order; of those before `nextTag` all has been said.
  private var tags: [Tag] = []
  private var nextTag = 0

  /// - Parameters:
  ///   - start: the document's first bytes, four if it has them.
  ///   - keepsTags: whether `takeTag` will be asked.
  /// - Throws: `Refusal`.
  init(limits: Limits, start: [UInt8], keepsTags: Bool = false) throws(Refusal) {
    self.limits = limits
    self.keepsTags = keepsTags
    guard let units = CodeUnits(start: start) else {
      throw Refusal(
        line: 1, column: 1,
        expected: "XML in UTF-8, UTF-16 or an encoding that extends ASCII by one byte",
        found: "bytes of another encoding")
    }
    self.units = units
  }

  /// Checks the next bytes, and blanks out in them what libxml2 is not to see. Half a code unit at
  /// their end is taken out, to come before the next bytes.
  ///
  /// - Throws: `Refusal`.
  mutating func check(_ bytes: inout [UInt8]) throws(Refusal) {
    units.align(&bytes)
    for index in bytes.indices {
      guard let unit = units.next(bytes[index]) else { continue }
      try take(unit)
      if attributeList == .definitions { units.blank(&bytes, endingAt: index) }
    }
  }

  /// Checks that the bytes end where a code unit does.
  ///
  /// - Throws: `Refusal`.
  func finish() throws(Refusal) {
    guard units.isWhole else {
      throw refusal(expected: "UTF-16 in units of two bytes", found: "one byte more at the end")
    }
  }

  /// Where the next tag of an element stands: start tags, end tags and empty ones in their order.
  /// libxml2 parses ahead of its reader, and does not say where a node is.
  mutating func takeTag() -> Tag? {
    guard nextTag < tags.count else { return nil }
    defer {
      nextTag += 1
      if nextTag == tags.count {
        tags.removeAll(keepingCapacity: true)
        nextTag = 0
      }
    }
    return tags[nextTag]
  }

  private func refusal(expected: String, found: String) -> Refusal {
    Refusal(line: line, column: max(column, 1), expected: expected, found: found)
  }

  private mutating func take(_ unit: UInt8) throws(Refusal) {
    if unit == UInt8(ascii: "\n") {
      line += 1
      column = 0
    } else {
      column += 1
    }
    switch state {
    case .text:
      if unit == UInt8(ascii: "<") {
        state = .open
        tagStart = XMLPlace(line: line, column: column)
      }
    case .open: open(unit)
    case .bang: try bang(unit)
    case .tag: try tag(unit)
    case .instruction: try instruction(unit)
    case .comment:
      if unit == UInt8(ascii: ">"), last == (UInt8(ascii: "-"), UInt8(ascii: "-")) {
        state = .text
      }
    case .cdata:
      if unit == UInt8(ascii: ">"), last == (UInt8(ascii: "]"), UInt8(ascii: "]")) {
        state = .text
      }
    }
    last = (last.1, unit)
  }

  private mutating func open(_ unit: UInt8) {
    name = []
    length = 0
    attributes = 0
    quote = nil
    isDeclaration = false
    attributeList = nil
    switch unit {
    case UInt8(ascii: "!"): state = .bang
    case UInt8(ascii: "?"): state = .instruction
    case UInt8(ascii: ">"): state = .text
    default: state = .tag
    }
  }

  private mutating func bang(_ unit: UInt8) throws(Refusal) {
    name.append(unit)
    if name == Array("--".utf8) {
      state = .comment
      // `<!-->` does not end the comment.
      last = (0, 0)
    } else if name == Array("[CDATA[".utf8) {
      state = .cdata
    } else if name == Array("ENTITY".utf8) {
      throw refusal(
        expected: "no entity declarations (only the five predefined entities are read)",
        found: "<!ENTITY")
    } else if name.count == 7 || unit == UInt8(ascii: ">") || unit == UInt8(ascii: " ") {
      isDeclaration = true
      state = unit == UInt8(ascii: ">") ? .text : .tag
      if name == Array("ATTLIST".utf8) { attributeList = .beforeName }
    }
  }

  private mutating func tag(_ unit: UInt8) throws(Refusal) {
    length += 1
    if length > limits.tagBytes {
      throw refusal(
        expected: "tags of at most \(limits.tagBytes) bytes", found: "a longer one")
    }
    if let open = quote {
      if unit == open { quote = nil }
      return
    }
    if attributeList != nil { takeInAttributeList(unit) }
    switch unit {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = unit
    case UInt8(ascii: ">"):
      state = .text
      attributeList = nil
      if keepsTags, !isDeclaration {
        tags.append(Tag(start: tagStart, end: XMLPlace(line: line, column: column + 1)))
      }
    case UInt8(ascii: "[") where isDeclaration && attributeList == nil: state = .text
    case UInt8(ascii: "<"): open(unit)
    case UInt8(ascii: "=") where attributeList != nil: break
    case UInt8(ascii: "="):
      attributes += 1
      if attributes > limits.attributes {
        throw refusal(
          expected: "tags of at most \(limits.attributes) attributes", found: "one with more")
      }
    default: break
    }
  }

  private mutating func takeInAttributeList(_ unit: UInt8) {
    let isBlank = " \t\r\n".utf8.contains(unit)
    switch attributeList {
    case .beforeName? where !isBlank: attributeList = .name
    case .name? where isBlank: attributeList = .definitions
    default: break
    }
  }

  private mutating func instruction(_ unit: UInt8) throws(Refusal) {
    if name.count < 1000 { name.append(unit) }
    guard unit == UInt8(ascii: ">"), last.1 == UInt8(ascii: "?") else { return }
    state = .text
    let isDeclaration =
      name.starts(with: "xml".utf8) && name.count > 3 && " \t\r\n".utf8.contains(name[3])
    guard isDeclaration else { return }
    guard name.count < 1000 else {
      throw refusal(expected: "an XML declaration of ordinary length", found: "a longer one")
    }
    try checkDeclaration()
  }

  /// The declared encoding must show markup as ASCII.
  private func checkDeclaration() throws(Refusal) {
    let key = Array("encoding".utf8)
    let places = name.indices.dropLast(key.count)
    guard let place = places.first(where: { name[$0...].starts(with: key) }) else { return }
    let marks = " =\t\r\n\"'?".utf8
    let bytes = name[(place + key.count)...].drop { marks.contains($0) }
      .prefix { !marks.contains($0) }
    let value = String(decoding: bytes, as: UTF8.self).uppercased()
    let known = ["UTF-8", "UTF8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII"]
    let families = ["ISO-8859-", "ISO8859-", "WINDOWS-12", "CP12", "KOI8-", "LATIN"]
    guard known.contains(value) || families.contains(where: { value.hasPrefix($0) }) else {
      throw refusal(
        expected: "XML in UTF-8, UTF-16 or an encoding that extends ASCII by one byte",
        found: value.quoted)
    }
  }
}

/// A place in an XML document, both numbers from 1; columns count code units.
struct XMLPlace: Hashable {
  var line: Int
  var column: Int
}

/// How many bytes a document's code units have, and in which order.
private struct CodeUnits {
  private let highFirst: Bool?
  private var pending: UInt8?
  /// Half a unit taken out of the bytes before.
  private var held: UInt8?

  /// nil if the first bytes are of no encoding that shows markup as ASCII or UTF-16.
  init?(start: [UInt8]) {
    let (first, second) = (start.first ?? 0x20, start.count > 1 ? start[1] : 0x20)
    switch (first, second) {
    case (0xFF, 0xFE), (UInt8(ascii: "<"), 0): highFirst = false
    case (0xFE, 0xFF), (0, UInt8(ascii: "<")): highFirst = true
    case (0, _), (_, 0), (0x4C, 0x6F): return nil
    default:
      highFirst = nil
      return
    }
    // UTF-32 begins like UTF-16 and goes on with zeros.
    if start.count > 3, start[2] == 0, start[3] == 0 { return nil }
  }

  /// Makes the bytes whole code units.
  mutating func align(_ bytes: inout [UInt8]) {
    guard highFirst != nil else { return }
    if let held {
      bytes.insert(held, at: 0)
      self.held = nil
    }
    if bytes.count % 2 == 1 { held = bytes.popLast() }
  }

  var isWhole: Bool { held == nil }

  /// Puts a space in the place of the code unit whose last byte is there; ends of lines stay.
  func blank(_ bytes: inout [UInt8], endingAt index: Int) {
    let space = UInt8(ascii: " ")
    guard let highFirst else {
      if bytes[index] != UInt8(ascii: "\n") { bytes[index] = space }
      return
    }
    guard index > bytes.startIndex else { return }
    let (high, low) = highFirst ? (index - 1, index) : (index, index - 1)
    guard (bytes[high], bytes[low]) != (0, UInt8(ascii: "\n")) else { return }
    (bytes[high], bytes[low]) = (0, space)
  }

  /// The next code unit, 0x80 standing for all beyond ASCII; nil after half a unit.
  mutating func next(_ byte: UInt8) -> UInt8? {
    guard let highFirst else { return byte }
    guard let before = pending else {
      pending = byte
      return nil
    }
    pending = nil
    let (high, low) = highFirst ? (before, byte) : (byte, before)
    return high == 0 ? low : 0x80
  }
}
