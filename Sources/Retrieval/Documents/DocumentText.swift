/// The text of a document, as well-formed UTF-8 without NUL.
struct DocumentText: Sendable {
  /// Without the byte order mark.
  let bytes: ArraySlice<UInt8>
  /// Of the bytes; two files of the same size and digest are taken for the same.
  let digest: Int64
  let stamp: FileStamp

  /// - Parameter file: all bytes of the file, well-formed UTF-8.
  init(_ file: [UInt8], stamp: FileStamp) {
    bytes = file.starts(with: [0xEF, 0xBB, 0xBF]) ? file[3...] : file[...]
    digest = Self.digest(file)
    self.stamp = stamp
  }

  /// Hands on each passage, in order.
  func forEachPassage(_ body: (Passage) throws -> Void) rethrows {
    var sentences = SentenceStream(bytes)
    var cutter = PassageCutter()
    while let piece = sentences.next() { try cutter.add(piece, body) }
    try cutter.finish(body)
  }

  func text(of passage: Passage) -> String {
    String(decoding: bytes[passage.bytes], as: UTF8.self)
  }

  /// FNV-1a, 64 bits (Fowler, Noll, Vo).
  private static func digest(_ bytes: [UInt8]) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int64(bitPattern: hash)
  }
}

/// A part of a document that is searched for as one.
struct Passage: Hashable, Sendable {
  /// Where it stands in the text, in Unicode scalars.
  let scalars: Range<Int>
  /// The same in `DocumentText.bytes`.
  let bytes: Range<Int>
}
