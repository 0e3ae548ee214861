/// Text of an XML document as a reader sees it (references resolved, line ends normalised), each
/// scalar with the bytes it is written in.
struct XMLText: Sendable {
  private(set) var scalars: [Unicode.Scalar] = []
  private var starts: [Int32] = []
  private var ends: [Int32] = []

  init() {}

  /// A part of the source that stands for text.
  struct Piece: Sendable {
    enum Kind: UInt8, Sendable {
      /// Character data outside or inside of CDATA.
      case text
      case reference
      /// Nothing in the source, read as a space.
      case space
    }
    let kind: Kind
    private let start: Int32
    private let end: Int32

    init(_ kind: Kind, _ range: Range<Int>) {
      self.kind = kind
      start = Int32(range.lowerBound)
      end = Int32(range.upperBound)
    }

    var range: Range<Int> { Int(start)..<Int(end) }
  }

  init(_ pieces: [Piece], of markup: XMLMarkup) {
    for piece in pieces { append(piece, of: markup) }
  }

  mutating func append(_ piece: Piece, of markup: XMLMarkup) {
    switch piece.kind {
    case .text: append(characters: piece.range, of: markup.bytes, isAttribute: false)
    case .reference: append(reference: piece.range, of: markup.bytes)
    case .space:
      append(" ", piece.range)
    }
  }

  /// An attribute's value: white space is spaces.
  init(attribute: XMLMarkup.Attribute, of markup: XMLMarkup) {
    let bytes = markup.bytes
    var position = attribute.value.lowerBound
    let end = attribute.value.upperBound
    while position < end {
      let isReference = bytes[position] == UInt8(ascii: "&")
      let stop = bytes[position..<end].firstIndex(
        of: UInt8(ascii: isReference ? ";" : "&"))
      if isReference {
        let next = stop.map { $0 + 1 } ?? end
        append(reference: position..<next, of: bytes)
        position = next
      } else {
        append(characters: position..<(stop ?? end), of: bytes, isAttribute: true)
        position = stop ?? end
      }
    }
  }

  /// A scalar and where it is.
  mutating func append(_ scalar: Unicode.Scalar, _ range: Range<Int>) {
    scalars.append(scalar)
    starts.append(Int32(range.lowerBound))
    ends.append(Int32(range.upperBound))
  }

  /// The bytes of a scalar in the source.
  func source(_ index: Int) -> Range<Int> { Int(starts[index])..<Int(ends[index]) }

  private mutating func append(
    characters range: Range<Int>, of bytes: [UInt8], isAttribute: Bool
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      var index = range.lowerBound
      while index < range.upperBound {
        let start = index
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\r") {
          if index < range.upperBound, bytes[index] == UInt8(ascii: "\n") { index += 1 }
          append(isAttribute ? " " : "\n", start..<index)
        } else if byte < 0x80 {
          let isSpace = isAttribute && (byte == 0x09 || byte == 0x0A)
          append(isSpace ? " " : Unicode.Scalar(byte), start..<index)
        } else {
          let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
          var value = UInt32(byte) & (0xFF >> UInt32(length + 1))
          while index < min(start + length, range.upperBound) {
            value = value << 6 | UInt32(bytes[index] & 0x3F)
            index += 1
          }
          append(Unicode.Scalar(value) ?? "\u{FFFD}", start..<index)
        }
      }
    }
  }

  private mutating func append(reference range: Range<Int>, of bytes: [UInt8]) {
    let name = bytes[range].dropFirst().dropLast()
    let scalar: Unicode.Scalar?
    if name.starts(with: "#x".utf8) {
      scalar = UInt32(String(decoding: name.dropFirst(2), as: UTF8.self), radix: 16)
        .flatMap(Unicode.Scalar.init)
    } else if name.first == UInt8(ascii: "#") {
      scalar = UInt32(String(decoding: name.dropFirst(), as: UTF8.self))
        .flatMap(Unicode.Scalar.init)
    } else {
      let entities: [(StaticString, Unicode.Scalar)] = [
        ("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"),
      ]
      scalar =
        entities.first { entity in
          entity.0.withUTF8Buffer { name.elementsEqual($0) }
        }?.1
    }
    append(scalar ?? "\u{FFFD}", range)
  }
}

extension XMLMarkup {
  /// What a token of character data holds of text.
  func piece(_ index: Int) -> XMLText.Piece {
    let token = tokens[index]
    switch token.kind {
    case .reference: return XMLText.Piece(.reference, token.range)
    case .cdata:
      return XMLText.Piece(.text, token.range.lowerBound + 9..<token.range.upperBound - 3)
    default: return XMLText.Piece(.text, token.range)
    }
  }

  /// All character data in an element.
  func text(in index: Int) -> XMLText {
    guard tokens[index].kind == .startTag else { return XMLText() }
    let inside = index + 1..<tokens[index].partner
    return XMLText(
      inside.filter { tokens[$0].isCharacterData }.map { piece($0) }, of: self)
  }

  /// Whether a token is character data and nothing but white space as it stands.
  func isBlank(_ index: Int) -> Bool {
    let token = tokens[index]
    return token.kind == .text && bytes[token.range].allSatisfy(Self.isSpace)
  }
}

/// What two ways of reading a document must agree in.
struct XMLDigest: Hashable {
  private(set) var elements = 0
  private(set) var textLength = 0
  /// FNV-1a.
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  /// What libxml2 sees.
  ///
  /// - Throws: `CorpusError` for what is not well formed, not allowed or beyond a limit.
  init(_ bytes: [UInt8], name: String, encoding: TextEncoding?) throws(CorpusError) {
    let reader = try XMLPullReader(ByteSource(.bytes(bytes, name: name)), encoding: encoding)
    while try reader.advance() {
      switch reader.node {
      case .elementStart: elements += 1
      case .text: for byte in reader.text.utf8 { add(byte) }
      case .elementEnd, .other: break
      }
    }
  }

  /// What is seen from here.
  init(_ markup: XMLMarkup) {
    for (index, token) in markup.tokens.enumerated() {
      if token.kind == .startTag || token.kind == .emptyTag { elements += 1 }
      guard token.isCharacterData, token.parent != nil else { continue }
      let text = XMLText([markup.piece(index)], of: markup)
      for scalar in text.scalars {
        if scalar.isASCII {
          add(UInt8(truncatingIfNeeded: scalar.value))
        } else {
          for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { add(byte) }
        }
      }
    }
  }

  /// Line ends do not count: libxml2's reader leaves those in CDATA as they are, against the rule.
  private mutating func add(_ byte: UInt8) {
    guard byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "\n") else { return }
    textLength += 1
    hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}
