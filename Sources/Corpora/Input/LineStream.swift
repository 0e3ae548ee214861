import Tokenization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One line of a file, with its line end.
public struct Line: Hashable, Sendable {
  /// The line as it stands in the file: byte order mark and line end included.
  public let bytes: ArraySlice<UInt8>
  /// The line's text: `bytes` without byte order mark and line end. Valid UTF-8.
  public let content: ArraySlice<UInt8>
  /// 1-based.
  public let number: Int

  /// The line's text.
  public var text: String { String(decoding: content, as: UTF8.self) }
}

/// Cuts a stream of UTF-8 into lines, in memory bounded by the longest line.
///
/// A line ends with LF or CR LF (also where a file was converted twice: CR CR LF), and with a CR
/// alone where the format says so; a last line without an end counts. Text that is not UTF-8 and a
/// line beyond the limit are errors.
public struct LineStream: Sendable {
  /// The longest line that most formats have, in bytes.
  public static let usualLimit = 16 << 20

  private let file: String
  private let limit: Int
  private let endsAtCarriageReturns: Bool
  /// The beginning of a line; where CRs end lines, it has none but a run at its end.
  private var pending: [UInt8] = []
  private var number = 0
  /// Where the pending line starts in the file.
  private var offset = 0

  /// - Parameters:
  ///   - limit: the longest line accepted, in bytes.
  ///   - endsAtCarriageReturns: whether a carriage return that no line feed follows ends a line;
  ///     else it is part of it.
  public init(file: String, limit: Int = LineStream.usualLimit, endsAtCarriageReturns: Bool = false)
  {
    self.file = file
    self.limit = limit
    self.endsAtCarriageReturns = endsAtCarriageReturns
  }

  /// Takes the next bytes of the file, however they are cut, and hands on each complete line.
  public mutating func feed(_ chunk: [UInt8], _ body: (Line) throws -> Void) throws {
    var start = 0
    while let newline = Self.first(UInt8(ascii: "\n"), in: chunk, from: start) {
      let end = newline + 1
      if pending.isEmpty {
        try handTerminated(chunk[start..<end], body)
      } else {
        pending += chunk[start..<end]
        let line = pending
        pending = []
        try handTerminated(line[...], body)
      }
      start = end
    }
    if start < chunk.count { try keep(chunk, from: start, body) }
  }

  /// Hands on the last line, if it has no line end.
  public mutating func finish(_ body: (Line) throws -> Void) throws {
    guard !pending.isEmpty else { return }
    let rest = pending
    pending = []
    let last = endsAtCarriageReturns ? try handReturns(of: rest, before: rest.count, body) : 0
    if last < rest.count { try hand(rest[last...], body) }
  }

  // MARK: Line ends

  /// Bytes up to a line feed: one line, or several where carriage returns end lines.
  private mutating func handTerminated(
    _ bytes: ArraySlice<UInt8>, _ body: (Line) throws -> Void
  ) throws {
    guard endsAtCarriageReturns else { return try hand(bytes, body) }
    var end = bytes.endIndex - 1
    while end > bytes.startIndex, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    var start = bytes.startIndex
    while let found = Self.first(UInt8(ascii: "\r"), in: bytes, from: start), found < end {
      try hand(bytes[start...found], body)
      start = found + 1
    }
    try hand(bytes[start...], body)
  }

  /// Keeps the beginning of a line until its end comes.
  private mutating func keep(
    _ chunk: [UInt8], from start: Int, _ body: (Line) throws -> Void
  ) throws {
    let searched = pending.last == UInt8(ascii: "\r") ? 0 : pending.count
    pending += chunk[start...]
    if endsAtCarriageReturns,
      Self.first(UInt8(ascii: "\r"), in: pending[...], from: searched) != nil
    {
      // A run at the end may be followed by a line feed still.
      var end = pending.count
      while end > 0, pending[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      let bytes = pending
      pending = []
      let last = try handReturns(of: bytes, before: end, body)
      pending = last == 0 ? bytes : Array(bytes[last...])
    }
    // Checked here as well: a file without line ends must not fill the memory.
    try checkLength(pending.count)
  }

  /// Hands on the lines that end with a carriage return before `end`.
  ///
  /// - Returns: where the first line starts that was not handed on.
  private mutating func handReturns(
    of bytes: [UInt8], before end: Int, _ body: (Line) throws -> Void
  ) throws -> Int {
    var start = 0
    while let found = Self.first(UInt8(ascii: "\r"), in: bytes, from: start), found < end {
      try hand(bytes[start...found], body)
      start = found + 1
    }
    return start
  }

  private static func first(_ byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    first(byte, in: bytes[...], from: start)
  }

  private static func first(_ byte: UInt8, in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    bytes.withUnsafeBytes { raw in
      let skipped = start - bytes.startIndex
      guard skipped < raw.count, let base = raw.baseAddress,
        let found = memchr(base + skipped, Int32(byte), raw.count - skipped)
      else { return nil }
      return UnsafeRawPointer(found) - base + bytes.startIndex
    }
  }

  // MARK: Lines

  private func checkLength(_ count: Int) throws {
    guard count > limit else { return }
    throw CorpusError(
      file: file, line: number + 1, expected: "lines of at most \(limit) bytes",
      found: "a longer one")
  }

  private mutating func hand(_ line: ArraySlice<UInt8>, _ body: (Line) throws -> Void) throws {
    try checkLength(line.count)
    number += 1
    var content = line
    if content.last == UInt8(ascii: "\n") {
      content = content.dropLast()
      // Some files have been converted to CR LF twice.
      while content.last == UInt8(ascii: "\r") { content = content.dropLast() }
    } else if endsAtCarriageReturns, content.last == UInt8(ascii: "\r") {
      content = content.dropLast()
    }
    if number == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    if let invalid = UTF8Check.firstInvalid(in: content) {
      let place = content.startIndex - line.startIndex + invalid
      let byte = String(content[content.startIndex + invalid], radix: 16, uppercase: true)
      throw CorpusError(
        file: file, line: number, column: place + 1, expected: "UTF-8 (or --encoding latin1)",
        found: "byte 0x\(byte) at byte offset \(offset + place) of the file")
    }
    offset += line.count
    try body(Line(bytes: line, content: content, number: number))
  }
}

extension ByteSource {
  /// Hands on each line in turn; for the other parameters see `LineStream`.
  ///
  /// - Throws: `CorpusError` for text that is not in the encoding; whatever `body` throws.
  func forEachLine(
    encoding: TextEncoding?, limit: Int = LineStream.usualLimit,
    endsAtCarriageReturns: Bool = false, _ body: (Line) throws -> Void
  ) throws {
    let encoding = encoding ?? .utf8
    var stream = LineStream(
      file: name, limit: limit, endsAtCarriageReturns: endsAtCarriageReturns)
    while let chunk = try next() { try stream.feed(encoding.utf8(chunk), body) }
    try stream.finish(body)
  }
}
