/// The encoding of an XML document, for working on it in UTF-8 and writing it back as it was.
enum XMLMarkupEncoding: Sendable {
  case utf8
  case utf16(highFirst: Bool)
  /// ASCII below 0x80; the scalars of the bytes from there on, nil where the document has none.
  case oneByte([Unicode.Scalar?])

  /// The encoding that libxml2 takes a document for.
  ///
  /// - Parameter chosen: what the user says, before anything the document says.
  init(of bytes: [UInt8], chosen: TextEncoding?, name: String) {
    switch chosen {
    case .utf8: self = .utf8
    case .latin1: self = .latin1
    case nil:
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [UInt8(ascii: "<"), 0]) {
        self = .utf16(highFirst: false)
      } else if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0, UInt8(ascii: "<")]) {
        self = .utf16(highFirst: true)
      } else {
        self = Self.declared(in: bytes)
      }
    }
  }

  private static let latin1 = oneByte((0x80...0xFF).map { Unicode.Scalar(UInt8($0)) })

  private static func declared(in bytes: [UInt8]) -> XMLMarkupEncoding {
    guard let name = declaredName(in: bytes) else { return .utf8 }
    let upper = name.uppercased()
    if ["UTF-8", "UTF8", "US-ASCII", "ASCII"].contains(upper) || upper.hasPrefix("UTF-16") {
      return .utf8
    }
    if ["ISO-8859-1", "ISO_8859-1", "LATIN1"].contains(upper) { return latin1 }
    // Bytes that the document does not have may mean nothing.
    var isThere = [Bool](repeating: false, count: 256)
    for byte in bytes { isThere[Int(byte)] = true }
    return .oneByte((0x80...0xFF).map { isThere[Int($0)] ? scalar(of: $0, in: name) : nil })
  }

  private static func declaredName(in bytes: [UInt8]) -> String? {
    guard bytes.starts(with: "<?xml".utf8) else { return nil }
    let head = bytes.prefix(1000)
    let declaration = head.prefix { $0 != UInt8(ascii: ">") }
    let key = Array("encoding".utf8)
    guard
      let place = declaration.indices.first(where: { declaration[$0...].starts(with: key) })
    else { return nil }
    let marks = " =\t\r\n\"'".utf8
    let value = declaration[(place + key.count)...].drop { marks.contains($0) }
      .prefix { !marks.contains($0) && $0 != UInt8(ascii: "?") }
    return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
  }

  /// libxml2 is asked: its tables are those that the document was read with.
  private static func scalar(of byte: UInt8, in encoding: String) -> Unicode.Scalar? {
    let probe =
      Array("<?xml version=\"1.0\" encoding=\"\(encoding)\"?><a>".utf8) + [byte]
      + Array("</a>".utf8)
    guard
      let reader = try? XMLPullReader(
        ByteSource(.bytes(probe, name: encoding)), encoding: nil)
    else { return nil }
    while let isThere = try? reader.advance(), isThere {
      guard reader.node == .text else { continue }
      let scalars = reader.text.unicodeScalars
      return scalars.count == 1 ? scalars.first : nil
    }
    return nil
  }

  /// The document in UTF-8, its byte order mark included.
  ///
  /// - Throws: `CorpusError` where the bytes do not come back from there.
  func decoded(_ bytes: [UInt8], name: String) throws(CorpusError) -> [UInt8] {
    var result: [UInt8] = []
    switch self {
    case .utf8: return bytes
    case .utf16(let highFirst):
      var units: [UInt16] = []
      units.reserveCapacity(bytes.count / 2)
      for index in stride(from: 0, to: bytes.count - 1, by: 2) {
        let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        units.append(highFirst ? first << 8 | second : second << 8 | first)
      }
      result = Array(String(decoding: units, as: UTF16.self).utf8)
    case .oneByte(let table):
      result.reserveCapacity(bytes.count + bytes.count / 8)
      for byte in bytes {
        if byte < 0x80 {
          result.append(byte)
        } else {
          let scalar = table[Int(byte) - 0x80] ?? "\u{FFFD}"
          result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        }
      }
    }
    guard encoded(result) == bytes else {
      throw CorpusError(
        file: name, expected: "a document in the encoding that it declares",
        found: "bytes that mean nothing in it, or the same as others")
    }
    return result
  }

  /// Text in the document's encoding. What it cannot hold, which can only be what was added in
  /// values and text, is written as character references.
  func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    switch self {
    case .utf8: return bytes
    case .utf16(let highFirst):
      result.reserveCapacity(bytes.count * 2)
      for unit in String(decoding: bytes, as: UTF8.self).utf16 {
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
        result += highFirst ? [high, low] : [low, high]
      }
    case .oneByte(let table):
      var bytesOfScalars: [Unicode.Scalar: UInt8] = [:]
      for (index, scalar) in table.enumerated() {
        if let scalar { bytesOfScalars[scalar] = UInt8(0x80 + index) }
      }
      result.reserveCapacity(bytes.count)
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        if scalar.isASCII {
          result.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if let byte = bytesOfScalars[scalar] {
          result.append(byte)
        } else {
          result += Array("&#\(scalar.value);".utf8)
        }
      }
    }
    return result
  }

  /// Whether text can stand where there are no references: in names.
  func canHold(_ text: String) -> Bool {
    switch self {
    case .utf8, .utf16: true
    case .oneByte(let table): text.unicodeScalars.allSatisfy { $0.isASCII || table.contains($0) }
    }
  }
}
